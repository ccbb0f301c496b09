"""System calls that Python has no functions for; errors are OSErrors."""

import ctypes
import os
from typing import Final

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_SET_NO_NEW_PRIVS: Final = 38

_CAPABILITY_VERSION: Final = 0x20080522
_libc: Final = ctypes.CDLL(None, use_errno=True)


def prctl(option: int, value: int) -> None:
    """Raises: OSError."""
    _checked(_libc.prctl(option, *(ctypes.c_ulong(argument) for argument in (value, 0, 0, 0))))


def syscall(number: int, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """Raises: OSError, with ENOSYS where the kernel does not have it."""
    given = [ctypes.c_long(argument) if isinstance(argument, int) else argument for argument in arguments]
    return _checked(_libc.syscall(ctypes.c_long(number), *given))


def drop_capabilities() -> None:
    """Root without them is a user whom files and processes refuse like any other. Raises: OSError."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    _checked(_libc.capset(header, (ctypes.c_uint32 * 6)()))


def _checked(result: int) -> int:
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result

"""A seccomp filter: the few system calls that computing and talking over open pipes need, and no other.

What is not listed fails with EPERM instead of killing the process, so that a C library that asks for something new
finds its way around. Calls of recent kernels, clone3 and io_uring among them, do not exist (ENOSYS), for which C
libraries have a fallback. Threads can be started, processes can't, and no memory becomes executable.
"""

import ctypes
import errno
import os
import platform
import struct
import sys
from typing import Final

from segmenter.decoding import kernel

# Numbers on x86-64 and on AArch64 (asm/unistd_64.h, asm-generic/unistd.h), the frequent ones first.
_ALLOWED: Final = {
    "read": (0, 63),
    "write": (1, 64),
    "futex": (202, 98),
    "munmap": (11, 215),
    "madvise": (28, 233),
    "brk": (12, 214),
    "mremap": (25, 216),
    "clock_gettime": (228, 113),
    "sched_yield": (24, 124),
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
    "close": (3, 57),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getrandom": (318, 278),
    "sched_getaffinity": (204, 123),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
_MMAP: Final = (9, 222)
_MPROTECT: Final = (10, 226)
_CLONE: Final = (56, 220)
_PRCTL: Final = (157, 167)
_TGKILL: Final = (234, 131)
_SECCOMP: Final = (317, 277)
_MACHINES: Final = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column above, AUDIT_ARCH_…

_FIRST_RECENT: Final = 424  # from here on numbers are the same everywhere; x86-64's second ABI lies above, too
_PROT_EXEC: Final = 0x4
_CLONE_THREAD: Final = 0x10000
_PR_SET_NAME: Final = 15

# linux/seccomp.h, linux/bpf_common.h
_SET_MODE_FILTER: Final = 1
_ALL_THREADS: Final = 1
# Up to Linux 5.15 a filter turns on a protection for just-in-time compilers that slows all else down.
_NO_SPECULATION_GUARD: Final = 4
_ALLOW: Final = 0x7FFF0000
_ERRNO: Final = 0x00050000
_KILL: Final = 0x80000000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16

_Steps = list[bytes]


def restrict() -> None:
    """All threads, irrevocably. Needs PR_SET_NO_NEW_PRIVS. Raises: OSError where the kernel or the machine can't."""
    if platform.machine() not in _MACHINES or sys.maxsize < 2**32:
        raise OSError(errno.ENOSYS, f"no table of system calls for {platform.machine()}")
    column, architecture = _MACHINES[platform.machine()]
    steps = _program(column, architecture)
    code = ctypes.create_string_buffer(b"".join(steps))
    program = struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(code))  # struct sock_fprog
    kernel.syscall(_SECCOMP[column], _SET_MODE_FILTER, _ALL_THREADS | _NO_SPECULATION_GUARD, program)


def _program(column: int, architecture: int) -> _Steps:
    refuse = [_step(_RETURN, _ERRNO | errno.EPERM)]
    allow = [_step(_RETURN, _ALLOW)]
    steps = [_step(_LOAD, _ARCHITECTURE_AT), _step(_EQUAL, architecture, then=1), _step(_RETURN, _KILL)]
    steps.append(_step(_LOAD, _NUMBER_AT))
    for numbers in _ALLOWED.values():
        steps += _when(_EQUAL, numbers[column], allow)
    for numbers in (_MMAP, _MPROTECT):
        steps += _when(_EQUAL, numbers[column], [*_argument(2), *_when(_ANY_BIT, _PROT_EXEC, refuse), *allow])
    for numbers, position, test, value in (
        (_CLONE, 0, _ANY_BIT, _CLONE_THREAD),
        (_PRCTL, 0, _EQUAL, _PR_SET_NAME),
        (_TGKILL, 0, _EQUAL, os.getpid()),  # as abort() does
    ):
        steps += _when(_EQUAL, numbers[column], [*_argument(position), *_when(test, value, allow), *refuse])
    return steps + _when(_AT_LEAST, _FIRST_RECENT, [_step(_RETURN, _ERRNO | errno.ENOSYS)]) + refuse


def _argument(position: int) -> _Steps:
    """Loads its lower 32 bits, which is where all of those asked for lie; both machines are little-endian."""
    return [_step(_LOAD, _ARGUMENTS_AT + 8 * position)]


def _when(test: int, value: int, steps: _Steps) -> _Steps:
    return [_step(test, value, otherwise=len(steps)), *steps]


def _step(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    """A struct sock_filter; `then` and `otherwise` are how many steps are left out."""
    return struct.pack("=HBBI", code, then, otherwise, value)

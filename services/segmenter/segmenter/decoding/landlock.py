"""Landlock without a single exception: no file, no connection, no signal to others and no look into another process.

What is open already stays open. Threads that are started later inherit it; it can't be undone.
"""

import os
import struct
from typing import Final

from segmenter.decoding import kernel

# The numbers are the same on every architecture.
_CREATE_RULESET: Final = 444
_RESTRICT_SELF: Final = 446
_VERSION: Final = 1  # the flag that asks for it
# How many rights on files there are from which version on (linux/landlock.h), and what else came with one.
_FILE_RIGHTS: Final = ((1, 13), (2, 14), (3, 15), (5, 16))
_SINCE_NETWORK: Final = 4
_SINCE_SCOPES: Final = 6
_BIND_AND_CONNECT: Final = 0b11
_ABSTRACT_SOCKETS_AND_SIGNALS: Final = 0b11


def restrict() -> None:
    """Needs PR_SET_NO_NEW_PRIVS. Raises: OSError, with ENOSYS or EOPNOTSUPP where the kernel does not have it."""
    rights = _rights(kernel.syscall(_CREATE_RULESET, None, 0, _VERSION))
    ruleset = kernel.syscall(_CREATE_RULESET, rights, len(rights), 0)
    try:
        kernel.syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _rights(version: int) -> bytes:
    """A struct landlock_ruleset_attr with all that this version can take away; it has grown with the versions."""
    files = max(count for since, count in _FILE_RIGHTS if since <= version)
    fields = [(1 << files) - 1]
    if version >= _SINCE_NETWORK:
        fields.append(_BIND_AND_CONNECT)
    if version >= _SINCE_SCOPES:
        fields.append(_ABSTRACT_SOCKETS_AND_SIGNALS)
    return struct.pack(f"={len(fields)}Q", *fields)

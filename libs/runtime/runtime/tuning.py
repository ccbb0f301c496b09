"""Two settings of the interpreter and of the C library that a process makes once; each saves milliseconds at work."""

import ctypes
import gc
from typing import Final

_M_TRIM_THRESHOLD: Final = -1  # of glibc's malloc.h
_M_MMAP_THRESHOLD: Final = -3
_LARGEST_KEPT_BYTES: Final = 32 * 2**20  # the most that glibc takes; parts of uploads have 8 MiB
_FREE_KEPT_BYTES: Final = 128 * 2**20


def freeze_gc() -> None:
    """To be called once a process has started: the garbage collector does not scan again what exists by then.

    Scanning all that a service imports takes 50 ms, in which the event loop is blocked.
    """
    gc.collect()
    gc.freeze()


def tune_malloc() -> None:
    """For a whole process, once, before its first thread. Without effect where the C library is not glibc.

    By default the C library maps every block above 128 KiB newly, and the system then provides it page by page:
    0.4 ms for a slice of 420 kB, more than all that is computed with it. Bodies here are bounded in size and number,
    so what is kept for the next one is what the process needs at its peak anyway.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGEST_KEPT_BYTES)
        mallopt(_M_TRIM_THRESHOLD, _FREE_KEPT_BYTES)

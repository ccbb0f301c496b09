"""Whether a name was there before, in 12 to 24 bytes a name. Pure.

Names that differ only in case or in how an accent is composed are the same: Windows and macOS would unpack the one over
the other. Of a name 64 bits of its hash are kept. Two different names share them in one of 3,000,000,000 archives of
100,000 members, and by chance only: Python's hash has a secret in every process.
"""

import unicodedata
from array import array
from typing import Final

_FEWEST_SLOTS: Final = 1_024  # a power of two, as every later number is
_MASK: Final = 2**64 - 1


class UniqueNames:
    """A hash table with open addressing; 0 is a slot that is free. It is at most two thirds full."""

    def __init__(self) -> None:
        self._slots = _free(_FEWEST_SLOTS)
        self._count = 0

    def add(self, name: str) -> bool:
        """False where the name, or one that a file system may take for the same, was added before."""
        new = _put(self._slots, hash(_folded(name)) & _MASK or 1)
        self._count += new
        if 3 * self._count > 2 * len(self._slots):
            self._grow()
        return new

    def _grow(self) -> None:
        larger = _free(2 * len(self._slots))
        for mark in self._slots:
            if mark:
                _put(larger, mark)
        self._slots = larger


def _free(count: int) -> "array[int]":
    return array("Q", [0]) * count


def _folded(name: str) -> str:
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", name.casefold())


def _put(slots: "array[int]", mark: int) -> bool:
    last = len(slots) - 1
    slot = mark & last
    while held := slots[slot]:
        if held == mark:
            return False
        slot = (slot + 1) & last
    slots[slot] = mark
    return True

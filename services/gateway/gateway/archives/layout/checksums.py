"""CRC-32 of two byte strings put together, from their own ones and the second's length. Pure.

Mark Adler's method in zlib (crc32_combine), which Python's zlib module does not have: appending n zero bits is a linear
map of the checksum's 32 bits, and is made of the maps for powers of two.
"""

from collections.abc import Sequence
from typing import Final

_POLYNOMIAL: Final = 0xEDB88320  # of CRC-32, reflected
_BITS: Final = 32

_Map = Sequence[int]  # the image of each bit


def combined(first: int, second: int, second_bytes: int) -> int:
    """The CRC-32 of A + B, where `first` is that of A, `second` that of B, and B has `second_bytes` bytes."""
    doubling = _squared(_squared(_squared(_ONE_ZERO_BIT)))  # for one byte
    while second_bytes:
        if second_bytes & 1:
            first = _applied(doubling, first)
        doubling = _squared(doubling)
        second_bytes >>= 1
    return first ^ second


def _applied(linear: _Map, value: int) -> int:
    image = 0
    for bit in range(_BITS):
        if value >> bit & 1:
            image ^= linear[bit]
    return image


def _squared(linear: _Map) -> _Map:
    return [_applied(linear, image) for image in linear]


_ONE_ZERO_BIT: Final[_Map] = [_POLYNOMIAL, *(1 << bit for bit in range(_BITS - 1))]

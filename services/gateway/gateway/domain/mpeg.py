"""MPEG audio has no signature, only frames that each say where the next begins: a chain of them is the proof.

One frame header is 11 set bits and little else, which any binary may hold by chance; so chains are asked for.
"""

import re
from typing import Final

AT_THE_START: Final = 2  # frames in a row that prove a stream beginning right here
ANYWHERE: Final = 4  # frames in a row that prove one after unknown bytes

_V1_KBITS: Final = {
    1: (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    2: (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    3: (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
}
_V2_KBITS: Final = {
    1: (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    2: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    3: (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_RATES_HZ: Final = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
# What may be the first three bytes of a frame: 11 set bits, a bit rate of 1 to 14, a sample rate of 0 to 2. Everything
# else is passed over without a look at it in Python.
_BIT_AND_SAMPLE_RATES: Final = "".join(rf"\x{bit_rate:x}0-\x{bit_rate:x}b" for bit_rate in range(1, 15))
_HEADERS: Final = re.compile(rf"(?=\xff[\xe2-\xff][{_BIT_AND_SAMPLE_RATES}])".encode())


def id3_bytes(head: bytes) -> int | None:
    """The length of the ID3v2 tag that `head` begins with, header included; None where there is none."""
    if not head.startswith(b"ID3") or len(head) < 10 or any(byte > 127 for byte in head[6:10]):
        return None
    size = 0
    for byte in head[6:10]:
        size = size << 7 | byte
    return 10 + size


def layer(head: bytes) -> int | None:
    """The MPEG layer (1, 2 or 3) of the frames in `head`, after zero bytes or after anything; None without frames."""
    start = len(head) - len(head.lstrip(b"\0"))
    if _chain(head, start, AT_THE_START):
        return _layer(head[start + 1])
    places = (found.start() for found in _HEADERS.finditer(head, start))
    return next((_layer(head[at + 1]) for at in places if _chain(head, at, ANYWHERE)), None)


def is_adts(head: bytes) -> bool:
    """Whether `head` begins with AAC frames in ADTS."""
    at = 0
    for _ in range(AT_THE_START):
        header = head[at : at + 7]
        if at and at == len(head):
            return True  # a file of one frame
        if len(header) < 7 or header[0] != 0xFF or header[1] & 0xF6 != 0xF0 or header[2] >> 2 & 15 > 12:
            return False
        length = (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
        if length < 7:
            return False
        at += length
    return True


def _layer(second_byte: int) -> int:
    return 4 - (second_byte >> 1 & 3)


def _chain(head: bytes, at: int, wanted: int) -> bool:
    """Whether `wanted` frames follow each other from `at`; fewer will do where the file is whole frames to its end."""
    kind = None
    for _ in range(wanted):
        header = head[at : at + 4]
        if len(header) < 4 or header.startswith(b"TAG"):
            return kind is not None and (at == len(head) or header.startswith(b"TAG"))
        length = _frame_bytes(header)
        # Version, layer and sample rate stay the same through a stream.
        same = (header[1] & 0xFE, header[2] & 0x0C)
        if length is None or (kind is not None and same != kind):
            return False
        kind = same
        at += length
    return True


def _frame_bytes(header: bytes) -> int | None:
    """The length in bytes of the frame with this 4-byte header; None where it is none (or of the free bit rate)."""
    if header[0] != 0xFF or header[1] & 0xE0 != 0xE0:
        return None
    version, layer_bits = header[1] >> 3 & 3, header[1] >> 1 & 3
    bit_rate, sample_rate, padding = header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    if version == 1 or layer_bits == 0 or bit_rate in (0, 15) or sample_rate == 3:
        return None
    number = 4 - layer_bits
    kbits = (_V1_KBITS if version == 3 else _V2_KBITS)[number][bit_rate - 1]
    rate_hz = _RATES_HZ[version][sample_rate]
    if number == 1:
        return (12_000 * kbits // rate_hz + padding) * 4
    samples_per_8 = 72_000 if number == 3 and version != 3 else 144_000
    return samples_per_8 * kbits // rate_hz + padding

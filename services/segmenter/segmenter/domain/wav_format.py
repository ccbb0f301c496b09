"""What the format chunk of a WAV file says of its samples, and what it leaves open.

Writers do not agree on what they state of samples narrower than the bytes they fill: such a chunk gives several
`choices`, between which the samples themselves decide (`sample_choice.py`).
"""

import struct
from typing import Final, Literal, NamedTuple, TypeAlias

from segmenter.domain.errors import TruncatedHeader
from segmenter.domain.sample_format import SampleFormat, in_order

ByteOrder: TypeAlias = Literal["little", "big"]

FMT_BYTES: Final = 40  # WAVE_FORMAT_EXTENSIBLE; what follows it says nothing about the samples
_PCM: Final = 1
_IEEE_FLOAT: Final = 3
_EXTENSIBLE: Final = 0xFFFE
# A sub-format's id that is a classic format tag: the tag in four bytes, two numbers of two, and eight bytes.
_GUID_NUMBERS: Final = (bytes.fromhex("00001000"), bytes.fromhex("00000010"))
_GUID_TAIL: Final = bytes.fromhex("800000aa00389b71")
_ORDERS: Final[tuple[ByteOrder, ...]] = ("little", "big")
_PCM_FORMATS: Final = {1: SampleFormat.U8, 2: SampleFormat.S16, 3: SampleFormat.S24, 4: SampleFormat.S32}
_FLOAT_FORMATS: Final = {4: SampleFormat.F32, 8: SampleFormat.F64}
_LOW_BITS: Final = {16: SampleFormat.S16_IN_32, 20: SampleFormat.S20_IN_32, 24: SampleFormat.S24_IN_32}
_COOL_EDIT_MARK: Final = b"\x02\x00\x01\x00"


class Format(NamedTuple):
    """`sample_format` is what the chunk most probably means, the first of its `choices`, which are empty where it means
    nothing else."""

    rate_hz: int
    channels: int
    sample_format: SampleFormat
    choices: tuple[SampleFormat, ...] = ()


class OtherFormat(NamedTuple):
    """The samples are coded, or of a form that is not read here; `found` says which."""

    found: str


class _Stated(NamedTuple):
    tag: int
    channels: int
    rate_hz: int
    align: int
    bits: int
    valid_bits: int  # 0 where the chunk has no such field

    @property
    def slot_bytes(self) -> int:
        """The bytes for one sample by the block's size; 0 where that is no multiple of the channels."""
        return self.align // self.channels if self.channels and self.align % self.channels == 0 else 0

    @property
    def sample_bytes(self) -> int:
        return (self.bits + 7) // 8

    def __str__(self) -> str:
        return f"format tag 0x{self.tag:04x}, {self.bits} bits, {self.channels} channels, {self.rate_hz} Hz"


def parse_format(body: bytes, order: ByteOrder) -> Format | OtherFormat:
    """`body` is the chunk's, at least its first FMT_BYTES where it has so many.

    Raises: TruncatedHeader where it has less than any such chunk.
    """
    if len(body) < 16:
        raise TruncatedHeader("The WAV file's format chunk is incomplete.")
    stated = _stated(body, order)
    if _is_cool_edit_16(stated, body):
        return OtherFormat("Cool Edit's own floats")
    formats = _formats(stated, order)
    if not formats or not stated.channels or not stated.rate_hz:
        return OtherFormat(str(stated))
    ordered = tuple(in_order(each, big_endian=order == "big") for each in formats)
    return Format(stated.rate_hz, stated.channels, ordered[0], ordered if len(ordered) > 1 else ())


def _stated(body: bytes, order: ByteOrder) -> _Stated:
    mark = ">" if order == "big" else "<"
    tag, channels, rate_hz, _, align, bits = struct.unpack_from(f"{mark}HHIIHH", body)
    if tag != _EXTENSIBLE or len(body) < FMT_BYTES or body[28:32] not in _GUID_NUMBERS or body[32:40] != _GUID_TAIL:
        return _Stated(tag, channels, rate_hz, align, bits, 0)
    # Some writers of big-endian files leave the id as it stands in others; in the wrong order a tag is huge.
    tag = min(int.from_bytes(body[24:28], each) for each in _ORDERS)
    return _Stated(tag, channels, rate_hz, align, bits, int.from_bytes(body[18:20], order))


def _formats(stated: _Stated, order: ByteOrder) -> tuple[SampleFormat, ...]:
    """What the samples may be, the most probable first; nothing where they are none of what is read."""
    width = stated.sample_bytes
    if stated.tag == _IEEE_FLOAT:
        return tuple(filter(None, (_FLOAT_FORMATS.get(width),)))
    if stated.tag != _PCM:
        return ()
    if width == 8 and order == "big":  # of the other order FFmpeg reads them
        return (SampleFormat.S64,)
    # A block size that disagrees with channels and bits is an error more often than it means anything, so it is
    # ignored unless it leaves each sample four bytes.
    if 0 < width < 4 and stated.slot_bytes == 4:
        return _in_four_bytes(stated, order)
    if width == 4:  # of 32 bits, or of fewer that it says are valid; some writers state floats so
        return SampleFormat.S32, _LOW_BITS.get(stated.valid_bits) or SampleFormat.F32
    return tuple(filter(None, (_PCM_FORMATS.get(width),)))


def _in_four_bytes(stated: _Stated, order: ByteOrder) -> tuple[SampleFormat, ...]:
    """Fewer bits are stated than there are: the high ones, as the specification has it, or the low ones."""
    packed, low = _PCM_FORMATS[stated.sample_bytes], _LOW_BITS.get(stated.bits)
    if low is None:
        return (packed,)
    if stated.valid_bits:
        return SampleFormat.S32, low
    if stated.bits == 16:
        return packed, SampleFormat.S32, low
    if stated.bits == 24 and order == "little":  # Cool Edit wrote floats so
        return low, SampleFormat.S32, SampleFormat.F24, packed
    return low, SampleFormat.S32, packed


def _is_cool_edit_16(stated: _Stated, body: bytes) -> bool:
    """Other floats of Cool Edit, stated as PCM of 32 bits and followed by a mark. FFmpeg recognises the same."""
    return (stated.tag, stated.bits, stated.slot_bytes) == (_PCM, 32, 4) and body[16:20] == _COOL_EDIT_MARK

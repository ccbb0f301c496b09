"""How one sample of PCM is stored in a WAV file."""

from enum import StrEnum
from typing import Final


class SampleFormat(StrEnum):
    """By kind, bits and order; u8 is unsigned with silence at 128, whatever is not "be" is little-endian.

    Of `s24in32` and its like the sample is in the low bits of four bytes, whose high ones say nothing. `f24` are floats
    of 32 bits with full scale at 2**23, as Cool Edit wrote them. Events name a format so (`AudioFacts.sample_format`).
    """

    U8 = "u8"
    S16 = "s16"
    S24 = "s24"
    S32 = "s32"
    S64 = "s64"
    F24 = "f24"
    F32 = "f32"
    F64 = "f64"
    S16_IN_32 = "s16in32"
    S20_IN_32 = "s20in32"
    S24_IN_32 = "s24in32"
    S16_BE = "s16be"
    S24_BE = "s24be"
    S32_BE = "s32be"
    S64_BE = "s64be"
    F32_BE = "f32be"
    F64_BE = "f64be"
    S16_IN_32_BE = "s16in32be"
    S20_IN_32_BE = "s20in32be"
    S24_IN_32_BE = "s24in32be"

    @property
    def big_endian(self) -> bool:
        return self.endswith("be")

    @property
    def little_endian(self) -> "SampleFormat":
        """The same with its bytes in the other order."""
        return SampleFormat(self.removesuffix("be"))

    @property
    def valid_bits(self) -> int:
        """Of the sample, without what surrounds it."""
        return int(self.removesuffix("be").partition("in")[0][1:])

    @property
    def width_bytes(self) -> int:
        if self is SampleFormat.F24:
            return 4
        valid, _, container = self.removesuffix("be").partition("in")
        return int(container or valid[1:]) // 8


_IN_ORDER: Final = {name.little_endian: name for name in SampleFormat if name.big_endian}


def in_order(sample_format: SampleFormat, *, big_endian: bool) -> SampleFormat:
    """The format with its bytes in the file's order; a single byte has none."""
    return _IN_ORDER.get(sample_format, sample_format) if big_endian else sample_format

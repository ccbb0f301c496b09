"""Which of several forms samples have, by the samples themselves, where a WAV's header can mean more than one.

Only what no ordinary sound does by chance decides: bits that are never set, bits that only repeat the sign, numbers
that all are floats of an audible size. Silence decides nothing, and the first choice stands.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from segmenter.domain.pcm import to_mono_float64, unpack
from segmenter.domain.sample_format import SampleFormat

FEWEST_SAMPLES: Final = 64  # that are not zero
_NEARLY_ALL: Final = 0.98
# Floats of what can be heard, and a little above full scale. Whole numbers of four bytes that are read as floats lie
# here for a sixth of their range, and never nearly all of them.
_SMALLEST: Final = 2.0**-40
_LARGEST: Final = 4.0
_SCRAMBLED: Final = 2.0  # samples read at the wrong places are more than so many times as loud

_FULL_SCALE: Final = {SampleFormat.F24: 2.0**23, SampleFormat.F32: 1.0}
_PACKED: Final = SampleFormat.S24


def choose(data: bytes, choices: Sequence[SampleFormat], channels: int) -> SampleFormat:
    """`data` are whole frames in each of the choices, all of one byte order, silence left out or not."""
    forms = {form.little_endian: form for form in choices}
    words = np.frombuffer(data, ">i4" if choices[0].big_endian else "<i4").astype(np.int32, copy=False)
    words = words[words != 0]
    if len(words) < FEWEST_SAMPLES:
        return choices[0]
    # Floats first: those of small whole numbers have unused low bits, too.
    floats = [form for form in _FULL_SCALE if form in forms and _are_floats(words, _FULL_SCALE[form])]
    stated_bits = min(form.valid_bits for form in forms if form is not SampleFormat.F32)
    whole = [form for form in forms if _has_unused_bits(words, form, stated_bits)]
    for found in (*floats, *whole):
        return forms[found]
    if _PACKED in forms and _is_scrambled(data, forms[SampleFormat.S32], forms[_PACKED], channels):
        return forms[_PACKED]
    return next(form for form in choices if "in" not in form)


def _are_floats(words: NDArray[np.int32], full_scale: float) -> bool:
    sizes = np.abs(words.view(np.float32))
    audible = (sizes >= _SMALLEST * full_scale) & (sizes <= _LARGEST * full_scale)
    return bool(np.count_nonzero(audible) >= _NEARLY_ALL * len(words))


def _has_unused_bits(words: NDArray[np.int32], form: SampleFormat, stated_bits: int) -> bool:
    """Whether the bits are never set that samples of so many stated bits do not need, in this form."""
    if form is SampleFormat.S32:
        return stated_bits < 32 and not (words & ((1 << (32 - stated_bits)) - 1)).any()
    if "in" not in form:
        return False
    bits = form.valid_bits
    least, most = int(words.min()), int(words.max())
    return (least >= -(1 << (bits - 1)) and most < 1 << (bits - 1)) or (least >= 0 and most < 1 << bits)


def _is_scrambled(data: bytes, wide: SampleFormat, packed: SampleFormat, channels: int) -> bool:
    levels = [float(np.std(to_mono_float64(unpack(data, form, channels)))) for form in (wide, packed)]
    return levels[0] > _SCRAMBLED * levels[1]

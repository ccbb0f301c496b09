"""Sample-rate conversion with soxr at its very high quality.

VHQ computes in double precision where HQ uses single: what differs between machines' SIMD units then vanishes when
rounding to 16 bits. It costs hardly more (measured: 2,700 and 3,200 times real time at 44.1 → 24 kHz). A length
follows from `output_frames` alone, whole slice or streamed. No dither: the same input gives the same bytes.
"""

from typing import Final

import numpy as np
import soxr
from numpy.typing import NDArray

from segmenter.domain.pcm import to_int16, to_mono_int16
from segmenter.domain.ports import Pcm

_QUALITY: Final = "VHQ"


def output_frames(frames: int, source_hz: int, target_hz: int) -> int:
    """frames x target / source, rounded half up: what soxr yields, measured over 19 lengths at 13 pairs of rates."""
    return (2 * frames * target_hz + source_hz) // (2 * source_hz)


def resample(pcm: Pcm, source_hz: int, target_hz: int) -> NDArray[np.int16]:
    """The whole of `pcm` (one channel in units of 16-bit samples) at `target_hz`: exactly `output_frames` samples."""
    return StreamResampler(len(pcm), source_hz, target_hz).feed(pcm, last=True)


class StreamResampler:
    """Converts one slice of `frames` frames chunk by chunk; the chunks' borders leave no trace in the result."""

    def __init__(self, frames: int, source_hz: int, target_hz: int) -> None:
        self._left = output_frames(frames, source_hz, target_hz)
        self._same = source_hz == target_hz
        self._soxr = soxr.ResampleStream(source_hz, target_hz, 1, dtype="float64", quality=_QUALITY)

    def feed(self, pcm: Pcm, last: bool) -> NDArray[np.int16]:
        """As much of the output as follows from the input up to here; with `last`, the rest of the `output_frames`."""
        out = self._convert(pcm, last)[: self._left]
        self._left -= len(out)
        if last and self._left:
            out, self._left = np.pad(out, (0, self._left)), 0
        return out

    def _convert(self, pcm: Pcm, last: bool) -> NDArray[np.int16]:
        if self._same:
            return to_mono_int16(pcm) if pcm.dtype == np.int16 else to_int16(pcm.astype(np.float64, copy=False))
        contiguous = np.ascontiguousarray(pcm, dtype=np.float64)
        return to_int16(self._soxr.resample_chunk(contiguous, last=last))

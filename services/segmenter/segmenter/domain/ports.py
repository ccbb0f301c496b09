"""What the segmenter needs of a recording: its bytes, its facts and its samples, wherever and however it is stored."""

from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from contracts.events import AudioFacts
from segmenter.domain.selection import Selection

# One channel, in units of 16-bit samples: int16 as it will be written, float64 when it will be resampled first.
Pcm: TypeAlias = NDArray[np.int16] | NDArray[np.float64]


class ByteSource(Protocol):
    """The stored object, by byte ranges."""

    @property
    def size_bytes(self) -> int: ...

    async def get_range(self, first: int, count: int) -> bytes:
        """The bytes `first` (zero-based) … `first + count - 1`; fewer only where the object ends before."""


class PcmReader(Protocol):
    """The recording as one channel at `rate_hz`; frame 0 is time 0, before it is no encoder delay."""

    @property
    def rate_hz(self) -> int: ...

    async def read(self, first_frame: int, count: int) -> Pcm:
        """The frames `first_frame` (zero-based) … `first_frame + count - 1`, 1-D; fewer when the source ends before.

        Cheap while `first_frame` does not go back by more than a minute. Not to be changed by the caller.

        Raises: AudioError when the source cannot be read further; what the byte source raises, unchanged.
        """

    def filled(self, first_frame: int, count: int) -> int:
        """How many of the frames that were just read are silence put where the file has no sound."""

    @property
    def ended_at(self) -> int | None:
        """The frame at which the audio turned out to end, None where that is not known."""

    def cancelled(self, first_frame: int, end_frame: int) -> bool:
        """Whether the channels cancel each other in most of these frames, which were read last."""

    async def aclose(self) -> None:
        """Frees all memory and ends all work of the reader, which must not be used again."""


class Measures(Protocol):
    """Finds out how long a recording is that has to be decoded."""

    async def measure(self, source: ByteSource, selection: Selection) -> AudioFacts:
        """Its facts, of kind "decoded". Raises: AudioError when it can't be decoded; what the byte source raises."""

"""What the slicer needs from a recording: its facts and its samples, wherever the bytes are and however packed."""

from typing import Literal, Protocol, TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from segmenter.domain.wav import WavLayout

# One channel, in units of 16-bit samples: int16 as it will be written, float64 when it will be resampled first.
Pcm: TypeAlias = NDArray[np.int16] | NDArray[np.float64]


class ByteSource(Protocol):
    """The stored object, by byte ranges."""

    @property
    def size_bytes(self) -> int: ...

    async def get_range(self, first: int, count: int) -> bytes:
        """The bytes `first` (zero-based) … `first + count - 1`; fewer only where the object ends before."""


class PcmReader(Protocol):
    """The recording as one channel at `rate_hz`; frame 0 is the first real sample, after any encoder delay."""

    @property
    def rate_hz(self) -> int: ...

    async def read(self, first_frame: int, count: int) -> Pcm:
        """The frames `first_frame` (zero-based) … `first_frame + count - 1`, 1-D; fewer when the source ends before.

        Cheap while `first_frame` does not go back by more than a minute. Not to be changed by the caller.

        Raises: AudioError when the source cannot be read on; what the byte source raises, unchanged.
        """

    @property
    def ended_at(self) -> int | None:
        """The frame at which the sound turned out to end, None where that is not known."""

    async def aclose(self) -> None:
        """Gives back all memory and ends all work of the reader; reading is over."""


class SourceFacts(Struct, frozen=True, kw_only=True):
    """A recording as the plan sees it. `frames` is its length at `rate_hz`.

    `declared_frames` is what the file states, None where it states nothing: more than `frames` means that the end
    is missing. `exact` is False where a header or a count of packets gave the length: then the decoder has the last
    word. `layout` is given for `kind` "wav", `ffmpeg` (versions of the libraries) for "decoded". `broken_off` when the
    end is missing and nothing states by how much.
    """

    kind: Literal["wav", "decoded"]
    rate_hz: int
    channels: int
    frames: int
    declared_frames: int | None
    exact: bool
    container: str
    codec: str
    layout: WavLayout | None = None
    ffmpeg: str = ""
    broken_off: bool = False


class Length(Struct, frozen=True):
    """What a decoder finds of a recording: `frames` at `rate_hz`; `declared_frames` as its header states it.

    `exact` when the frames were counted by decoding. `broken_off` when the file's form shows that its end is missing.
    """

    rate_hz: int
    channels: int
    frames: int
    declared_frames: int | None
    exact: bool
    container: str
    codec: str
    broken_off: bool = False


class Measures(Protocol):
    """Finds out how long a recording is that has to be decoded."""

    async def measure(self, source: ByteSource) -> Length:
        """Raises: AudioError when it can't be decoded; what the byte source raises."""

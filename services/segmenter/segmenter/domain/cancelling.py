"""Whether channels cancel each other where they are averaged, as where one is the other with its sign turned."""

from typing import Final, NamedTuple

from segmenter.domain.pcm import Samples, to_mono_float64

# Averaging leaves of unrelated channels their mean power divided by their number. Less than a tenth of that is left
# only where they cancel: of a copy with its sign turned, if it is at most 5 dB weaker.
LOST: Final = 10.0
AUDIBLE: Final = 10.0**2  # power, in squared 16-bit units (-70 dBFS): below it there is nothing to lose
MOST_STRETCHES: Final = 512  # a hostile file may have one in every frame; what a slice is made of was read last
_LOOKED_AT: Final = 2048  # frames, evenly spread: enough to know a power, and little beside the work of averaging


class Powers(NamedTuple):
    """Of `frames` frames in `channels` channels: the sums over frames of the mix's square and the mean square."""

    channels: int = 1
    frames: int = 0
    mixed: float = 0.0
    each: float = 0.0

    def joined(self, other: "Powers") -> "Powers":
        frames, mixed, each = self.frames + other.frames, self.mixed + other.mixed, self.each + other.each
        return Powers(max(self.channels, other.channels), frames, mixed, each)

    @property
    def cancel(self) -> bool:
        return self.each > AUDIBLE * self.frames and self.mixed * self.channels * LOST < self.each


def powers(samples: Samples) -> Powers:
    """`samples` are (frames, channels). Of one channel nothing is computed: it has none to cancel."""
    frames, channels = samples.shape if samples.ndim == 2 else (len(samples), 1)
    if channels == 1 or not frames:
        return Powers(channels, frames)
    some = samples[:: max(1, frames // _LOOKED_AT)]
    each = sum(_power(some[:, n]) for n in range(channels)) / channels
    return Powers(channels, frames, _power(some) * frames, each * frames)


def _power(samples: Samples) -> float:
    mono = to_mono_float64(samples)
    return float(mono @ mono) / len(mono)


class Cancelled:
    """Where in a recording channels cancel, as far as it was read: the last stretches of frames, in their order."""

    def __init__(self) -> None:
        self._stretches: list[tuple[int, int]] = []

    def note(self, first: int, end: int, *, cancel: bool) -> None:
        """What was found of `first` to before `end`; it counts instead of what was found of them before."""
        if self._stretches and first < self._stretches[-1][1]:
            self._forget(first, end)
        if cancel and self._stretches and self._stretches[-1][1] == first:
            self._stretches[-1] = self._stretches[-1][0], end
        elif cancel:
            self._stretches.append((first, end))
            self._stretches.sort()
            del self._stretches[:-MOST_STRETCHES]

    def _forget(self, first: int, end: int) -> None:
        left = [(start, min(stop, first)) for start, stop in self._stretches if start < first]
        right = [(max(start, end), stop) for start, stop in self._stretches if stop > end]
        self._stretches = [*left, *right]

    def mostly(self, first: int, end: int) -> bool:
        """Whether at least half of the frames from `first` to before `end` lie in such stretches."""
        frames = sum(max(0, min(stop, end) - max(start, first)) for start, stop in self._stretches)
        return frames > 0 and 2 * frames >= end - first

"""Where decoded audio lies in time, by the time stamps that its container gives: holes become silence. Pure.

A stamp may be rounded, or shake by up to JITTER_SECONDS, and is no hole then. A hole is what all stamps of the next
half second agree on. Single packets that are missing are shorter than that: they are holes where the stamps are
steady before and after, and jump by at least a packet. Sound is never left out: where stamps go back, or jump by more
than an hour, they were begun anew, and what follows comes right after what was before.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Generic, Protocol, TypeVar

from segmenter.domain.errors import AudioError

JITTER_SECONDS: Final = Fraction(1, 10)
LOOKAHEAD_SECONDS: Final = Fraction(1, 2)
MAX_HOLE_SECONDS: Final = 3600  # no recording is interrupted for so long; stamps of joined or live streams jump so
MIN_AGREEING: Final = 4  # frames, for a hole that is shorter than JITTER_SECONDS
_ROUNDING_TICKS: Final = Fraction(3, 2)  # the first stamp's and the next one's
_ROUNDING_PARTS: Final = 4  # of a packet: where a tick is as long as a packet, stamps count packets exactly


class Timed(Protocol):
    """Some audio; `pts` is when it begins in ticks, None where that is not said."""

    @property
    def pts(self) -> int | None: ...
    @property
    def samples(self) -> int: ...
    @property
    def sample_rate(self) -> int: ...


T = TypeVar("T", bound=Timed)


@dataclass(frozen=True, slots=True)
class Silence:
    """`samples` frames of a hole."""

    samples: int


@dataclass(slots=True)
class Steps:
    """How often something happened, how many frames it was in all, and at which frame of the timeline it began."""

    count: int = 0
    frames: int = 0
    first: int = 0

    def __bool__(self) -> bool:
        return self.count > 0

    def add(self, at: int, frames: int) -> None:
        if not self.count:
            self.first = at
        self.count, self.frames = self.count + 1, self.frames + frames


class Clock:
    """Lays audio of one rate, which is given in order, on a timeline. `tick` is in seconds, `zero` too.

    With `zero` None time begins with the first sample. `lead` frames of silence come before the first sample; the sound
    begins `late`, which is more where a hole follows at once. `holes` are all others, `restarts` where stamps begin
    anew.
    """

    def __init__(self, tick: Fraction, zero: Fraction | None) -> None:
        self._tick, self._zero = tick, zero
        self.lead = self.late = 0
        self.holes, self.restarts = Steps(), Steps()
        self.end = 0  # of what was laid, in frames of the timeline

    def laid(self, source: Iterator[T]) -> Iterator[T | Silence]:
        """The same audio with the silence that belongs between it.

        Raises: what `source` raises, after all that came before it.
        """
        ahead = _Ahead(source)
        if (first := ahead.peek()) is None:
            ahead.raise_error()
            return
        self._begin(first)
        scale, half, unit = self._numerator, self._half, self._denominator
        # What follows is done for 40 frames a second, so it is written for speed: calls would double its cost.
        for frame in ahead:
            pts, samples = frame.pts, frame.samples
            if pts is not None:
                off = (pts * scale + half) // unit - self._shift - self.end
                if -self._rounding <= off <= self._rounding:
                    self._off_before = off
                elif silence := self._silence(frame, ahead, off):
                    yield silence
            self.end += samples
            if samples > self._packet:
                self._measure(samples)
            yield frame
        ahead.raise_error()

    def _begin(self, first: Timed) -> None:
        self._rate_hz = first.sample_rate
        self._scale = self._tick * self._rate_hz
        # Twice as much of both, and one denominator more, rounds to the nearest frame.
        self._numerator, self._denominator = 2 * self._scale.numerator, 2 * self._scale.denominator
        self._half = self._scale.denominator
        self._jitter = int(JITTER_SECONDS * self._rate_hz)
        self._most = MAX_HOLE_SECONDS * self._rate_hz
        # What is subtracted from a stamp, in frames: a beginning before the timeline's 0 is taken for 0.
        zero = 0 if self._zero is None else round(self._zero * self._rate_hz)
        at = self._frames_at(first.pts)
        self._shift = zero if at is None else at if self._zero is None else min(zero, at)
        self._off_before = 0
        self._measure(first.samples)

    def _measure(self, packet: int) -> None:
        self._packet = packet
        self._rounding = int(min(_ROUNDING_TICKS * self._scale, Fraction(packet, _ROUNDING_PARTS))) + 1

    def _frames_at(self, pts: int | None) -> int | None:
        return None if pts is None else (pts * self._numerator + self._half) // self._denominator

    def _off(self, frame: Timed, end: int) -> int | None:
        """How many frames later than `end` its stamp says that it begins."""
        pts = frame.pts
        return None if pts is None else (pts * self._numerator + self._half) // self._denominator - self._shift - end

    def _silence(self, frame: T, ahead: "_Ahead[T]", off: int) -> Silence | None:
        """The hole before `frame`, which begins `off` frames late or early by its own stamp."""
        offs = self._offs(frame, ahead)
        step, self._off_before = off - self._off_before, off
        if max(offs) <= -self._jitter or min(offs) > self._most:
            self._restart(off)
            return None
        frames = self._hole(offs, step)
        if frames <= 0:
            if not self.end:  # a beginning that is no hole is the timeline's 0
                self._shift, self._off_before = self._shift + off, 0
            return None
        self._fill(frames)
        return Silence(frames)

    def _offs(self, frame: T, ahead: "_Ahead[T]") -> list[int]:
        """How late `frame` and those after it are by their stamps, if nothing is put between them."""
        end, offs = self.end, []
        more = ahead.frames(MIN_AGREEING - 1, int(LOOKAHEAD_SECONDS * self._rate_hz) - frame.samples)
        for one in (frame, *more):
            off = self._off(one, end)
            offs += [] if off is None else [off]
            end += one.samples
            if one.samples > self._packet:
                self._measure(one.samples)
        return offs

    def _hole(self, offs: list[int], step: int) -> int:
        """How many frames are missing where the stamps jump by `step`, and are later by `offs` from then on."""
        low = min(offs)
        level = [off for off in offs if off - low <= 2 * self._rounding]
        steady = len(offs) >= MIN_AGREEING and self._rises_by_packets(offs, low)
        missing = (min(level) + max(level)) // 2 if steady else low
        if missing < self._jitter and not (steady and step >= self._packet - 2 * self._rounding):
            return 0
        packets = round(missing / self._packet)
        whole = packets * self._packet
        lost = self.end > 0 and packets > 0 and abs(missing - whole) <= self._rounding
        return whole if lost else missing

    def _rises_by_packets(self, offs: list[int], low: int) -> bool:
        """Whether they stay where they begin, or rise by whole packets more: others may be missing soon after."""
        if offs[0] - low > 2 * self._rounding:
            return False
        return all(off - low <= 2 * self._rounding or off - low >= self._packet - 2 * self._rounding for off in offs)

    def _fill(self, frames: int) -> None:
        if self.end < self._jitter:  # less sound than that is no beginning
            self.lead = self.lead or (0 if self.end else frames)
            self.late = self.end + frames
        else:
            self.holes.add(self.end, frames)
        self.end += frames
        self._off_before -= frames

    def _restart(self, off: int) -> None:
        self.restarts.add(self.end, abs(off))
        self._shift += off
        self._off_before = 0


class _Ahead(Generic[T]):
    """Looks at what will come, without taking it. An error of the source waits until all before it was taken."""

    def __init__(self, source: Iterator[T]) -> None:
        self._source = source
        self._waiting: deque[T] = deque()
        self._error: AudioError | None = None
        self._ended = False

    def peek(self) -> T | None:
        if not self._waiting:
            self._take_one()
        return self._waiting[0] if self._waiting else None

    def __iter__(self) -> Iterator[T]:
        waiting = self._waiting
        while waiting or self._take_one():
            yield waiting.popleft()

    def frames(self, count: int, samples: int = 0) -> list[T]:
        """The next `count`, or more until they are so many `samples` together; fewer at the end."""
        total = sum(frame.samples for frame in self._waiting)
        while (len(self._waiting) < count or total < samples) and self._take_one():
            total += self._waiting[-1].samples
        return list(self._waiting)

    def raise_error(self) -> None:
        if self._error is not None:
            raise self._error

    def _take_one(self) -> bool:
        if self._ended:
            return False
        try:
            self._waiting.append(next(self._source))
        except StopIteration:
            self._ended = True
        except AudioError as error:
            self._error, self._ended = error, True
        return not self._ended

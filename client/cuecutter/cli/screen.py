"""What is seen while it works: bars with rate and time left on a terminal, plain lines without one. All on stderr, so
that standard output has results only.
"""

import time
from collections.abc import Callable
from typing import Final, Protocol, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.text import Text

from cuecutter.cli.printing import clock, printable, size

_QUIET_SECONDS: Final = 10.0  # between two plain lines about one piece of work
_NAME_CHARS: Final = 28
_LINE_CHARS: Final = 10_000  # of a command that is to be copied


class Work(Protocol):
    """One piece of work that is shown."""

    def at(self, stage: str, done: float = 0, of: float | None = None, unit: str = "") -> None:
        """It is at `stage` now, with `done` of `of` (None: nobody knows) in `unit`: `B` for bytes, or a word."""

    def end(self, said: str) -> None:
        """It is over, and `said` is what became of it."""


class Screen(Protocol):
    """Shows work until it is closed (`with`). `expect` is how many pieces there will be, for the line of all."""

    def __enter__(self) -> "Screen": ...

    def __exit__(self, *exc: object) -> None: ...

    def expect(self, pieces: int) -> None: ...

    def work(self, name: str) -> Work: ...

    def say(self, text: str) -> None:
        """One line that stays. It is made printable here, whatever it is."""


def on(stream: TextIO, *, quiet: bool = False) -> Screen:
    """Bars where `stream` is a terminal that can move its cursor, else lines."""
    if quiet:
        return PlainScreen(lambda line: None)
    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    if console.is_terminal and not console.is_dumb_terminal:
        return RichScreen(console)
    return PlainScreen(lambda line: print(line, file=stream, flush=True))


class PlainScreen:
    """A line when a stage begins, every ten seconds while it lasts, and at the end."""

    def __init__(self, tell: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._tell, self.clock = tell, clock
        self._ended, self._expected = 0, 0

    def __enter__(self) -> "PlainScreen":
        return self

    def __exit__(self, *exc: object) -> None:
        return None

    def expect(self, pieces: int) -> None:
        self._expected = pieces

    def work(self, name: str) -> "PlainWork":
        return PlainWork(self, printable(name))

    def say(self, text: str) -> None:
        self._tell(printable(text, _LINE_CHARS))

    def ended(self) -> str:
        """The number of the piece that ends now, such as `3/60`; empty where there is one only."""
        self._ended += 1
        return f"[{self._ended}/{self._expected}] " if self._expected > 1 else ""


class PlainWork:
    def __init__(self, screen: PlainScreen, name: str) -> None:
        self._screen, self._name = screen, name
        self._stage, self._said = "", 0.0
        self._rate = Rate(screen.clock)

    def at(self, stage: str, done: float = 0, of: float | None = None, unit: str = "") -> None:
        now = self._screen.clock()
        self._rate.at(stage, done)
        begins = stage != self._stage
        if not begins and now - self._said < _QUIET_SECONDS:
            return
        self._stage, self._said = stage, now
        self._screen.say(f"{self._name}: {stage}" + ("" if begins else _measured(self._rate, done, of, unit)))

    def end(self, said: str) -> None:
        self._screen.say(f"{self._screen.ended()}{self._name}: {said}")


class RichScreen:
    """A bar for each piece of work under way, one for all of it, and above them a line for each piece that ended."""

    def __init__(self, console: Console) -> None:
        self._console = console
        columns = (TextColumn("{task.description}", markup=False), BarColumn(bar_width=16), _Measured())
        self._progress = Progress(*columns, console=console, transient=True, refresh_per_second=8)
        self._all: TaskID | None = None
        self._began, self._ended, self._expected = time.monotonic(), 0, 0

    def __enter__(self) -> "RichScreen":
        self._progress.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._progress.stop()

    def expect(self, pieces: int) -> None:
        self._expected = pieces
        if pieces > 1:
            self._all = self._progress.add_task("all", total=pieces, said=f"0 of {pieces}")

    def work(self, name: str) -> "RichWork":
        return RichWork(self, self._progress, printable(name))

    def say(self, text: str) -> None:
        self._progress.console.print(Text(printable(text, _LINE_CHARS)), soft_wrap=True)

    def ended(self) -> None:
        self._ended += 1
        if self._all is not None:
            left = (time.monotonic() - self._began) / self._ended * (self._expected - self._ended)
            said = f"{self._ended} of {self._expected}, {clock(left)} left"
            self._progress.update(self._all, completed=self._ended, said=said)


class RichWork:
    def __init__(self, screen: RichScreen, progress: Progress, name: str) -> None:
        self._screen, self._progress, self._name = screen, progress, name
        self._task: TaskID | None = None
        self._rate = Rate(time.monotonic)

    def at(self, stage: str, done: float = 0, of: float | None = None, unit: str = "") -> None:
        self._rate.at(stage, done)
        said = f"{stage}{_measured(self._rate, done, of, unit)}"
        if self._task is None:
            self._task = self._progress.add_task(_short(self._name), total=None, said=said)
        self._progress.update(self._task, total=of or None, completed=done if of else 0, said=said)

    def end(self, said: str) -> None:
        if self._task is not None:
            self._progress.remove_task(self._task)
            self._task = None
        self._screen.say(f"{self._name}: {said}")
        self._screen.ended()


class Rate:
    """How fast a stage advances, from its beginning."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._stage, self._began, self._first, self._done = "", 0.0, 0.0, 0.0

    def at(self, stage: str, done: float) -> None:
        if stage != self._stage or done < self._done:
            self._stage, self._began, self._first = stage, self._clock(), done
        self._done = done

    def a_second(self) -> float:
        """0 until a second has passed, which is too short to tell."""
        passed = self._clock() - self._began
        return (self._done - self._first) / passed if passed >= 1 else 0.0


class _Measured(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(str(task.fields.get("said", "")))


def _measured(rate: Rate, done: float, of: float | None, unit: str) -> str:
    if not unit:
        return ""
    shown, counted = (size, "") if unit == "B" else ("{:.0f}".format, f" {unit}")
    told = f" {shown(done)} of {shown(of)}{counted}" if of else f" {shown(done)}{counted}" if done else ""
    speed = rate.a_second()
    if speed > 0:
        told += f", {size(speed)}/s" if unit == "B" else f", {speed:.1f}/s"
        told += f", {clock((of - done) / speed)} left" if of and of > done else ""
    return told


def _short(name: str) -> str:
    """The end of a long name tells chapters apart."""
    return name if len(name) <= _NAME_CHARS else "…" + name[1 - _NAME_CHARS :]

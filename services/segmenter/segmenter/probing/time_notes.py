"""What is said of a recording whose samples do not simply follow each other from time 0 on."""

from collections.abc import Iterator

from contracts.events import AudioNote
from segmenter.domain.timeline import Clock


def time_notes(clock: Clock, rate_hz: int) -> Iterator[AudioNote]:
    """The notes of a timeline on which all of the audio was laid."""

    def at(frame: int) -> str:
        return f"{frame / rate_hz:.3f} s"

    if clock.late:
        yield AudioNote("late-start", f"the sound begins at {at(clock.late)}; before it there is silence")
    if holes := clock.holes:
        places = "a hole" if holes.count == 1 else f"{holes.count} holes"
        detail = f"{places} of {at(holes.frames)} in all, the first at {at(holes.first)}; filled with silence"
        yield AudioNote("gap-filled", detail)
    if restarts := clock.restarts:
        times = "once" if restarts.count == 1 else f"{restarts.count} times"
        detail = f"the time stamps begin anew {times}, first at {at(restarts.first)}; what follows comes right after"
        yield AudioNote("stamps-restart", detail)

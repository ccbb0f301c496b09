"""What was left out or changed of a transcript: single warnings, and their summary in events, rows and responses."""

from typing import Final

from msgspec import Struct

SHOWN: Final = 100  # warnings of a summary that are given in full


class CueWarning(Struct, frozen=True, kw_only=True):
    """One thing that was left out or changed. `line` is 1-based in the transcript, `cue` 0-based in file order."""

    code: str
    cue: int | None = None
    line: int | None = None
    detail: str = ""


class WarningSummary(Struct, frozen=True):
    """Counts per code of all warnings, and the first `SHOWN` of them in full; plan.jsonl lists them all."""

    counts: dict[str, int] = {}
    first: tuple[CueWarning, ...] = ()


def summarise(warnings: list[CueWarning]) -> WarningSummary:
    """Counts every warning and keeps the first `SHOWN`, so that an event stays far below 1 MiB."""
    counts: dict[str, int] = {}
    for warning in warnings:
        counts[warning.code] = counts.get(warning.code, 0) + 1
    return WarningSummary(counts, tuple(warnings[:SHOWN]))

"""One vocabulary of failure, the same in a life event, a catalog row and an HTTP answer."""

from msgspec import Struct


class RunFailure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a run failed. `code` is stable and public; `remedy` tells the person what to do next."""

    code: str
    title: str
    detail: str
    stage: str
    remedy: str = ""
    retryable: bool = False


class CueWarning(Struct, frozen=True, kw_only=True):
    """One thing that was left out or changed. `line` is 1-based in the transcript, `cue` 0-based in file order."""

    code: str
    cue: int | None = None
    line: int | None = None
    detail: str = ""


class WarningSummary(Struct, frozen=True):
    """Counts per code of everything, and the first `SHOWN` in full; all of them stand in plan.jsonl."""

    counts: dict[str, int] = {}
    first: tuple[CueWarning, ...] = ()


SHOWN = 100


def summarise(warnings: list[CueWarning]) -> WarningSummary:
    """Counts every warning and keeps the first `SHOWN`, so that an event stays far below 1 MiB."""
    counts: dict[str, int] = {}
    for warning in warnings:
        counts[warning.code] = counts.get(warning.code, 0) + 1
    return WarningSummary(counts, tuple(warnings[:SHOWN]))

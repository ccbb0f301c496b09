"""What a `cut` ends with: for each pair what was kept, dropped and changed, the worst first; or the same as JSON."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from cuecutter.cli.collecting import Collected
from cuecutter.cli.exits import Exit
from cuecutter.cli.outcome import Outcome
from cuecutter.cli.pairs import Found
from cuecutter.cli.printing import counted, json_text, printable
from cuecutter.cli.tables import aligned
from cuecutter.cli.told import Told

_MOST_LINES: Final = 12  # of dropped cues, which are in the server's answer in any case
_HEAD: Final = ("pair", "kept", "dropped", "changed", "flags, worst first")


def lines_of(outcomes: Sequence[Outcome], collected: Sequence[Collected]) -> list[str]:
    """For people. Errors and files without a pair are not among them: they are on stderr."""
    done = sorted((one for one in outcomes if one.is_ready), key=_badness, reverse=True)
    rows = [_HEAD, *(_row(one) for one in done)] if done else []
    if len(done) > 1:
        rows.append(("all", str(sum(one.kept for one in done)), str(sum(_count(one.dropped) for one in done)), "", ""))
    return [*aligned(rows), *_dropped(done), *(line for one in collected for line in _folder(one))]


def json_of(
    outcomes: Sequence[Outcome], collected: Sequence[Collected], found: Found, error: Told | None, exit_code: Exit
) -> str:
    """For programs; docs/client.md has the members."""
    document = {
        "exit": int(exit_code),
        "error": _error(error),
        "pairs": [_pair(one) for one in outcomes],
        "folders": [
            {"folder": _valid(one.folder), "new": one.is_new, "check": msgspec.to_builtins(one.check)}
            for one in collected
        ],
        "ambiguous": [{"name": _valid(one.name), "files": [*map(_valid, one.files)]} for one in found.ambiguous],
        "unmatched": [*map(_valid, found.unmatched)],
    }
    return json_text(document)


def _row(one: Outcome) -> tuple[str, ...]:
    dropped, changed = counted(one.dropped) or "-", counted(one.changed) or "-"
    flags = ", ".join(f"{printable(flag)} {count}" for flag, count in one.flags.items()) or "-"
    return printable(one.name), str(one.kept), dropped, changed, flags


def _badness(one: Outcome) -> tuple[int, int, int]:
    return _count(one.dropped), _count(one.changed), sum(one.flags.values())


def _count(counts: dict[str, int]) -> int:
    return sum(counts.values())


def _dropped(outcomes: Iterable[Outcome]) -> list[str]:
    cues = [(one.name, cue) for one in outcomes for cue in one.dropped_cues]
    lines = [
        f"dropped: {printable(name)}, line {cue.line}: {printable(cue.code)} {printable(cue.detail)}".rstrip()
        for name, cue in cues[:_MOST_LINES]
    ]
    more = len(cues) - _MOST_LINES
    return lines + ([f"dropped: and {more} more; --json has them"] if more > 0 else [])


def _folder(one: Collected) -> list[str]:
    check = one.check
    trainer = printable(check.trainer or check.format)
    line = f"{printable(str(one.folder), 4096)}: {check.clips} clips, {check.hours:.2f} h"
    lines = [line if one.is_new else f"{line}, as before"]
    if check.kept < check.clips:
        lines.append(f"  {trainer} takes {check.kept} of them as they are: {counted(check.reasons)}")
    if check.left_out:
        lines.append(f"  left out by --skip: {counted(check.left_out)}")
    return lines + [f"  {printable(note.code)}: {printable(note.detail)}" for note in check.notes]


def _pair(one: Outcome) -> dict[str, Any]:
    dataset = one.dataset
    return {
        "name": _valid(one.name),
        "audio": _valid(one.audio),
        "transcript": _valid(one.transcript),
        "dataset": dataset.id if dataset else None,
        "status": dataset.status if dataset else None,
        "new": one.is_new,
        "kept": one.kept,
        "seconds": dataset.total_duration_seconds if dataset else None,
        "dropped": one.dropped,
        "changed": one.changed,
        "flags": dict(one.flags),
        "warnings": msgspec.to_builtins(dataset.warnings.first) if dataset else [],
        "error": _error(one.error),
    }


def _error(error: Told | None) -> dict[str, Any] | None:
    if error is None:
        return None
    told: dict[str, Any] = msgspec.to_builtins(error)
    told.pop("exit_code")
    return told


def _valid(text: str | Path) -> str:
    """File names that are no UTF-8, with `?` where they are not."""
    return str(text).encode("utf-8", "replace").decode("utf-8")

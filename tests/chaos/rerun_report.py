"""The table of a campaign of re-runs, for people and as JSON."""

from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.chaos.leavings import Found, Wrong
from tests.chaos.schedule import Kind

_SHOWN = 3  # of each kind; the JSON has all


class Report(Struct, frozen=True, kw_only=True):
    """Counts. `slices_stored` are the keys of slices that were ever stored, `objects_left` all objects at the end."""

    title: str
    seed: int
    fenced: bool
    keep_seconds: int
    seconds: float
    struck: Mapping[tuple[str, str], int]
    answers: Mapping[str, int]
    datasets: int
    deleted: int
    events: Mapping[str, int]
    slices_stored: int
    objects_left: int
    findings: tuple[Found, ...]


def table(report: Report) -> str:
    fence = "with the fence" if report.fenced else "WITHOUT the fence (the control)"
    kinds = Counted(report.struck)
    answers = ", ".join(f"{count} x {what}" for what, count in sorted(report.answers.items()))
    events = ", ".join(f"{report.events.get(kind, 0)} {name}" for kind, name in _EVENTS)
    lines = [
        "",
        f"{report.title}, seed {report.seed}, kept for {report.keep_seconds} s, {fence}, {report.seconds:.0f} s in all",
        f"  faults: {kinds}; {sum(report.struck.values())} in all",
        f"  {report.datasets} datasets are left: {events}; {report.deleted} were deleted",
        f"  {report.slices_stored} keys of slices were stored, {report.objects_left} objects are left",
        f"  the gateway answered {answers}",
        f"  {'finding':48}{'count':>7}",
    ]
    for code in Wrong:
        found = [each for each in report.findings if each.code is code]
        lines.append(f"  {code.value:48}{len(found):>7}")
        lines += [f"    {each.dataset_id} {each.detail}" for each in found[:_SHOWN]]
    return "\n".join([*lines, ""])


_EVENTS = (
    ("ProcessRequested", "runs"),
    ("DatasetReady", "ready"),
    ("ProcessCancelled", "cancelled"),
    ("RootClaimed", "roots claimed"),
    ("RootRetired", "retired"),
)


class Counted:
    """Faults by kind and target, in words."""

    def __init__(self, struck: Mapping[tuple[str, str], int]) -> None:
        self._struck = struck

    def __str__(self) -> str:
        by_kind = {kind.value: self._targets(kind.value) for kind in Kind}
        return "; ".join(f"{kind} {targets}" for kind, targets in by_kind.items() if targets)

    def _targets(self, kind: str) -> str:
        return ", ".join(f"{target} {n}" for (of, target), n in sorted(self._struck.items()) if of == kind)


def write(path: Path, reports: list[Report]) -> None:
    """As JSON, with every finding."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode([_plain(report) for report in reports])) + b"\n")


def _plain(report: Report) -> dict[str, object]:
    plain = {name: getattr(report, name) for name in report.__struct_fields__}
    told = [{"code": f.code.name, "dataset_id": f.dataset_id, "detail": f.detail} for f in report.findings]
    return plain | {"struck": [[*what, count] for what, count in report.struck.items()], "findings": told}

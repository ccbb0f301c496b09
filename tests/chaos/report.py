"""The table of a campaign, for people and as JSON: what struck, what was made meanwhile, what was found."""

from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from tests.chaos.findings import Code, Finding
from tests.chaos.schedule import Kind

_SHOWN = 3  # of each kind; the JSON has all


class Report(Struct, frozen=True, kw_only=True):
    """Counts. `stored` are the PUTs of slices that began, `told` the segments that runs had to store."""

    title: str
    seed: int
    fenced: bool
    ack_wait_seconds: float
    seconds: Mapping[str, float]
    struck: Mapping[tuple[str, str], int]
    missed: Mapping[tuple[str, str], int]
    answers: Mapping[str, int]
    datasets: int
    runs: int
    told: int
    stored: int
    taken_over: int
    refused: int
    findings: tuple[Finding, ...]

    @property
    def rework(self) -> float:
        """Slices stored more than once, as a share of the segments."""
        return self.stored / self.told - 1 if self.told else 0.0


def table(report: Report) -> str:
    fence = "with fencing" if report.fenced else "WITHOUT fencing (the control)"
    times = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in report.seconds.items())
    lines = [
        "",
        f"{report.title}, seed {report.seed}, ack wait {report.ack_wait_seconds:g} s, {fence}",
        f"  {times}",
        "",
    ]
    lines += [*_faults(report), "", *_work(report), "", *_findings(report.findings), ""]
    return "\n".join(lines)


def write(path: Path, reports: list[Report]) -> None:
    """As JSON, with every finding."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode([_plain(report) for report in reports])) + b"\n")


def _plain(report: Report) -> dict[str, object]:
    plain = {name: getattr(report, name) for name in report.__struct_fields__}
    plain |= {name: [[*what, count] for what, count in plain[name].items()] for name in ("struck", "missed")}
    told = [{"code": f.code.name, "dataset_id": f.dataset_id, "detail": f.detail} for f in report.findings]
    return plain | {"findings": told, "rework": round(report.rework, 4)}


def _faults(report: Report) -> list[str]:
    kinds = [kind.value for kind in Kind]
    targets = sorted({target for _, target in report.struck})
    lines = [f"  {'faults':12}" + "".join(f"{kind:>9}" for kind in kinds)]
    for target in targets:
        lines.append(f"  {target:12}" + "".join(f"{report.struck.get((k, target), 0) or '–':>9}" for k in kinds))
    missed = sum(report.missed.values())
    return [*lines, f"  {sum(report.struck.values())} in all" + (f"; {missed} found nobody" if missed else "")]


def _work(report: Report) -> list[str]:
    answers = ", ".join(f"{count} x {what}" for what, count in sorted(report.answers.items()))
    again = report.stored - report.told
    return [
        f"  {report.datasets} datasets in {report.runs} runs of {report.told} segments",
        f"  spans continued by another worker: {report.taken_over}; batches of zombies refused: {report.refused}",
        f"  rework: {report.stored} slices begun for {report.told} segments: {again} again, {report.rework:.1%}",
        f"  the gateway answered {answers}",
    ]


def _findings(findings: tuple[Finding, ...]) -> list[str]:
    lines = [f"  {'finding':48}{'count':>7}"]
    for code in Code:
        found = [finding for finding in findings if finding.code is code]
        lines.append(f"  {code.value:48}{len(found):>7}")
        lines += [f"    {finding.dataset_id} {finding.detail}" for finding in found[:_SHOWN]]
    return lines

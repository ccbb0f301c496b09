"""From what `make status` found to what a person does next. Pure: values in, lines out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

WAITING_PER_WORKER: Final = 4  # orders; above it another worker pays
QUIET_SECONDS: Final = 600.0  # a run shows a new fact every few seconds; after an hour without one it is ended


@dataclass
class Findings:
    """`not_ready` are workers by name, `waiting` counts messages by durable, `quiet` are datasets."""

    workers: Sequence[str] = ()
    not_ready: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    waiting: dict[str, int] = field(default_factory=dict)
    letters: int = 0
    quiet: list[str] = field(default_factory=list)


def next_steps(found: Findings, logs: str) -> list[str]:
    """One line for each thing to do; one line that says so if there is nothing to do."""
    steps = [f"read {logs}/{name}.log: {name} is not ready" for name in found.not_ready]
    if found.missing:
        steps.append(f"start again with make run, which declares what is missing: {', '.join(found.missing)}")
    steps += _scale(found.waiting, found.workers)
    if found.letters:
        steps.append(
            f"read why the {found.letters} dead letters were given up, repair it, process their failed datasets again"
        )
    if found.quiet:
        steps.append(f"look for the workers of {', '.join(found.quiet)}; an hour without a fact ends a run by itself")
    return steps or ["nothing to do"]


def _scale(waiting: Mapping[str, int], workers: Sequence[str]) -> list[str]:
    variables = {"segmenter-span": ("segmenter", "SEGMENTERS"), "manifest-done": ("manifest", "MANIFESTS")}
    steps = []
    for durable, (service, variable) in variables.items():
        count = sum(name.split("-")[0] == service for name in workers)
        if waiting.get(durable, 0) > WAITING_PER_WORKER * count:
            steps.append(f"add workers: make run {variable}={count + 1}; {waiting[durable]} wait in {durable}")
    return steps

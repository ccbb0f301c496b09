"""What is wrong with a dataset that was seen, in words. Pure: nothing wrong is an empty list."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import pairwise
from typing import Any, Final

from tests.chaos.sources import Source
from tests.chaos.witness import Seen

_WANTED: Final = re.compile(r"source_audio\.\w+|transcript\.\w+|plan\.jsonl|training_data\.(?:jsonl|index)")


class Code(Enum):
    NOT_READY = "dataset is not ready"
    LOST = "dataset was promised and is gone"
    READY_TWICE = "run without exactly one DatasetReady"
    SEGMENT_MISSING = "segment without a SegmentWritten"
    SEGMENT_TWICE = "segment with two SegmentWritten"
    PROGRESS_BROKEN = "span not told in one line"
    SLICE_MISSING = "slice without an object"
    SLICE_WRONG = "slice with other bytes"
    OBJECT_EXTRA = "object that nobody asked for"
    MANIFEST_DIFFERS = "manifest differs from the undisturbed run's"
    CATALOG_DIFFERS = "catalog differs from a rebuild"
    GATEWAY_FAILED = "request answered 500"


@dataclass(frozen=True, slots=True)
class Finding:
    code: Code
    dataset_id: str
    detail: str


def judge(seen: Seen, source: Source, manifest: bytes) -> list[Finding]:
    """`manifest` is what an undisturbed run of the same source made."""
    told = [*_life(seen), *_facts(seen, source), *_progress(seen), *_objects(seen, source)]
    if seen.manifest != manifest:
        told.append((Code.MANIFEST_DIFFERS, f"{source.name}: {len(seen.manifest or b'')} and {len(manifest)} bytes"))
    return [Finding(code, seen.dataset_id, detail) for code, detail in told]


def taken_over(seen: Seen) -> int:
    """How many spans were continued by another worker behind the last one's last segment."""
    return sum(a["worker"] != b["worker"] for told in _spans(seen).values() for a, b in pairwise(told))


_Told = Iterator[tuple[Code, str]]


def _life(seen: Seen) -> _Told:
    kind = seen.life[-1][1]["type"] if seen.life else "nothing"
    if (seen.status, kind) != ("ready", "DatasetReady"):
        error = seen.life[-1][1].get("error") if seen.life else None
        yield Code.NOT_READY, f"{seen.status}, its last life event is {kind}: {error}"
    ready = Counter(event["run"] for _, event in seen.life if event["type"] == "DatasetReady")
    for run in {*seen.runs, *ready}:
        if ready[run] != 1 or run not in seen.runs:
            yield Code.READY_TWICE, f"run {run} has {ready[run]}"


def _facts(seen: Seen, source: Source) -> _Told:
    told = Counter((event["run"], event["n"]) for event in seen.segments)
    for run in seen.runs:
        for n in range(len(source.slices)):
            if told[run, n] == 0:
                yield Code.SEGMENT_MISSING, f"run {run} segment {n}"
    for (run, n), count in told.items():
        if count > 1:
            yield Code.SEGMENT_TWICE, f"run {run} segment {n}: {count} times"
    for event in seen.segments:
        if event["n"] >= len(source.slices) or event["sha256"] != source.slices[event["n"]]:
            yield Code.SLICE_WRONG, f"run {event['run']} segment {event['n']} is told with another sha256"


def _progress(seen: Seen) -> _Told:
    """Each batch begins where the one before it ended: a redelivered span goes on behind its last segment."""
    for (run, span), batches in _spans(seen).items():
        written = 0
        for batch in batches:
            if batch["written"] - batch["added"] != written:
                yield Code.PROGRESS_BROKEN, f"run {run} span {span} at {written}"
            written = batch["written"]


def _spans(seen: Seen) -> dict[tuple[int, int], list[dict[str, Any]]]:
    spans: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for batch in seen.progress:
        spans.setdefault((batch["run"], batch["span"]), []).append(batch)
    return spans


def _objects(seen: Seen, source: Source) -> _Told:
    wanted = {f"segment_{n:05d}.wav": sha256 for n, sha256 in enumerate(source.slices)}
    for name, sha256 in wanted.items():
        if name not in seen.slices:
            yield Code.SLICE_MISSING, name
        elif seen.slices[name] != sha256:
            yield Code.SLICE_WRONG, name
    strange = [name for name in seen.others if not _WANTED.fullmatch(name)]
    for name in [*strange, *(seen.slices.keys() - wanted.keys())]:
        yield Code.OBJECT_EXTRA, name

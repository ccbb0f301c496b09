"""What is wrong with the objects of a dataset that was processed again and again while sweeps went on. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

SOURCES = ("source_audio.", "transcript.")


class Wrong(Enum):
    NOT_READY = "dataset is not ready"
    RUN_FAILED = "run ended with an error"
    SOURCE_LOST = "source is missing, or has other bytes"
    SLICE_MISSING = "slice of the current result is missing"
    SLICE_WRONG = "slice of the current result has other bytes"
    MANIFEST_DIFFERS = "manifest differs from the undisturbed run's"
    OBJECT_EXTRA = "object beside sources and current result"
    ROOT_RETIRED_IN_USE = "root retired while a run went on, or its result was in it"
    ROOT_WRITTEN_AGAIN = "run planned for a root that was retired"
    NOT_GONE = "object or message of a deleted dataset"
    GATEWAY_FAILED = "request answered 500"


@dataclass(frozen=True, slots=True)
class Found:
    code: Wrong
    dataset_id: str
    detail: str


@dataclass
class Rerun:
    """One dataset when all is quiet. Events have their sequence, in stream order.

    `objects` are sha256 by key without the dataset's prefix `root`; `prefix` is that of its result, without it, too.
    """

    dataset_id: str
    root: str
    status: str = ""
    prefix: str = ""
    rate: int | None = None
    life: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    facts: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    objects: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.life[0][1]["source"]["name"])


@dataclass(frozen=True)
class Wanted:
    """sha256 of what must be there: the two sources, each slice in order, and the manifest."""

    sources: Mapping[str, str]
    slices: tuple[str, ...]
    manifest: str


def judge(seen: Rerun, wanted: Wanted) -> list[Found]:
    told = [*_life(seen), *_root(seen), *_objects(seen, wanted)]
    return [Found(code, seen.dataset_id, detail) for code, detail in told]


_Told = Iterator[tuple[Wrong, str]]


def _life(seen: Rerun) -> _Told:
    if seen.status != "ready":
        yield Wrong.NOT_READY, seen.status
    for seq, event in seen.life:
        if event["type"] == "DatasetFailed":
            yield Wrong.RUN_FAILED, f"{seq}: {event['error']['code']}, {event['error'].get('detail', '')}"


def _root(seen: Rerun) -> _Told:
    retired = [seq for seq, event in seen.facts if event["type"] == "RootRetired"]
    for seq in retired:
        head = [event for at, event in seen.life if at < seq][-1]
        if head["type"] == "ProcessRequested" or head["result"]["prefix"] == seen.root:
            yield Wrong.ROOT_RETIRED_IN_USE, f"at {seq}, after {head['type']}"
    for seq, event in seen.facts:
        if retired and event["type"] == "SegmentationPlanned" and seq > retired[0] and event["prefix"] == seen.root:
            yield Wrong.ROOT_WRITTEN_AGAIN, f"plan {seq} of run {event['run']}, retired at {retired[0]}"


def _objects(seen: Rerun, wanted: Wanted) -> _Told:
    for name, sha256 in wanted.sources.items():
        if seen.objects.get(name) != sha256:
            yield Wrong.SOURCE_LOST, name
    result = {f"{seen.prefix}segments/segment_{n:05d}.wav": sha256 for n, sha256 in enumerate(wanted.slices)}
    for name, sha256 in result.items():
        if name not in seen.objects:
            yield Wrong.SLICE_MISSING, name
        elif seen.objects[name] != sha256:
            yield Wrong.SLICE_WRONG, name
    if seen.objects.get(f"{seen.prefix}training_data.jsonl") != wanted.manifest:
        yield Wrong.MANIFEST_DIFFERS, f"{seen.name} at {seen.rate}"
    others = {f"{seen.prefix}{name}" for name in ("plan.jsonl", "training_data.jsonl", "training_data.index")}
    for name in seen.objects.keys() - wanted.sources.keys() - result.keys() - others:
        yield Wrong.OBJECT_EXTRA, name

"""Each thing that may be wrong with a dataset is found, and nothing is found in one that is right."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.chaos.findings import Code, judge, taken_over
from tests.chaos.sources import Source, every
from tests.chaos.witness import Seen

SOURCE = Source("two", b"", b"", ("aa", "bb"))
MANIFEST = b"lines"


def batch(written: int, added: int, worker: str = "w") -> dict[str, Any]:
    return {"run": 2, "span": 0, "written": written, "added": added, "worker": worker}


RIGHT = Seen(
    "d",
    life=[
        (1, {"type": "DatasetUploaded", "source": {"name": "two"}}),
        (2, {"type": "ProcessRequested"}),
        (9, {"type": "DatasetReady", "run": 2}),
    ],
    segments=[{"run": 2, "n": 0, "sha256": "aa"}, {"run": 2, "n": 1, "sha256": "bb"}],
    progress=[batch(1, 1), batch(2, 1, "other")],
    slices={"segment_00000.wav": "aa", "segment_00001.wav": "bb"},
    others=["source_audio.wav", "transcript.srt", "plan.jsonl", "training_data.jsonl", "training_data.index"],
    manifest=MANIFEST,
    status="ready",
)


def test_a_dataset_that_is_right_gives_no_finding() -> None:
    assert judge(RIGHT, SOURCE, MANIFEST) == []
    assert taken_over(RIGHT) == 1


def failed(seen: Seen) -> None:
    seen.life[-1] = (9, {"type": "DatasetFailed", "run": 2, "error": {"code": "internal-error"}})


WRONGS: list[tuple[Callable[[Seen], Any], set[Code]]] = [
    (failed, {Code.NOT_READY, Code.READY_TWICE}),
    (lambda seen: setattr(seen, "status", "processing"), {Code.NOT_READY}),
    (lambda seen: seen.life.append((10, seen.life[-1][1])), {Code.READY_TWICE}),
    (lambda seen: seen.life.insert(2, (3, {"type": "ProcessRequested"})), {Code.READY_TWICE, Code.SEGMENT_MISSING}),
    (lambda seen: seen.segments.pop(), {Code.SEGMENT_MISSING}),
    (lambda seen: seen.segments.append(seen.segments[0]), {Code.SEGMENT_TWICE}),
    (lambda seen: seen.segments[0].update(sha256="bb"), {Code.SLICE_WRONG}),
    (lambda seen: seen.progress.append(batch(2, 1)), {Code.PROGRESS_BROKEN}),
    (lambda seen: seen.progress.pop(0), {Code.PROGRESS_BROKEN}),
    (lambda seen: seen.slices.pop("segment_00001.wav"), {Code.SLICE_MISSING}),
    (lambda seen: seen.slices.update({"segment_00001.wav": "cc"}), {Code.SLICE_WRONG}),
    (lambda seen: seen.slices.update({"torso": "cc"}), {Code.OBJECT_EXTRA}),
    (lambda seen: seen.others.append("runs/3/plan.jsonl"), {Code.OBJECT_EXTRA}),
    (lambda seen: setattr(seen, "manifest", b"line"), {Code.MANIFEST_DIFFERS}),
    (lambda seen: setattr(seen, "manifest", None), {Code.MANIFEST_DIFFERS}),
]


@pytest.mark.parametrize(("spoil", "codes"), WRONGS)
def test_what_is_wrong_is_found(spoil: Callable[[Seen], Any], codes: set[Code]) -> None:
    seen = copy.deepcopy(RIGHT)
    spoil(seen)
    assert {finding.code for finding in judge(seen, SOURCE, MANIFEST)} == codes


def test_no_two_sources_share_a_slice_so_that_a_slice_of_another_would_be_seen() -> None:
    hashes = [sha256 for source in every() for sha256 in source.slices]
    assert len(set(hashes)) == len(hashes)

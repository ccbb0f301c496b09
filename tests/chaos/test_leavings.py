"""Each thing that may be wrong after re-runs under sweeps is found, and nothing is found where all is right."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.chaos.leavings import Rerun, Wanted, Wrong, judge

ROOT, OWN = "users/u/datasets/d/", "runs/5/"
WANTED = Wanted({"source_audio.wav": "a", "transcript.srt": "t"}, ("s0", "s1"), "m")
RIGHT = Rerun(
    "d",
    ROOT,
    "ready",
    OWN,
    life=[
        (1, {"type": "DatasetUploaded", "source": {"name": "n"}}),
        (2, {"type": "ProcessRequested", "result": None}),
        (4, {"type": "DatasetReady", "run": 2, "result": {"prefix": ROOT}}),
        (5, {"type": "ProcessRequested", "result": {"prefix": ROOT}}),
        (7, {"type": "DatasetReady", "run": 5, "result": {"prefix": ROOT + OWN}}),
    ],
    facts=[
        (3, {"type": "SegmentationPlanned", "run": 2, "prefix": ROOT}),
        (6, {"type": "SegmentationPlanned", "run": 5, "prefix": ROOT + OWN}),
        (8, {"type": "RootRetired", "run": 5}),
    ],
    objects={
        "source_audio.wav": "a",
        "transcript.srt": "t",
        f"{OWN}segments/segment_00000.wav": "s0",
        f"{OWN}segments/segment_00001.wav": "s1",
        f"{OWN}training_data.jsonl": "m",
        f"{OWN}training_data.index": "i",
        f"{OWN}plan.jsonl": "p",
    },
)


def test_a_dataset_that_is_right_gives_no_finding() -> None:
    assert judge(RIGHT, WANTED) == []


def retired_at(seq: int) -> Callable[[Rerun], Any]:
    return lambda seen: seen.facts.append((seq, {"type": "RootRetired", "run": 5}))


WRONGS: list[tuple[Callable[[Rerun], Any], set[Wrong]]] = [
    (lambda seen: setattr(seen, "status", "pending"), {Wrong.NOT_READY}),
    (lambda seen: seen.life.append((9, {"type": "DatasetFailed", "error": {"code": "x"}})), {Wrong.RUN_FAILED}),
    (lambda seen: seen.objects.pop("source_audio.wav"), {Wrong.SOURCE_LOST}),
    (lambda seen: seen.objects.update({"transcript.srt": "other"}), {Wrong.SOURCE_LOST}),
    (lambda seen: seen.objects.pop(f"{OWN}segments/segment_00001.wav"), {Wrong.SLICE_MISSING}),
    (lambda seen: seen.objects.update({f"{OWN}segments/segment_00001.wav": "s0"}), {Wrong.SLICE_WRONG}),
    (lambda seen: seen.objects.update({f"{OWN}training_data.jsonl": "n"}), {Wrong.MANIFEST_DIFFERS}),
    (lambda seen: seen.objects.update({"plan.jsonl": "late"}), {Wrong.OBJECT_EXTRA}),
    (lambda seen: seen.objects.update({"runs/2/segments/segment_00000.wav": "s0"}), {Wrong.OBJECT_EXTRA}),
    (lambda seen: seen.objects.update({f"{OWN}segments/segment_00002.wav": "s2"}), {Wrong.OBJECT_EXTRA}),
    (retired_at(6), {Wrong.ROOT_RETIRED_IN_USE}),
    (lambda seen: seen.facts.insert(0, (4.5, {"type": "RootRetired", "run": 2})), {Wrong.ROOT_RETIRED_IN_USE}),  # type: ignore[arg-type]
    (
        lambda seen: seen.facts.append((9, {"type": "SegmentationPlanned", "run": 9, "prefix": ROOT})),
        {Wrong.ROOT_WRITTEN_AGAIN},
    ),
]


@pytest.mark.parametrize(("spoil", "codes"), WRONGS)
def test_what_is_wrong_is_found(spoil: Callable[[Rerun], Any], codes: set[Wrong]) -> None:
    seen = copy.deepcopy(RIGHT)
    spoil(seen)
    assert {found.code for found in judge(seen, WANTED)} == codes

"""The join: every planned segment with its row, the same bytes whatever the order the rows came in."""

import json
import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from contracts.dataset import Options
from contracts.envelope import NewerEvent
from contracts.events import SegmentationPlanned, SegmentRow
from contracts.plan_lines import PlannedSegment
from contracts.rows import ROWS_VERSION
from contracts.warnings import CueWarning, WarningSummary
from manifest.domain.join import Incomplete, Joined, join


def plan(count: int, warnings: WarningSummary | None = None, rows_version: int = ROWS_VERSION) -> SegmentationPlanned:
    return SegmentationPlanned(
        dataset_id="d",
        user_id="u",
        run=2,
        correlation_id="co",
        cause="ca",
        plan_id="p",
        plan_version="1",
        prefix="f/",
        plan_key="f/plan.jsonl",
        plan_sha256="00",
        plan_bytes=1,
        segment_count=count,
        span_count=1,
        dropped_count=0,
        source_rate_hz=48_000,
        sample_rate=24_000,
        options=Options(),
        warnings=warnings or WarningSummary(),
        rows_version=rows_version,
    )


def segment(n: int) -> PlannedSegment:
    return PlannedSegment(
        n=n,
        first_frame=n * 48_000,
        last_frame=(n + 1) * 48_000,
        text=f'"{n}" ü\t',
        cue=n,
        line=n + 1,
        cues=(n, n + 1),
        speaker="Ann",
        text_raw="<i>",
    )


def row(n: int, short: int = 0) -> SegmentRow:
    return SegmentRow(n, 24_000 - short // 2, f"{n:064x}", short, 44 + 48_000 - short, 7)


FIRST_VERSION = {
    "audio_filepath": "segments/segment_00001.wav",
    "file_name": "segments/segment_00001.wav",
    "text": '"1" ü\t',
    "duration": 1.0,
    "start": 1.0,
    "end": 2.0,
    "sample_rate": 24_000,
    "sha256": f"{1:064x}",
}


def test_a_line_says_where_the_slice_is_what_is_spoken_and_where_it_came_from() -> None:
    joined = join(plan(2), [segment(0), segment(1)], {0: row(0), 1: row(1)})
    assert isinstance(joined, Joined)
    second = joined.body.decode().splitlines()[1]
    assert json.loads(second) == FIRST_VERSION | {
        "cues": [1, 2],
        "cue": 1,
        "line": 2,
        "speaker": "Ann",
        "text_raw": "<i>",
        "size": 48_044,
        "crc32": 7,
        "chars_per_second": 6.0,
        "flags": ["digits-in-text"],
    }
    assert joined.body.endswith(b"}\n")
    assert joined.total_frames == 48_000


def test_a_slice_of_which_some_fills_a_hole_is_flagged() -> None:
    rows = {0: row(0), 1: replace(row(1), filled=1)}
    joined = join(plan(2), [segment(0), segment(1)], rows)
    assert isinstance(joined, Joined)
    flags = [json.loads(line)["flags"] for line in joined.body.splitlines()]
    assert ["gap-filled" in one for one in flags] == [False, True]


def test_a_plan_of_the_first_layout_gets_its_rows_byte_for_byte() -> None:
    joined = join(plan(2, rows_version=1), [segment(0), segment(1)], {0: row(0), 1: row(1)})
    assert isinstance(joined, Joined)
    second = joined.body.splitlines(keepends=True)[1]
    assert second == json.dumps(FIRST_VERSION, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def test_rows_that_only_a_newer_release_can_write_are_left_to_it() -> None:
    with pytest.raises(NewerEvent, match=f"rows of version {ROWS_VERSION + 1}"):
        join(plan(1, rows_version=ROWS_VERSION + 1), [segment(0)], {0: row(0)})


def test_a_segment_without_a_row_is_named_and_nothing_is_written() -> None:
    assert join(plan(3), [segment(0), segment(1), segment(2)], {1: row(1)}) == Incomplete((0, 2))


def test_fewer_lines_than_the_plan_counts_are_incomplete_too() -> None:
    assert join(plan(3), [segment(0)], {0: row(0)}) == Incomplete(())


def test_a_slice_cut_short_at_the_end_of_the_audio_is_told_and_measured_as_written() -> None:
    joined = join(plan(1), [segment(0)], {0: row(0, short=480)})
    assert isinstance(joined, Joined)
    line = json.loads(joined.body)
    assert (line["duration"], line["end"]) == (0.99, 0.99)
    assert joined.warnings.counts == {"audio-short": 1}
    assert joined.warnings.first[0].cue == 0


def test_the_plans_counts_stay_whole_when_more_is_added() -> None:
    planned = WarningSummary({"clamped": 250}, tuple(CueWarning(code="clamped") for _ in range(100)))
    joined = join(plan(1, planned), [segment(0)], {0: row(0, short=480)})
    assert isinstance(joined, Joined)
    assert joined.warnings.counts == {"clamped": 250, "audio-short": 1}
    assert len(joined.warnings.first) == 100


@given(st.integers(1, 40), st.randoms(use_true_random=False), st.integers(1, 3))
def test_any_order_and_repetition_of_rows_gives_one_manifest(count: int, chance: random.Random, copies: int) -> None:
    arrived = [row(n) for n in range(count)] * copies
    chance.shuffle(arrived)
    segments = [segment(n) for n in range(count)]
    assert join(plan(count), segments, {r.n: r for r in arrived}) == join(
        plan(count), segments, {n: row(n) for n in range(count)}
    )


def test_characters_a_second_are_those_of_the_slice_with_two_digits() -> None:
    joined = join(plan(1), [segment(0)], {0: row(0, short=480)})
    assert isinstance(joined, Joined)
    assert json.loads(joined.body)["chars_per_second"] == 6.06  # 6 characters in 0.99 s


@given(st.text())
@example("\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
@example("line\nbreak\r\n")
@example("\\\u2028")
def test_a_text_never_breaks_its_line_for_any_reader(text: str) -> None:
    spoken = PlannedSegment(n=0, first_frame=0, last_frame=48_000, text=text)
    joined = join(plan(1), [spoken], {0: row(0)})
    assert isinstance(joined, Joined)
    [line] = joined.body.decode().splitlines()
    assert json.loads(line)["text"] == text

"""The plan: frames by exact arithmetic, ends clamped or dropped by rule, the same bytes every time."""

import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import msgspec
import numpy as np
import pytest
import soxr
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from contracts.dataset import Options, Source, TranscriptType
from contracts.events import AudioFacts, AudioNote
from contracts.failure import RunFailure
from contracts.plan_lines import PlannedSegment, encode_line
from segmenter.domain.plan import PLAN_VERSION, Plan, make_plan
from segmenter.domain.spans import MAX_SPANS, make_spans
from transcripts import CorrectedCue, Cue, Transcript, TranscriptKind, read, write_corrected

SOURCE = Source(
    name="n",
    description="",
    created_at=datetime(2026, 1, 2, tzinfo=UTC),
    audio_key="a",
    audio_bytes=1,
    audio_sha256="00",
    transcript_key="t",
    transcript_bytes=1,
    transcript_sha256="11",
    transcript_type=TranscriptType.SRT,
    transcript_encoding="utf-8",
)


def audio(frames: int = 160_000, rate_hz: int = 16_000, **more: Any) -> AudioFacts:
    return AudioFacts(kind="wav", rate_hz=rate_hz, channels=1, frames=frames, sample_format="s16", **more)


def srt(*times: tuple[str, str]) -> Transcript:
    blocks = [f"{n}\n{start} --> {end}\ntext {n}\n" for n, (start, end) in enumerate(times)]
    return read("\n".join(blocks).encode())


def planned(*times: tuple[str, str], facts: AudioFacts | None = None, options: Options | None = None) -> Plan:
    plan = make_plan(SOURCE, options or Options(), facts or audio(), srt(*times))
    assert isinstance(plan, Plan), plan
    return plan


def bounds(plan: Plan) -> list[tuple[int, int]]:
    return [(s.first_frame, s.last_frame) for s in plan.segments]


def test_frames_round_half_to_even() -> None:
    # 10 ms at 44.1 kHz is 441; 0.5 frame ties: 5 ms = 220.5 -> 220, 15 ms = 661.5 -> 662.
    plan = planned(("00:00:00,005", "00:00:00,015"), facts=audio(44_100, 44_100))
    assert bounds(plan) == [(220, 662)]


def test_segments_are_numbered_by_start_then_end_then_file_order() -> None:
    plan = planned(
        ("00:00:02,000", "00:00:03,000"),
        ("00:00:01,000", "00:00:05,000"),
        ("00:00:01,000", "00:00:02,000"),
        ("00:00:01,000", "00:00:02,000"),
    )
    assert [(s.n, s.text) for s in plan.segments] == [(0, "text 2"), (1, "text 3"), (2, "text 1"), (3, "text 0")]


def test_a_cue_beyond_the_audio_is_dropped_and_one_across_its_end_is_clamped() -> None:
    plan = planned(
        ("00:00:09,000", "00:00:11,000"),
        ("00:00:10,000", "00:00:12,000"),
    )
    assert bounds(plan) == [(144_000, 160_000)]
    assert [(d.cue, d.code) for d in plan.drops] == [(1, "beyond-audio")]
    assert plan.warnings().counts == {"beyond-audio": 1, "clamped": 1, "overlap": 1}


def test_a_cue_shorter_than_a_frame_is_dropped_as_empty() -> None:
    plan = planned(("00:00:01,0000", "00:00:01,00002"), ("00:00:02,000", "00:00:03,000"))
    assert [(d.cue, d.code) for d in plan.drops] == [(0, "empty")]


def test_plain_text_is_one_segment_over_all_of_the_audio() -> None:
    plan = make_plan(SOURCE, Options(), audio(), read(b"Hello\n there \n", TranscriptKind.TEXT))
    assert isinstance(plan, Plan)
    assert bounds(plan) == [(0, 160_000)]
    assert plan.segments[0].text == "Hello there"


def test_no_cue_inside_the_audio_is_a_failure_that_says_why() -> None:
    problem = make_plan(SOURCE, Options(), audio(), srt(("01:00:00,000", "01:00:01,000")))
    assert isinstance(problem, RunFailure)
    assert problem.code == "no-usable-cue"
    assert "1 beyond-audio" in problem.detail
    assert problem.remedy


@pytest.mark.parametrize(("missing", "fails"), [(0, False), (1_600, False), (1_601, True)])
def test_a_source_may_end_a_tenth_of_a_second_early_and_no_more(missing: int, fails: bool) -> None:
    facts = audio(16_000, declared_frames=16_000 + missing)
    outcome = make_plan(SOURCE, Options(), facts, srt(("00:00:00,000", "00:00:01,000")))
    assert isinstance(outcome, RunFailure) == fails
    if isinstance(outcome, RunFailure):
        assert outcome.code == "audio-ends-early"
        assert "1.000 s" in outcome.detail
    elif missing:
        assert outcome.warnings().counts == {"audio-short": 1}


BROKEN_OFF = audio(16_000, broken_off=True)
TIMES = ("00:00:00,000", "00:00:01,000")


@pytest.mark.parametrize(("end", "fails"), [("00,900", False), ("01,100", False), ("01,101", True), ("09,000", True)])
def test_a_recording_that_breaks_off_serves_cues_up_to_a_tenth_of_a_second_behind_its_end(
    end: str, fails: bool
) -> None:
    transcript = srt(("00:00:00,000", "00:00:00,500"), ("00:00:00,500", f"00:00:{end}"))
    outcome = make_plan(SOURCE, Options(), BROKEN_OFF, transcript)
    assert isinstance(outcome, RunFailure) == fails
    if isinstance(outcome, RunFailure):
        assert outcome.code == "audio-ends-early"
        assert (
            outcome.detail
            == f"The audio breaks off at 1.000 s; the cue at line 5 lasts until {end[1:].replace(',', '.')} s."
        )
    else:
        assert len(outcome.segments) == 2
        told = {warning.code: warning.detail for warning in outcome.warnings().first}
        assert told.keys() - {"clamped"} == {"end-missing"}
        assert told["end-missing"] == "the file breaks off at 1.000 s"


def test_cues_that_all_lie_behind_where_a_recording_breaks_off_are_not_blamed() -> None:
    outcome = make_plan(
        SOURCE, Options(), BROKEN_OFF, srt(("00:00:05,000", "00:00:06,000"), ("00:00:02,000", "00:00:03,000"))
    )
    assert isinstance(outcome, RunFailure)
    assert (outcome.code, "line 5 lasts until 3.000 s" in outcome.detail) == ("audio-ends-early", True)


def test_plain_text_takes_of_a_recording_that_breaks_off_what_is_there() -> None:
    plan = make_plan(SOURCE, Options(), BROKEN_OFF, read(b"Hello", TranscriptKind.TEXT))
    assert isinstance(plan, Plan)
    assert (bounds(plan), plan.warnings().counts) == ([(0, 16_000)], {"end-missing": 1})


def test_what_was_found_in_the_recording_is_a_warning_of_the_run() -> None:
    facts = structs.replace(audio(16_000), notes=(AudioNote("samples-judged", "they are floats"),))
    plan = make_plan(SOURCE, Options(), facts, srt(TIMES))
    assert isinstance(plan, Plan)
    assert [(each.code, each.detail) for each in plan.warnings().first] == [("samples-judged", "they are floats")]


@pytest.mark.parametrize(("end", "fails"), [("01,100", False), ("01,101", True)])
def test_a_header_that_states_too_much_is_reported_once_and_believed_by_no_cue(end: str, fails: bool) -> None:
    facts = structs.replace(BROKEN_OFF, notes=(AudioNote("length-overstated", "it states more"),))
    plan = make_plan(SOURCE, Options(), facts, srt(("00:00:00,000", f"00:00:{end}")))
    assert isinstance(plan, RunFailure) == fails
    if isinstance(plan, Plan):
        assert plan.warnings().counts == {"length-overstated": 1, "clamped": 1}


def test_a_rate_above_the_sources_is_not_made_up() -> None:
    plan = planned(("00:00:00,000", "00:00:01,000"), options=Options(sample_rate=48_000))
    assert plan.sample_rate == 16_000
    assert plan.warnings().counts == {"rate-kept": 1}


def test_a_segment_that_no_wav_can_hold_is_refused() -> None:
    facts = audio(frames=2**31, rate_hz=48_000)
    problem = make_plan(SOURCE, Options(), facts, read(b"all of it", TranscriptKind.TEXT))
    assert isinstance(problem, RunFailure)
    assert problem.code == "segment-too-long"


def test_the_same_recording_cut_the_same_is_the_same_plan() -> None:
    same = planned(TIMES).plan_id
    assert planned(TIMES).plan_id == same
    assert planned(TIMES, options=Options(sample_rate=16_000)).plan_id == same, "the source's own rate, spelled out"
    retyped = read(b"0\r\n00:00:00,000 --> 00:00:01,000\r\ntext 0\r\n")
    other_source = structs.replace(SOURCE, transcript_sha256="22", transcript_encoding="cp1252")
    plan = make_plan(other_source, Options(), audio(), retyped)
    assert isinstance(plan, Plan)
    assert plan.plan_id == same, "another transcript, and the same plan.jsonl"


@pytest.mark.parametrize(
    "other",
    [
        lambda: planned(TIMES, options=Options(sample_rate=8_000)),
        lambda: planned(TIMES, options=Options(timeline="samples")),
        lambda: planned(TIMES, options=Options(track=0)),
        lambda: planned(TIMES, options=Options(channel="left")),
        lambda: planned(("00:00:00,000", "00:00:01,001")),
        lambda: planned(TIMES, TIMES),
        lambda: make_plan(structs.replace(SOURCE, audio_sha256="01"), Options(), audio(), srt(TIMES)),
        lambda: make_plan(SOURCE, Options(), audio(), corrected(TIMES, "text 0", speaker="Ann")),
        lambda: planned(TIMES, facts=structs.replace(audio(), kind="decoded", ffmpeg="libavcodec 62")),
    ],
    ids=["rate", "timeline", "track", "channel", "time", "another cue", "recording", "speaker", "decoder"],
)
def test_whatever_bytes_follow_from_is_part_of_the_plan_id(other: Callable[[], Plan]) -> None:
    assert other().plan_id != planned(TIMES).plan_id


@pytest.mark.parametrize("name", ["segmenter.domain.plan.ROWS_VERSION", "segmenter.domain.plan.PLAN_VERSION"])
def test_another_layout_is_another_plan(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = planned(TIMES).plan_id
    monkeypatch.setattr(name, "another")
    assert planned(TIMES).plan_id != before


def test_a_version_names_what_touches_the_samples() -> None:
    whole = planned(TIMES).plan_version
    assert whole == f"{PLAN_VERSION}+numpy {np.__version__}"
    resampled = planned(TIMES, options=Options(sample_rate=8_000)).plan_version
    assert resampled == f"{whole}+soxr {soxr.__version__} {soxr.__libsoxr_version__}"
    decoded = planned(TIMES, facts=structs.replace(audio(), kind="decoded", ffmpeg="libavcodec 62"))
    assert decoded.plan_version == f"{whole}+libavcodec 62"


def test_what_is_found_in_the_recording_is_a_warning_of_the_plan() -> None:
    plan = planned(TIMES, facts=audio(notes=(AudioNote("late-start", "the sound begins at 3.000 s"),)))
    assert [(one.code, one.detail) for one in plan.warnings().first] == [("late-start", "the sound begins at 3.000 s")]


def test_a_segment_says_which_cues_it_was_made_of_and_who_speaks() -> None:
    plan = make_plan(SOURCE, Options(), audio(), corrected(TIMES, "Hello", speaker="Ann"))
    assert isinstance(plan, Plan)
    [one] = plan.segments
    assert (one.cues, one.cue, one.line, one.speaker, one.text_raw) == ((0,), 0, 2, "Ann", None)


def test_a_plain_text_has_no_cues() -> None:
    plan = make_plan(SOURCE, Options(), audio(), read(b"Hello", TranscriptKind.TEXT))
    assert isinstance(plan, Plan)
    [one] = plan.segments
    assert (one.cues, one.cue, one.line, one.speaker) == ((), None, None, None)


def corrected(times: tuple[str, str], text: str, speaker: str) -> Transcript:
    start, end = (int(time[6:8]) * 1_000_000 for time in times)
    return read(write_corrected([CorrectedCue(start, end, text, speaker)]), TranscriptKind.CUES)


def test_kept_and_dropped_are_all_that_was_parsed() -> None:
    plan = planned(("00:00:02,000", "00:00:01,000"), ("00:00:01,000", "00:00:02,000"), ("00:01:00,000", "00:02:00,000"))
    assert sorted([s.cue for s in plan.segments] + [d.cue for d in plan.drops]) == [0, 1, 2]  # type: ignore[type-var]
    assert len(plan.lines) == len(plan.segments) + len(plan.drops) + len(plan.notes)


_END_US = 10_000_000
# Whole milliseconds too, a tenth of which are ties at 44.1 kHz; and many times about the end of the audio.
_starts = st.one_of(
    st.integers(0, 12_000_000),
    st.integers(0, 12_000).map(lambda ms: ms * 1_000),
    st.integers(_END_US - 99, _END_US + 9),
)
_times = st.tuples(_starts, st.one_of(st.integers(1, 4_000_000), st.integers(1, 4_000).map(lambda ms: ms * 1_000)))


@given(st.lists(_times, min_size=1, max_size=60), st.sampled_from([8_000, 22_050, 44_100, 48_000]))
def test_segments_tile_the_cues_and_spans_tile_the_segments(times: list[tuple[int, int]], rate_hz: int) -> None:
    cues = tuple(Cue(n, n + 1, start, start + length, "t") for n, (start, length) in enumerate(times))
    transcript = Transcript(
        cues=cues, dropped=(), notes=(), kind=TranscriptKind.SRT, encoding="utf-8", parsed=len(cues)
    )
    facts = audio(rate_hz * 10, rate_hz)
    plan = make_plan(SOURCE, Options(), facts, transcript)
    if isinstance(plan, RunFailure):
        assert all(start >= _END_US - 200 or length < 200 for start, length in times)
        return
    assert sorted([s.cue for s in plan.segments] + [d.cue for d in plan.drops]) == list(range(len(cues)))  # type: ignore[type-var]
    assert [s.n for s in plan.segments] == list(range(len(plan.segments)))
    assert all(0 <= s.first_frame < s.last_frame <= facts.frames for s in plan.segments)
    check_cues(plan, cues, rate_hz, facts.frames)
    check_spans(plan.segments, plan.lines, rate_hz)


@given(st.lists(st.tuples(st.floats(0.001, 90), st.text(max_size=3)), min_size=1, max_size=80), st.booleans())
def test_spans_tile_the_segments_and_their_lines(segments: list[tuple[float, str]], random_access: bool) -> None:
    planned = [
        PlannedSegment(n=n, first_frame=0, last_frame=round(seconds * 8_000) + 1, text=text)
        for n, (seconds, text) in enumerate(segments)
    ]
    check_spans(planned, [encode_line(segment) for segment in planned], 8_000, random_access=random_access)


def check_cues(plan: Plan, cues: Sequence[Cue], rate_hz: int, frames: int) -> None:
    """A segment is its cue and nothing else, but for an end beyond the audio, and each such end is told."""
    clamped = {note.cue for note in plan.notes if note.code == "clamped"}
    order = [(cue.start_us, cue.end_us, cue.number) for cue in (cues[s.cue or 0] for s in plan.segments)]
    assert order == sorted(order)
    beyond = {drop.cue for drop in plan.drops if drop.code == "beyond-audio"}
    assert beyond == {cue.number for cue in cues if nearest(cue.start_us, rate_hz) >= frames}
    for segment in plan.segments:
        cue = cues[segment.cue or 0]
        assert segment.first_frame == nearest(cue.start_us, rate_hz)
        assert segment.last_frame == min(nearest(cue.end_us, rate_hz), frames)
        assert (nearest(cue.end_us, rate_hz) > frames) == (cue.number in clamped)


def nearest(us: int, rate_hz: int) -> int:
    """The frame, as Python rounds the exact product: half to even."""
    return round(Fraction(us * rate_hz, 1_000_000))


def check_spans(
    segments: Sequence[PlannedSegment], lines: Sequence[bytes], rate_hz: int, *, random_access: bool = True
) -> None:
    body = b"".join(lines)
    spans = make_spans(segments, lines, rate_hz=rate_hz, random_access=random_access)
    assert spans[0].first == 0
    assert all(a.first + a.count == b.first for a, b in itertools.pairwise(spans))
    assert spans[-1].first + spans[-1].count == len(segments)
    assert random_access or len(spans) == 1
    for span in spans:
        assert body[span.lines_offset : span.lines_offset + span.lines_bytes] == b"".join(
            lines[span.first : span.first + span.count]
        )


@pytest.mark.parametrize("seconds", [1, 60])
def test_the_spans_of_a_hundred_thousand_segments_fit_into_the_plan_s_event(seconds: int) -> None:
    count, rate = 100_000, 16_000
    cues = tuple(Cue(n, n + 1, n * seconds * 1_000_000, (n + 1) * seconds * 1_000_000, "t") for n in range(count))
    transcript = Transcript(cues=cues, dropped=(), notes=(), kind=TranscriptKind.SRT, encoding="utf-8", parsed=count)
    plan = make_plan(SOURCE, Options(), audio(count * seconds * rate, rate), transcript)
    assert isinstance(plan, Plan)
    spans = make_spans(plan.segments, plan.lines, rate_hz=rate, random_access=True)
    assert 100 < len(spans) <= MAX_SPANS
    assert len(msgspec.json.encode(spans)) < 2**18


def test_a_source_without_random_access_is_one_span() -> None:
    plan = planned(("00:00:00,000", "00:00:01,000"), ("00:00:01,000", "00:00:02,000"))
    [span] = make_spans(plan.segments, plan.lines, rate_hz=16_000, random_access=False)
    assert (span.first, span.count) == (0, 2)

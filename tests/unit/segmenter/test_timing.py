"""Times that options move, captions that they collapse, and what the times of a transcript say of themselves."""

import pytest

from contracts.dataset import Options, TextOptions
from contracts.failure import RunFailure
from segmenter.domain.plan import Plan, make_plan
from tests.unit.segmenter.test_plan import SOURCE, audio, bounds, planned, srt
from transcripts import CorrectedCue, Transcript, TranscriptKind, read, write_corrected

HOUR = 3_600_000


def cut(transcript: Transcript, options: Options, seconds: int = 10) -> Plan:
    plan = make_plan(SOURCE, options, audio(seconds * 16_000), transcript)
    assert isinstance(plan, Plan), plan
    return plan


def test_the_offset_is_added_to_every_time_and_the_scale_then_multiplied() -> None:
    plan = planned(
        ("00:00:01,000", "00:00:02,000"), ("00:00:02,500", "00:00:03,000"), options=Options(offset_ms=500, time_scale=2)
    )

    assert bounds(plan) == [(48_000, 80_000), (96_000, 112_000)]


def test_a_cue_that_is_moved_before_the_beginning_is_cut_there_or_dropped() -> None:
    plan = planned(
        ("00:00:01,000", "00:00:02,000"), ("00:00:02,000", "00:00:03,500"), options=Options(offset_ms=-2_500)
    )

    assert bounds(plan) == [(0, 16_000)]
    assert [(drop.cue, drop.code) for drop in plan.drops] == [(0, "negative-time")]
    assert plan.warnings().counts == {"negative-time": 1, "clamped": 1}


def test_final_times_are_not_moved() -> None:
    given = (CorrectedCue(1_000_000, 2_000_000, "a", fixed=True), CorrectedCue(3_000_000, 4_000_000, "b"))
    plan = cut(read(write_corrected(given), TranscriptKind.CUES), Options(offset_ms=1_000))

    assert bounds(plan) == [(16_000, 32_000), (64_000, 80_000)]


def test_a_programmes_clock_is_told_with_the_offset_that_mends_it() -> None:
    times = ("10:00:01,000", "10:00:02,000"), ("10:00:03,000", "10:00:04,000")
    failed = make_plan(SOURCE, Options(), audio(), srt(*times))

    assert isinstance(failed, RunFailure)
    assert "options.offset_ms -36000000" in failed.remedy
    assert bounds(planned(*times, options=Options(offset_ms=-10 * HOUR))) == [(16_000, 32_000), (48_000, 64_000)]


def test_a_plain_text_over_more_than_a_minute_says_so_and_how_to_get_times() -> None:
    text = read(b"so it goes")

    assert cut(text, Options(), 60).warnings().counts == {}
    (warning,) = cut(text, Options(), 61).warnings().first
    assert (warning.code, "--output_format srt" in warning.detail) == ("one-long-segment", True)


def test_a_last_line_without_an_end_lasts_until_the_recording_ends() -> None:
    plan = cut(read(b"[00:01.00]One\n[00:02.00]Two\n"), Options())

    assert bounds(plan) == [(16_000, 32_000), (32_000, 160_000)]
    assert plan.warnings().counts == {"open-end": 1}


MARKED = b"""1
00:00:01,000 --> 00:00:02,000
{\\an8}<i>Hello</i>, &lt;b&gt;you &amp; me

2
00:00:03,000 --> 00:00:04,000
<font color="red"></font>

3
00:00:05,000 --> 00:00:06,000
a < b and {curly} <3
"""


def test_markup_goes_where_it_is_asked_for_and_its_text_stays_as_it_stood() -> None:
    kept = cut(read(MARKED), Options())
    assert [segment.text for segment in kept.segments] == [
        "{\\an8}<i>Hello</i>, &lt;b&gt;you &amp; me",
        '<font color="red"></font>',
        "a < b and {curly} <3",
    ]
    plan = cut(read(MARKED), Options(text=TextOptions(tags="strip", entities="decode")))
    assert [segment.text for segment in plan.segments] == ["Hello, you & me", "a < b and {curly} <3"]
    assert [segment.text_raw for segment in plan.segments] == [kept.segments[0].text, None]
    assert [(drop.cue, drop.code) for drop in plan.drops] == [(1, "empty-text")]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (TextOptions(tags="strip"), "Hello, &lt;b&gt;you &amp; me"),
        (TextOptions(entities="decode"), "{\\an8}<i>Hello</i>, <b>you & me"),
    ],
)
def test_each_of_both_does_what_it_says(options: TextOptions, text: str) -> None:
    assert cut(read(MARKED), Options(text=options)).segments[0].text == text


def test_a_corrected_text_with_final_times_stays() -> None:
    given = (CorrectedCue(1_000_000, 2_000_000, "<i>a</i>", fixed=True), CorrectedCue(3_000_000, 4_000_000, "<i>b</i>"))
    plan = cut(read(write_corrected(given), TranscriptKind.CUES), Options(text=TextOptions(tags="strip")))
    assert [segment.text for segment in plan.segments] == ["<i>a</i>", "b"]


def test_collapsed_captions_keep_their_text_as_it_stood() -> None:
    text = "".join(
        f"{n}\n00:00:0{n},000 --> 00:00:0{n + 1},000\nthe line of {n - 1} here\nthe line of {n} here\n\n"
        for n in range(1, 5)
    )
    plan = cut(read(text.encode()), Options(text=TextOptions(repeats="collapse")))

    assert [segment.text for segment in plan.segments][1:] == [f"the line of {n} here" for n in (2, 3, 4)]
    assert plan.segments[1].text_raw == "the line of 1 here the line of 2 here"
    assert cut(read(text.encode()), Options()).segments[1].text_raw is None

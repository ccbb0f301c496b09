"""Captions that say each line more than once: told, and on demand given once with their own times."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.transcripts.samples import SAMPLES, Sample
from tests.unit.transcripts.test_any_transcript import assert_nothing_is_lost
from transcripts import Transcript, collapse, read
from transcripts.tokens import overlap

ROLLING_VTT = """WEBVTT
Kind: captions
Language: en

00:00:00.000 --> 00:00:02.000 align:start position:0%
&nbsp;
good<00:00:00.500><c> morning</c><00:00:01.000><c> all</c>

00:00:02.000 --> 00:00:02.010 align:start position:0%
good morning all
&nbsp;

00:00:02.010 --> 00:00:04.000 align:start position:0%
good morning all
<00:00:02.400><c>yes</c>

00:00:04.000 --> 00:00:04.010 align:start position:0%
yes
&nbsp;

00:00:04.010 --> 00:00:06.500 align:start position:0%
yes
it<00:00:04.500><c> is</c><00:00:05.000><c> late</c>
"""
ROLLING_SRT = """1
00:00:00,000 --> 00:00:02,000
good morning all

2
00:00:02,000 --> 00:00:02,010
good morning all

3
00:00:02,010 --> 00:00:04,000
good morning all
and to you too

4
00:00:04,000 --> 00:00:04,010
and to you too

5
00:00:04,010 --> 00:00:06,500
and to you too
it is late
"""
HIGHLIGHT = """1
00:00:00,000 --> 00:00:00,500
<u>Good</u> morning, all

2
00:00:00,500 --> 00:00:01,000
Good <u>morning,</u> all

3
00:00:01,000 --> 00:00:01,500
Good morning, <u>all</u>

4
00:00:02,000 --> 00:00:02,500
<u>It</u> is late

5
00:00:02,500 --> 00:00:02,600
It is late

6
00:00:02,600 --> 00:00:03,000
It <u>is</u> late
"""
GROWING = """1
00:00:00,000 --> 00:00:00,500
good

2
00:00:00,500 --> 00:00:01,000
good morning

3
00:00:01,000 --> 00:00:01,500
good morning all

4
00:00:02,000 --> 00:00:02,500
it

5
00:00:02,500 --> 00:00:03,000
it is late
"""


def heard(transcript: Transcript) -> list[tuple[int, int, str]]:
    return [(cue.start_us // 1000, cue.end_us // 1000, cue.text) for cue in transcript.cues]


def told(transcript: Transcript) -> set[str]:
    return {note.code.value for note in transcript.notes} & {"rolling-captions", "repeated-text"}


@pytest.mark.parametrize(
    ("text", "code", "lines"),
    [
        (
            ROLLING_VTT,
            "rolling-captions",
            [(0, 2000, "good morning all"), (2400, 4000, "yes"), (4010, 6500, "it is late")],
        ),
        (
            ROLLING_SRT,
            "rolling-captions",
            [(0, 2000, "good morning all"), (2010, 4000, "and to you too"), (4010, 6500, "it is late")],
        ),
        (HIGHLIGHT, "repeated-text", [(0, 1500, "Good morning, all"), (2000, 3000, "It is late")]),
        (GROWING, "rolling-captions", [(0, 1500, "good morning all"), (2000, 3000, "it is late")]),
    ],
    ids=["WebVTT", "SRT", "highlighted words", "growing lines"],
)
def test_each_spoken_line_is_given_once_with_its_own_times(
    text: str, code: str, lines: list[tuple[int, int, str]]
) -> None:
    transcript = read(text.encode())
    collapsed = collapse(transcript)

    assert told(transcript) == {code}
    assert heard(collapsed) == lines
    assert {drop.code.value for drop in collapsed.dropped} <= {"repeated-text"}
    assert len(collapsed.cues) + len(collapsed.dropped) == collapsed.parsed == transcript.parsed


def test_lines_of_a_window_that_stays_end_where_the_next_begins() -> None:
    events = [f'{{"tStartMs":{n * 2000},"dDurationMs":4000,"segs":[{{"utf8":"the line of {n}"}}]}}' for n in range(3)]

    transcript = read(f'{{"events":[{",".join(events)}]}}'.encode())

    assert told(transcript) == {"rolling-captions"}
    assert heard(transcript)[0] == (0, 4000, "the line of 0")
    assert heard(collapse(transcript))[:2] == [(0, 2000, "the line of 0"), (2000, 4000, "the line of 1")]


@pytest.mark.parametrize(
    "texts",
    [
        ["No.", "No.", "Yes."],
        ["I see.", "I see him.", "Who?", "Him."],
        ["the end", "end of it", "it was", "was it"],
        ["one", "two", "three", "four"],
    ],
)
def test_speech_that_repeats_itself_is_no_caption_that_does(texts: list[str]) -> None:
    text = "".join(f"{n}\n00:00:{n:02},000 --> 00:00:{n:02},500\n{each}\n\n" for n, each in enumerate(texts))
    transcript = read(text.encode())

    assert told(transcript) == set()
    assert collapse(transcript) == transcript


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_nothing_changes_where_nothing_repeats(sample: Sample) -> None:
    transcript = read(sample.text.encode())

    assert told(transcript) == set()
    assert collapse(transcript) == transcript


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.lists(st.sampled_from(["a", "b", "c d", "<u>a</u>", "漢字", "\n", "b\nc"]), max_size=6), max_size=12),
    st.sampled_from(["WEBVTT\n\n", ""]),
)
def test_collapsing_loses_no_cue_and_is_done_once(texts: list[list[str]], head: str) -> None:
    blocks = [f"00:00:{n:02}.000 --> 00:00:{n + 1:02}.000\n{' '.join(words)} x\n\n" for n, words in enumerate(texts)]
    transcript = read((head + "00:00:00.000 --> 00:00:00.500\nx\n\n" + "".join(blocks)).encode())
    collapsed = collapse(transcript)

    assert_nothing_is_lost(collapsed)
    assert all(cue.text for cue in collapsed.cues)
    assert {cue.number for cue in collapsed.cues} <= {cue.number for cue in transcript.cues}


@given(*(st.lists(st.sampled_from("ab"), max_size=9).map(tuple),) * 2)
def test_the_overlap_is_the_longest_end_that_is_a_beginning(before: tuple[str, ...], words: tuple[str, ...]) -> None:
    longest = max(n for n in range(min(len(before), len(words)) + 1) if before[len(before) - n :] == words[:n])

    assert overlap(before, words) == longest

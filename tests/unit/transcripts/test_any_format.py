"""What holds for every reader, whatever its file has become: our own errors only, nothing lost, no empty detail, time
linear in the size.
"""

import contextlib
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.transcripts.samples import SAMPLES
from tests.unit.transcripts.test_any_transcript import assert_nothing_is_lost, read_or_refuse
from transcripts import NoUsableCue, Transcript, TranscriptError, TranscriptKind, collapse, read

MIB = 1 << 20
PIECES = [
    *(
        "\n",
        "\n\n",
        " ",
        "\t",
        ",",
        ";",
        '"',
        "'",
        "<",
        ">",
        "&",
        "{",
        "}",
        "[",
        "]",
        "\\",
        "/",
        "|",
        ":",
        "-",
        "0",
        "9",
    ),
    *("9" * 25, "1e99", "-1", "NaN", "null", "true", "\0", "\x1b", "\ufeff", "\u2028", "漢", "é", "😀", "\ufffd"),
    *(
        "</p>",
        "<p begin='1s'>",
        "<s t='1'>",
        "<v A>",
        "<00:01.000>",
        "{\\p1}",
        "\\N",
        "[00:01.00]",
        "{1}{2}",
        "&amp;lt;i&amp;gt;",
    ),
    *("00:00:01,000 --> 00:00:02,000", "0:00:01.00,0:00:02.00", "```", "<!--", "]]>", '""', "=", "end", "start"),
]
NAMES = st.sampled_from(sorted(SAMPLES))
KINDS = sorted(set(TranscriptKind) - {TranscriptKind.CUES})


@st.composite
def broken(draw: st.DrawFn) -> str:
    """A sample with a few of its places cut, doubled or overwritten."""
    text = SAMPLES[draw(NAMES)].text
    for _ in range(draw(st.integers(0, 6))):
        at, length = draw(st.integers(0, len(text))), draw(st.integers(0, 30))
        piece = draw(st.sampled_from(PIECES) | st.text(max_size=3) | st.just(text[at : at + 40]))
        text = text[:at] + piece + text[at + length :]
    return text[: draw(st.integers(0, len(text)))] if draw(st.booleans()) else text


def assert_is_in_order(text: str, kind: TranscriptKind | None) -> None:
    outcome = read_or_refuse(text.encode("utf-8", "surrogatepass"), kind, None)
    if isinstance(outcome, Transcript):
        assert_holds(outcome)
        return
    assert str(outcome)
    assert outcome.remedy
    if isinstance(outcome, NoUsableCue):
        assert all(drop.detail for drop in outcome.dropped)


def assert_holds(transcript: Transcript) -> None:
    for each in (transcript, collapse(transcript)):
        assert_nothing_is_lost(each)
        assert all(drop.detail and len(drop.detail) <= 80 for drop in each.dropped)
        assert all(note.detail for note in each.notes)
    if transcript.kind in (TranscriptKind.VTT, TranscriptKind.TTML, TranscriptKind.SRV3, TranscriptKind.ASS):
        assert not any("<i>" in cue.text or "\\N" in cue.text or "{\\p" in cue.text for cue in transcript.cues)
    for number, layout in transcript.layouts.items():
        assert 0 <= number < transcript.parsed
        assert list(layout.breaks) == sorted(layout.breaks)


@settings(max_examples=600, deadline=None)
@given(broken())
def test_a_broken_file_of_any_format_gives_a_transcript_or_one_of_our_errors(text: str) -> None:
    assert_is_in_order(text, None)


@settings(max_examples=600, deadline=None)
@given(broken(), st.sampled_from(KINDS))
def test_a_file_that_is_named_as_another_format_does_no_harm(text: str, kind: TranscriptKind) -> None:
    assert_is_in_order(text, kind)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join), st.sampled_from(KINDS))
def test_any_mixture_of_pieces_does_no_harm(text: str, kind: TranscriptKind) -> None:
    assert_is_in_order(text, kind)


def filled(unit: str, head: str = "", tail: str = "") -> Callable[[int], bytes]:
    return lambda size: (head + unit * ((size - len(head) - len(tail)) // len(unit.encode())) + tail).encode()


TTML = "<tt><body><p begin='1s' end='2s'>"
VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\n"
ASS = "[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,a,b,0,0,0,,"
GRID = '"ooTextFile"\n"TextGrid"\n0\n6\n<exists>\n1\n"IntervalTier"\n"x"\n0\n6\n9999999\n'
HOSTILE = {
    "elements of TTML": filled("<s/>", TTML),
    "paragraphs in a paragraph": filled("<p begin='1s' end='2s'>a</p>", TTML),
    "paragraphs of TTML": filled("<p begin='1s' end='2s'>a</p>", "<tt><body>"),
    "entities of XML": filled("&amp;", TTML),
    "words of srv3": filled("<s t='1'>a </s>", "<timedtext><body><p t='1' d='2'>"),
    "depth of XML": filled("<x>", "<tt>"),
    "brackets of JSON": filled("[", '{"events":['),
    "objects of JSON": filled('{"start":1,"end":2,"text":"a"},', '{"segments":[', "{}]}"),
    "words of Whisper": filled(
        '{"word":"a","start":1},', '{"segments":[{"start":1,"end":2,"text":"a","words":[', "{}]}]}"
    ),
    "events of json3": filled('{"tStartMs":1,"dDurationMs":2,"segs":[{"utf8":"a"}]},', '{"events":[', "{}]}"),
    "voices of WebVTT": filled("<v A>", VTT),
    "times in WebVTT": filled("<0:00:01.000>a ", VTT),
    "entities of WebVTT": filled("&amp;", VTT),
    "open tags of WebVTT": filled("<i ", VTT),
    "karaoke of ASS": filled("{\\k1}a", ASS),
    "open braces of ASS": filled("{\\", ASS),
    "lines of ASS": filled("“\n", ASS),
    "lines of SBV": filled("a\n", "0:00:01.000,0:00:02.000\n"),
    "times of LRC": filled("[0:01]"),
    "lines of LRC": filled("[0:01]a\n"),
    "words of CTM": filled("a 1 1.0 1.0 b\n"),
    "quotes of CSV": filled('"', "start,end,text\n"),
    "rows of CSV": filled("1,2,a\n", "start,end,text\n"),
    "frames of MicroDVD": filled("{1}{2}a\n", "{1}{1}25\n"),
    "labels": filled("1\t2\ta\n"),
    "intervals of silence": filled('0 1 "" ', GRID),
    "quotes of a TextGrid": filled('""', GRID + '1 2 "'),
    "fences": filled("```\n"),
    "NUL at line ends": filled("a\0\n"),
    "NUL before a letter": filled("\0", "", "a"),
    "captions that repeat": filled("00:00:01,000 --> 00:00:02,000\nso it goes on and\non it goes\n\n"),
    "short fractions": filled("1:2:3,9 --> 1:2:4,88\na\n\n"),
    "lines of Chinese": filled("漢\n"),
}


def cpu_seconds(data: bytes) -> float:
    started = time.process_time()
    with contextlib.suppress(TranscriptError):
        collapse(read(data))
    return time.process_time() - started


@pytest.mark.parametrize("name", HOSTILE)
def test_twice_the_size_costs_no_more_than_about_twice_the_time(name: str) -> None:
    small, large = HOSTILE[name](MIB // 8), HOSTILE[name](MIB // 4)

    assert any(grows_linearly(small, large) for _ in range(3))


def grows_linearly(small: bytes, large: bytes) -> bool:
    before, after = cpu_seconds(small), cpu_seconds(large)
    return after < 0.02 or after < 3 * before


AT_FULL_SIZE = ["elements of TTML", "intervals of silence", "times in WebVTT", "lines of ASS", "objects of JSON"]


@pytest.mark.alone
@pytest.mark.parametrize("name", AT_FULL_SIZE)
def test_sixteen_mebibytes_are_over_in_five_seconds(name: str) -> None:
    data = HOSTILE[name](16 * MIB)

    assert any(cpu_seconds(data) < 5 for _ in range(3))

"""Plain text, how it is told from timed text, and writing kept cues back."""

import pytest

from transcripts import (
    Cue,
    NoteCode,
    NoText,
    Transcript,
    TranscriptKind,
    UndecodableText,
    compose,
    detect,
    read,
)


def test_plain_text_is_its_lines_stripped_and_joined_by_one_space() -> None:
    transcript = read(b"\r\n  Hello,\tyou \r\n\r\nworld  <i>again</i>\x0c\r\n")

    assert transcript.kind is TranscriptKind.TEXT
    assert transcript.plain_text == "Hello,\tyou world  <i>again</i>"
    assert (transcript.cues, transcript.dropped, transcript.notes, transcript.parsed) == ((), (), (), 0)


@pytest.mark.parametrize("text", ["", " \n\t\r\n", "\ufeff", "\u200b\n\u200e", "\xa0\u3000"])
def test_a_text_with_nothing_to_see_is_refused(text: str) -> None:
    with pytest.raises(NoText) as caught:
        read(text.encode())

    assert (caught.value.code, caught.value.line) == ("no-text", None)


def test_a_control_character_in_a_plain_text_is_refused_with_its_line() -> None:
    with pytest.raises(UndecodableText) as caught:
        read(b"one\ntwo\nth\x1bree and some more words", TranscriptKind.TEXT)

    assert (caught.value.line, caught.value.offset) == (3, None)
    assert "U+001B" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "00:00:01,000 --> 00:00:02,000\nHello",
        "Title\n\n1\n0:01 -> 0:02\nHello",
        "1\r00:00:01,000 --> 00:00:02,000\rHello",
        "00:00:01:12 --> 00:00:02:10\nframes",
        "some words\ufeff00:00:01,000 --> 00:00:02,000\nHello",
    ],
)
def test_one_time_line_makes_a_text_srt(text: str) -> None:
    assert detect(text) is TranscriptKind.SRT


@pytest.mark.parametrize("text", ["WEBVTT\n", "WEBVTT - title\n\nNOTE nothing\n"])
def test_its_header_makes_a_text_webvtt(text: str) -> None:
    assert detect(text) is TranscriptKind.VTT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "Hello",
        "We meet from 10:30 --> 11:45 or so",
        "5 -> 7\n10 > 9",
        "a --> b",
        "WEBVTTX",
        "<!-- 00:00 -->",
        "at 10:30\n2024\n",
    ],
)
def test_text_with_arrows_and_numbers_only_is_no_srt(text: str) -> None:
    assert detect(text) is TranscriptKind.TEXT


def test_a_timed_text_named_as_plain_is_taken_at_its_word_and_noted() -> None:
    transcript = read(b"Hi\n00:00:01,000 --> 00:00:02,000\nHello\n", TranscriptKind.TEXT)

    assert transcript.plain_text == "Hi 00:00:01,000 --> 00:00:02,000 Hello"
    assert [(note.line, note.code) for note in transcript.notes] == [(2, NoteCode.TIME_IN_TEXT)]


@pytest.mark.parametrize(
    "line",
    [
        "0:01 Hello",
        "0:01\nHello",
        "[0.00s -> 5.00s] Hello",
        "*TC 00:00:05;18",
        "(12.5s) Hello",
        "[10][25]Hello",
        "1h02m Hello",
        "0:00:01.000,0:00:02.000",
        "[00:12.50]Hello",
        "00:01:02.5 Hello",
        '"00:00:01\u00a0000 to 00:00:02\u00a0000"',
    ],
)
def test_times_of_other_formats_in_a_plain_text_are_noted(line: str) -> None:
    assert [note.code for note in read(line.encode(), TranscriptKind.TEXT).notes] == [NoteCode.TIME_IN_TEXT]


def test_kept_cues_are_composed_as_any_player_reads_them() -> None:
    cues = (Cue(0, 1, 1_000_000, 2_500_000, "One"), Cue(2, 9, 360_000_000_000, 360_001_000_000, "Two"))

    assert compose(Transcript(TranscriptKind.SRT, "utf-8", cues, parsed=2)) == (
        "1\n00:00:01,000 --> 00:00:02,500\nOne\n\n2\n100:00:00,000 --> 100:00:01,000\nTwo\n\n"
    )


def test_a_cue_shorter_than_a_millisecond_is_not_composed_empty() -> None:
    cues = (Cue(0, 1, 1_000_200, 1_000_700, "One"),)

    assert "00:00:01,000 --> 00:00:01,001" in compose(Transcript(TranscriptKind.SRT, "utf-8", cues, parsed=1))


def test_the_order_of_the_file_stays_when_composed() -> None:
    transcript = read(b"1\n00:00:05,000 --> 00:00:06,000\nlate\n\n2\n00:00:01,000 --> 00:00:02,000\nearly\n")

    assert [cue.text for cue in read(compose(transcript).encode()).cues] == ["late", "early"]


def test_a_plain_text_composes_to_nothing() -> None:
    assert compose(read(b"Hello")) == ""

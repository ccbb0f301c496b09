"""Where a cue begins and ends, and which lines are its text: indexes, blank lines, joined files, line ends."""

import pytest

from transcripts import DropCode, NoteCode, NoUsableCue, Transcript, TranscriptKind, read

T1 = "00:00:01,000 --> 00:00:02,000"
T2 = "00:00:03,000 --> 00:00:04,000"
T3 = "00:00:05,000 --> 00:00:06,000"


def texts(transcript: Transcript) -> list[str]:
    return [cue.text for cue in transcript.cues]


def lines(transcript: Transcript) -> list[int]:
    return [cue.line for cue in transcript.cues]


def note_codes(transcript: Transcript) -> list[str]:
    return [note.code.value for note in transcript.notes]


READINGS = [
    # what is odd, the file, texts, lines where the cues begin, notes
    ("nothing", f"1\n{T1}\nOne\n\n2\n{T2}\nTwo\n", ["One", "Two"], [1, 5], []),
    ("no last line end", f"1\n{T1}\nOne\n\n2\n{T2}\nTwo", ["One", "Two"], [1, 5], []),
    ("no blank line between cues", f"1\n{T1}\nOne\n2\n{T2}\nTwo\n", ["One", "Two"], [1, 4], []),
    ("many blank lines", f"\n\n1\n{T1}\nOne\n\n\n\n2\n{T2}\nTwo\n\n\n", ["One", "Two"], [3, 9], []),
    ("blank line under the index", f"1\n\n{T1}\nOne\n\n2\n\n{T2}\nTwo\n", ["One", "Two"], [1, 6], []),
    ("blank line under the times", f"1\n{T1}\n\nOne\n\n2\n{T2}\nTwo\n", ["One", "Two"], [1, 6], []),
    (
        "blank line in the text",
        f"1\n{T1}\nOne\n \nmore\n\n2\n{T2}\nTwo\n",
        ["One more", "Two"],
        [1, 7],
        ["blank-line-in-text"],
    ),
    ("lines of blanks around", f"1\n{T1}\n  One\t\n  more \n\n2\n{T2}\nTwo\n", ["One more", "Two"], [1, 6], []),
    ("no index in the file", f"{T1}\nOne\n\n{T2}\nTwo\n", ["One", "Two"], [1, 4], []),
    ("one index missing", f"1\n{T1}\nOne\n\n{T2}\nTwo\n\n3\n{T3}\nThree\n", ["One", "Two", "Three"], [1, 5, 8], []),
    ("all indexes zero", f"0\n{T1}\nOne\n\n0\n{T2}\nTwo\n", ["One", "Two"], [1, 5], []),
    ("same index, no blank line", f"1\n{T1}\nOne\n1\n{T2}\nTwo\n", ["One", "Two"], [1, 4], []),
    ("an index of 5000 digits", f"{'7' * 5000}\n{T1}\nOne\n\n2\n{T2}\nTwo\n", ["One", "Two"], [1, 5], []),
    ("spaces around indexes", f" 1 \n{T1}\nOne\n\n\t2\n{T2}\nTwo\n", ["One", "Two"], [1, 5], []),
    ("a mark before the index", f"\u200e1\n{T1}\nOne\n\n\u200e2\n{T2}\nTwo\n", ["One", "Two"], [1, 5], []),
    ("Arabic indexes", f"١\n{T1}\nOne\n\n٢\n{T2}\nTwo\n", ["One", "Two"], [1, 5], []),
    ("index with a letter", f"a1\n{T1}\nOne\n\na2\n{T2}\nTwo\n", ["One", "Two"], [1, 5], ["odd-index", "odd-index"]),
    ("index with a point", f"1\n{T1}\nOne\n\n1.2\n{T2}\nTwo\n", ["One", "Two"], [1, 5], ["odd-index"]),
    ("negative index", f"1\n{T1}\nOne\n\n-2\n{T2}\nTwo\n", ["One", "Two"], [1, 5], ["odd-index"]),
    ("index on the time line", f"1 {T1}\nOne\n\n2 {T2}\nTwo\n", ["One", "Two"], [1, 4], ["odd-time", "odd-time"]),
    (
        "index above and on the time line",
        f"1\n1 {T1}\nOne\n\n2\n2 {T2}\nTwo\n",
        ["One", "Two"],
        [1, 5],
        ["odd-time"] * 2,
    ),
    ("text of one number", f"1\n{T1}\n2\n\n2\n{T2}\n3\n", ["2", "3"], [1, 5], []),
    ("year, last in the file", f"1\n{T1}\nIn the year\n2024\n", ["In the year 2024"], [1], []),
    (
        "year, then a blank line",
        f"1\n{T1}\nIn the year\n2024\n\n2\n{T2}\nTwo\n",
        ["In the year 2024", "Two"],
        [1, 6],
        [],
    ),
    (
        "year at the end, no indexes",
        f"{T1}\nIn the year\n2024\n\n{T2}\nTwo\n",
        ["In the year 2024", "Two"],
        [1, 5],
        ["number-as-text"],
    ),
    (
        "year directly above times, no indexes",
        f"{T1}\nIn the year\n2024\n{T2}\nTwo\n",
        ["In the year 2024", "Two"],
        [1, 4],
        ["number-as-text"],
    ),
    (
        "year above a cue without index",
        f"1\n{T1}\nIn the year\n2024\n\n{T2}\nTwo\n\n3\n{T3}\nThree\n",
        ["In the year 2024", "Two", "Three"],
        [1, 6, 9],
        ["number-as-text"],
    ),
    (
        "one number like an index, no indexes",
        f"{T1}\nOne\n\n{T2}\nTwo\n\n7\n{T3}\nIn the year\n1999\n00:00:07,000 --> 00:00:08,000\nFour\n",
        ["One", "Two", "In the year 1999", "Four"],
        [1, 4, 7, 11],
        ["number-as-text"],
    ),
    ("the next number inside a text", f"1\n{T1}\nchapter\n2\nbegins\n", ["chapter 2 begins"], [1], []),
    ("number only, no indexes", f"{T1}\n2024\n\n{T2}\nTwo\n", ["2024", "Two"], [1, 4], ["number-as-text"]),
    (
        "times inside a line of text",
        f"1\n{T1}\nfrom\n{T3} is the range\n\n2\n{T2}\nTwo\n",
        [f"from {T3} is the range", "Two"],
        [1, 6],
        ["time-in-text"],
    ),
    (
        "hours inside a text",
        f"1\n{T1}\nopen\n- 10:30 -> 11:00\n\n2\n{T2}\nTwo\n",
        ["open - 10:30 -> 11:00", "Two"],
        [1, 6],
        ["time-in-text"],
    ),
    (
        "an index with a mark above times and words",
        f"1\n{T1}\nOne\n\n\u200e2\n{T2} Two\n",
        ["One", "Two"],
        [1, 5],
        ["text-on-time-line"],
    ),
    (
        "an odd index above times and words",
        f"a1\n{T1} One\n\na2\n{T2} Two\n",
        ["One", "Two"],
        [1, 4],
        ["odd-index", "text-on-time-line", "odd-index", "text-on-time-line"],
    ),
    (
        "a word with a digit above times and words",
        f"1\n{T1}\nfrom\n12pm\n{T2} is the range\n",
        [f"from 12pm {T2} is the range"],
        [1],
        ["time-in-text"],
    ),
    ("angle brackets", f"1\n{T1}\na < b and c > d\n\n2\n{T2}\nTwo -> 3\n", ["a < b and c > d", "Two -> 3"], [1, 5], []),
    ("tags", f"1\n{T1}\n<i>One</i> {{\\an8}}&amp;\\N[MUSIC]\n", ["<i>One</i> {\\an8}&amp;\\N[MUSIC]"], [1], []),
    ("a title above", f"My talk\nby me\n\n1\n{T1}\nOne\n", ["One"], [4], ["text-before-first-cue"]),
    ("header without blank line", f"My talk\n1\n{T1}\nOne\n", ["One"], [2], ["text-before-first-cue"]),
    ("U+2028 and NEL kept apart", f"1\n{T1}\nOne\u2028two\n", ["One\u2028two"], [1], []),
    ("zero-width inside", f"1\n{T1}\nOne\u200btwo\n", ["One\u200btwo"], [1], []),
    ("DOS end of file", f"1\n{T1}\nOne\n\x1a", ["One"], [1], []),
    ("two files joined", f"1\n{T1}\nOne\n\n\ufeff1\n{T2}\nTwo\n", ["One", "Two"], [1, 5], ["bom-inside"]),
    ("joined without line end", f"1\n{T1}\nOne\ufeff1\n{T2}\nTwo\n", ["One", "Two"], [1, 3], ["bom-inside"]),
    ("joined without indexes", f"{T1}\nOne\n\ufeff{T2}\nTwo\n", ["One", "Two"], [1, 3], ["bom-inside"]),
    ("joined after plain lines", f"words\ufeff{T2}\nTwo\n", ["Two"], [1], ["text-before-first-cue", "bom-inside"]),
    ("U+FEFF inside a text", f"1\n{T1}\nOne\ufeff 2 three\n", ["One\ufeff 2 three"], [1], []),
    ("joined with two marks", f"1\n{T1}\nOne\n\n\ufeff\ufeff1\n{T2}\nTwo\n", ["One", "Two"], [1, 5], ["bom-inside"]),
    ("double byte order mark", f"\ufeff\ufeff1\n{T1}\nOne\n", ["One"], [1], []),
    ("times again", f"1\n{T1}\nOne\n\n2\n{T1}\nTwo\n", ["One", "Two"], [1, 5], ["overlap"]),
    (
        "a cue that begins where the one above it ends",
        f"1\n{T1}\nOne\n\n2\n00:00:02,000 --> {T2[-12:]}\nTwo\n",
        ["One", "Two"],
        [1, 5],
        [],
    ),
    ("one time in a text", f"1\n{T1}\nat 10:30:15 sharp\n", ["at 10:30:15 sharp"], [1], []),
    ("an arrow in a text", f"1\n{T1}\na --> b\n", ["a --> b"], [1], []),
    (
        "a word like an index under a text",
        f"{T1}\nOne\n5pm\n{T2}\nTwo\n",
        ["One 5pm", "Two"],
        [1, 4],
        ["number-as-text"],
    ),
    ("out of order", f"1\n{T2}\nTwo\n\n2\n{T1}\nOne\n", ["Two", "One"], [1, 5], ["out-of-order"]),
]


@pytest.mark.parametrize(
    ("text", "expected", "at_lines", "notes"), [case[1:] for case in READINGS], ids=[case[0] for case in READINGS]
)
def test_a_file_is_read_as_a_careful_person_would(
    text: str, expected: list[str], at_lines: list[int], notes: list[str]
) -> None:
    transcript = read(text.encode())

    assert texts(transcript) == expected
    assert lines(transcript) == at_lines
    assert note_codes(transcript) == notes
    assert transcript.dropped == ()
    assert transcript.parsed == len(expected)


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_every_line_end_gives_the_same_cues_on_the_same_lines(line_end: str) -> None:
    text = f"1\n{T1}\nOne\nmore\n\n2\n{T2}\nTwo\n\n3\n{T3}\nThree"

    transcript = read(text.replace("\n", line_end).encode())

    assert texts(transcript) == ["One more", "Two", "Three"]
    assert lines(transcript) == [1, 6, 10]


def test_mixed_line_ends_are_read_like_any_other() -> None:
    transcript = read(f"1\r{T1}\r\nOne\n\n2\r\r\n{T2}\nTwo\r\n".encode())

    assert texts(transcript) == ["One", "Two"]
    assert lines(transcript) == [1, 5]


DROPS = [
    # what is odd, the file, kept texts, dropped (number, line, code)
    ("no text", f"1\n{T1}\n\n2\n{T2}\nTwo\n", ["Two"], [(0, 1, DropCode.EMPTY_TEXT)]),
    ("no text, no blank line", f"1\n{T1}\n2\n{T2}\nTwo\n", ["Two"], [(0, 1, DropCode.EMPTY_TEXT)]),
    ("blank text", f"1\n{T1}\n \t\xa0\n\n2\n{T2}\nTwo\n", ["Two"], [(0, 1, DropCode.EMPTY_TEXT)]),
    ("invisible text", f"1\n{T1}\n\u200b\ufeff\u200e\n\n2\n{T2}\nTwo\n", ["Two"], [(0, 1, DropCode.EMPTY_TEXT)]),
    ("NUL in the text", f"1\n{T1}\nO\0ne\n\n2\n{T2}\nTwo\n", ["Two"], [(0, 1, DropCode.CONTROL_CHARACTER)]),
    ("C1 control", f"1\n{T1}\nThat\x92s\n\n2\n{T2}\nTwo\n", ["Two"], [(0, 1, DropCode.CONTROL_CHARACTER)]),
    ("C1 control at a line end", f"1\n{T1}\nWait\x85\n\n2\n{T2}\nTwo\n", ["Two"], [(0, 1, DropCode.CONTROL_CHARACTER)]),
    ("cut off after an index", f"1\n{T1}\nOne\n\n2\n", ["One"], [(1, 5, DropCode.NO_TIME)]),
    ("cut off in a time line", f"1\n{T1}\nOne\n\n2\n00:00:03,0", ["One"], [(1, 5, DropCode.NO_TIME)]),
    ("cut off at the arrow", f"1\n{T1}\nOne\n\n2\n00:00:03,000 -->", ["One"], [(1, 5, DropCode.BAD_TIME)]),
    ("cut off before the text", f"1\n{T1}\nOne\n\n2\n{T2}", ["One"], [(1, 5, DropCode.EMPTY_TEXT)]),
    ("time line lost", f"1\n{T1}\nOne\n\n2\nTwo\n\n3\n{T3}\nThree\n", ["One", "Three"], [(1, 5, DropCode.NO_TIME)]),
    (
        "two time lines lost",
        f"1\n{T1}\nOne\n\n2\nTwo\n\n3\nThree\nmore\n\n4\n{T3}\nFour\n",
        ["One", "Four"],
        [(1, 5, DropCode.NO_TIME), (2, 8, DropCode.NO_TIME)],
    ),
    (
        "an index lost, then a time line",
        f"1\n{T1}\nOne\n\n2\nTwo\n\n{T3}\nThree\n\n4\nFour\n",
        ["One", "Three"],
        [(1, 5, DropCode.NO_TIME), (3, 11, DropCode.NO_TIME)],
    ),
    ("first time line lost", f"1\nOne\n\n2\n{T2}\nTwo\n", ["Two"], [(0, 1, DropCode.NO_TIME)]),
    (
        "time line lost under an empty cue",
        f"1\n{T1}\n\n2\nTwo\n\n3\n{T3}\nThree\n",
        ["Three"],
        [(0, 1, DropCode.EMPTY_TEXT), (1, 4, DropCode.NO_TIME)],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kept", "dropped"), [case[1:] for case in DROPS], ids=[case[0] for case in DROPS])
def test_a_cue_that_cannot_be_used_is_named_with_its_line(
    text: str, kept: list[str], dropped: list[tuple[int, int, DropCode]]
) -> None:
    transcript = read(text.encode())

    assert texts(transcript) == kept
    assert [(drop.number, drop.line, drop.code) for drop in transcript.dropped] == dropped
    assert transcript.parsed == len(kept) + len(dropped)


def test_numbers_count_kept_and_dropped_cues_together() -> None:
    transcript = read(f"1\n{T1}\nOne\n\n2\n{T2}\n\n3\n{T3}\nThree\n".encode())

    assert [cue.number for cue in transcript.cues] == [0, 2]
    assert [drop.number for drop in transcript.dropped] == [1]


def test_a_number_in_a_text_that_the_next_index_repeats_stays_text() -> None:
    transcript = read(f"1\n{T1}\nOne\n\n2\nand then\n\n2\n{T2}\nTwo\n".encode())

    assert texts(transcript) == ["One 2 and then", "Two"]
    assert note_codes(transcript) == ["blank-line-in-text"]


def test_an_advert_between_cues_stays_with_the_cue_above_and_is_noted() -> None:
    transcript = read(f"1\n{T1}\nOne\n\nwww.example.org\n\n2\n{T2}\nTwo\n".encode())

    assert texts(transcript) == ["One www.example.org", "Two"]
    assert [(note.line, note.code) for note in transcript.notes] == [(4, NoteCode.BLANK_LINE_IN_TEXT)]


VTT = f"""WEBVTT - a title
Kind: captions

STYLE
::cue {{ color: red }}

REGION
id:left

NOTE
about this file

intro
{T1.replace(",", ".")}
<v Ann>One

NOTE one line

00:03.000 --> 00:04.000 align:start line:0
Two

3
00:05.000 --> 00:06.000
NOTE is a word here
"""


def test_webvtt_is_read_without_its_header_and_blocks() -> None:
    transcript = read(VTT.encode())

    assert texts(transcript) == ["One", "Two", "NOTE is a word here"]
    assert lines(transcript) == [13, 19, 22]
    assert [(note.line, note.code) for note in transcript.notes] == [
        (1, NoteCode.VTT_BLOCK),
        (17, NoteCode.VTT_BLOCK),
        (19, NoteCode.TIME_SETTINGS),
    ]
    assert transcript.dropped == ()


def test_a_number_in_webvtt_text_is_no_cue_without_its_times() -> None:
    one, three = T1.replace(",", "."), T3.replace(",", ".")
    transcript = read(f"WEBVTT\n\n1\n{one}\nOne\n\n2\nTwo\n\n3\n{three}\nThree\n".encode())

    assert texts(transcript) == ["One 2 Two", "Three"]
    assert transcript.dropped == ()


def test_a_note_in_srt_is_text() -> None:
    transcript = read(f"1\n{T1}\nOne\n\nNOTE to self\n\n2\n{T2}\nTwo\n".encode())

    assert texts(transcript) == ["One NOTE to self", "Two"]


def test_a_transcript_without_a_usable_cue_names_every_dropped_one() -> None:
    with pytest.raises(NoUsableCue) as caught:
        read(b"1\n00:00:01:12 --> 00:00:02:10\nOne\n\n2\n00:00:03,000 --> 00:00:04,000\n\n")

    assert caught.value.code == "no-usable-cue"
    assert caught.value.line == 1
    assert [(drop.line, drop.code) for drop in caught.value.dropped] == [
        (1, DropCode.FRAMES_TIME),
        (5, DropCode.EMPTY_TEXT),
    ]
    assert "line 1: frames-time" in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"1", b"\n\n", b"Just some words.\n"])
def test_a_text_without_times_is_no_srt(data: bytes) -> None:
    with pytest.raises(NoUsableCue) as caught:
        read(data, TranscriptKind.SRT)

    assert caught.value.line in (None, 1)
    assert ("lines named" in caught.value.remedy) is bool(caught.value.dropped)

"""Every way of writing a time line that was seen in the wild: read as a careful person would, or dropped by name."""

import pytest

from transcripts import DropCode, NoteCode, NoUsableCue, read

ODD = NoteCode.ODD_TIME

READ_AS = [
    # line, start and end in microseconds, notes
    ("00:00:01,000 --> 00:00:02,500", 1_000_000, 2_500_000, ()),
    ("00:00:01,000-->00:00:02,500", 1_000_000, 2_500_000, ()),
    ("\t00:00:01,000  -->  00:00:02,500  ", 1_000_000, 2_500_000, ()),
    ("0:00:01,000 --> 0:00:02,500", 1_000_000, 2_500_000, ()),
    ("100:00:01,000 --> 100:00:02,000", 360_001_000_000, 360_002_000_000, ()),
    # fractions are decimal
    ("00:00:01,5 --> 00:00:02,25", 1_500_000, 2_250_000, (ODD,)),
    ("00:00:01,123456 --> 00:00:02,5000", 1_123_456, 2_500_000, (ODD,)),
    ("00:00:01,1234565 --> 00:00:02,1234575", 1_123_456, 2_123_458, (ODD, NoteCode.TIME_ROUNDED)),
    ("00:00:01,12345650001 --> 00:00:02,9999999", 1_123_457, 3_000_000, (ODD, NoteCode.TIME_ROUNDED)),
    ("00:00:01,1234560000 --> 00:00:02,000", 1_123_456, 2_000_000, (ODD,)),
    # other separators
    ("00:00:01.000 --> 00:00:02.500", 1_000_000, 2_500_000, (ODD,)),
    ("00:00:01，000 --> 00:00:02，500", 1_000_000, 2_500_000, (ODD,)),
    ("00:00:01:000 --> 00:00:02:500", 1_000_000, 2_500_000, (ODD,)),
    ("00：00：01,000 --> 00：00：02,500", 1_000_000, 2_500_000, (ODD,)),
    ("00:00:01 --> 00:00:02", 1_000_000, 2_000_000, (ODD,)),
    ("00:00:01, --> 00:00:02,", 1_000_000, 2_000_000, (ODD,)),
    # without hours
    ("00:01,000 --> 00:02,500", 1_000_000, 2_500_000, (ODD,)),
    ("75:00.000 --> 75:01.000", 4_500_000_000, 4_501_000_000, (ODD,)),
    ("1:02 --> 1:03", 62_000_000, 63_000_000, (ODD,)),
    # fields beyond 59 and of another width
    ("00:75:00,000 --> 00:75:99,000", 4_500_000_000, 4_599_000_000, (ODD, NoteCode.TIME_OVER_59)),
    ("00:00:013,567 --> 00:00:14,901", 13_567_000, 14_901_000, (ODD,)),
    ("0000000000000000000001:00:00,000 --> 01:00:01,000", 3_600_000_000, 3_601_000_000, (ODD,)),
    # arrows
    ("00:00:01,000 -> 00:00:02,000", 1_000_000, 2_000_000, (ODD,)),
    ("00:00:01,000 → 00:00:02,000", 1_000_000, 2_000_000, (ODD,)),
    ("00:00:01,000 ---> 00:00:02,000", 1_000_000, 2_000_000, (ODD,)),
    ("00:00:01,000 –> 00:00:02,000", 1_000_000, 2_000_000, (ODD,)),
    ("00:00:01,000 ==> 00:00:02,000", 1_000_000, 2_000_000, (ODD,)),
    ("00:00:01,000 --&gt; 00:00:02,000", 1_000_000, 2_000_000, (ODD,)),
    ("00:00:01,000 -- 00:00:02,000", 1_000_000, 2_000_000, (ODD,)),
    # blanks and invisible characters
    ("00: 00: 01, 000 --> 00 : 00 : 02 , 500", 1_000_000, 2_500_000, (ODD,)),
    ("00:00:01,000\xa0-->\xa000:00:02,500", 1_000_000, 2_500_000, (ODD,)),
    ("\u200e00:00:01,000 --> \u200e00:00:02,500", 1_000_000, 2_500_000, (ODD,)),
    ("٠٠:٠٠:٠١,٠٠٠ --> ٠٠:٠٠:٠٢,٥٠٠", 1_000_000, 2_500_000, (ODD,)),
    ("００：００：０１，０００ --> ００：００：０２，５", 1_000_000, 2_500_000, (ODD,)),
    # what stands behind the times
    ("00:00:01,000 --> 00:00:02,500 X1:40 X2:600 Y1:20 Y2:50", 1_000_000, 2_500_000, (NoteCode.TIME_SETTINGS,)),
    ("00:00:01,000 --> 00:00:02,500 align:start position:10%", 1_000_000, 2_500_000, (NoteCode.TIME_SETTINGS,)),
    ("00: 00: 01 --> 00: 00: 02 line:0", 1_000_000, 2_000_000, (ODD, NoteCode.TIME_SETTINGS)),
    # the index on the same line
    ("17 00:00:01,000 --> 00:00:02,500", 1_000_000, 2_500_000, (ODD,)),
    # nothing is negative about this
    ("-00:00:00,000 --> 00:00:02,500", 0, 2_500_000, (ODD,)),
]


@pytest.mark.parametrize(("line", "start_us", "end_us", "notes"), READ_AS)
def test_a_time_line_is_read_exactly(line: str, start_us: int, end_us: int, notes: tuple[NoteCode, ...]) -> None:
    transcript = read(f"1\n{line}\nHello\n".encode())

    (cue,) = transcript.cues
    assert (cue.start_us, cue.end_us, cue.text) == (start_us, end_us, "Hello")
    assert tuple(note.code for note in transcript.notes) == notes
    assert all(note.line == 2 for note in transcript.notes)


DROPPED_AS = [
    ("00:00:01:12 --> 00:00:02:10", DropCode.FRAMES_TIME),
    ("00:00:01:1 --> 00:00:02:2", DropCode.FRAMES_TIME),
    ("00:00:01;12 --> 00:00:02;10", DropCode.FRAMES_TIME),
    ("-00:00:01,000 --> 00:00:02,000", DropCode.NEGATIVE_TIME),
    ("-0:00:04,567 --> -0:00:03,456", DropCode.NEGATIVE_TIME),
    ("−00:00:01,000 --> 00:00:02,000", DropCode.NEGATIVE_TIME),
    ("00:00:02,000 --> 00:00:01,000", DropCode.END_BEFORE_START),
    ("00:00:02,000 --> 00:00:02,000", DropCode.ZERO_LENGTH),
    ("12345678901234:00:01,000 --> 12345678901234:00:02,000", DropCode.TIME_TOO_LARGE),
    ("00:00:01,000 -->", DropCode.BAD_TIME),
    ("00:00:01,000 --> End", DropCode.BAD_TIME),
    ("-->", DropCode.BAD_TIME),
    ("--> 00:00:02,000", DropCode.BAD_TIME),
    ("5 --> 7", DropCode.BAD_TIME),
    ("O0:00:01,000 --> 00:00:02,000", DropCode.BAD_TIME),
    ("00:00:01,-50 --> 00:00:02,000", DropCode.BAD_TIME),
    ("00::01,000 --> 00:00:02,000", DropCode.BAD_TIME),
    ("00:00:01,000,000 --> 00:00:02,000", DropCode.BAD_TIME),
    ("00:00:01 000 --> 00:00:02 000", DropCode.BAD_TIME),
    ("1 2 00:00:01,000 --> 00:00:02,000", DropCode.BAD_TIME),
]


@pytest.mark.parametrize(("line", "code"), DROPPED_AS)
def test_a_time_line_that_cannot_be_used_drops_its_cue_by_name(line: str, code: DropCode) -> None:
    good = "1\n00:00:08,000 --> 00:00:09,000\nBefore\n\n"

    transcript = read(f"{good}2\n{line}\nHello\n\n3\n00:00:10,000 --> 00:00:11,000\nAfter\n".encode())

    assert [cue.text for cue in transcript.cues] == ["Before", "After"]
    (dropped,) = transcript.dropped
    assert (dropped.number, dropped.line, dropped.code) == (1, 5, code)
    assert dropped.detail == line
    assert transcript.parsed == 3


def test_a_long_time_line_is_quoted_in_80_characters_without_controls() -> None:
    with pytest.raises(NoUsableCue) as caught:
        read(b"00:00:02,000 --> \x1b" + b"9" * 500 + b"\nHello\n")

    (dropped,) = caught.value.dropped
    assert dropped.code is DropCode.BAD_TIME
    assert len(dropped.detail) == 80
    assert dropped.detail.isprintable()


TEXT_BEHIND = [
    ("1\n00:00:01,000 --> 00:00:02,000 Hello  there\n", "Hello  there"),
    ("00:00:01,000 --> 00:00:02,000 ...and then\n", "...and then"),
    ("00:00:01,000 --> 00:00:02,000 Note: this\nand that\n", "Note: this and that"),
    ("[00:00:01.000 --> 00:00:02.000]  Hello there\n", "Hello there"),
    (f"00:00:01,000 --> 00:00:02,000{' x1:1' * 101}\n", " ".join(["x1:1"] * 101)),
    ("[00:01.000 --> 00:02.000]Hello there\n", "Hello there"),
    ("[00:01.000 --> 00:02.000 Hello [laughs]\n", "Hello [laughs]"),
    ("(00:01.000 --> 00:02.000) Hello (there)\n", "Hello (there)"),
]


@pytest.mark.parametrize(("text", "expected"), TEXT_BEHIND)
def test_words_behind_the_times_are_the_text_of_the_cue(text: str, expected: str) -> None:
    transcript = read(text.encode())

    (cue,) = transcript.cues
    assert (cue.start_us, cue.end_us, cue.text) == (1_000_000, 2_000_000, expected)
    assert NoteCode.TEXT_ON_TIME_LINE in [note.code for note in transcript.notes]


def test_lines_of_times_and_text_make_one_cue_each() -> None:
    text = "[00:00.000 --> 00:01.000]  One\n[00:01.000 --> 00:02.000]  Two\n[00:02.000 --> 00:03.000]  Three\n"

    assert [cue.text for cue in read(text.encode()).cues] == ["One", "Two", "Three"]

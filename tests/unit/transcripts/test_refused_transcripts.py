"""What is no transcript that is read here is refused by its content, with its name and a way out; what only surrounds
one is left out.
"""

import io
import zipfile

import pytest

from tests.unit.transcripts.samples import LONG_GRID, TTML
from transcripts import (
    BrokenTranscript,
    NoFrameRate,
    NoSuchTier,
    NoteCode,
    TranscriptKind,
    UnsupportedTranscript,
    read,
)

SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello\n"


def zipped(name: str) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr(name, "x")
    return body.getvalue()


REFUSED = [
    (b"{\\rtf1\\ansi Hello}", "RTF", "plain text"),
    (b"%PDF-1.7\n", "PDF", "pdftotext"),
    (zipped("word/document.xml"), "Word", "plain text"),
    (zipped("talk.srt"), "ZIP", "unpack"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "Office", "plain text"),
    (b"\x1f\x8b\x08\x00\x00", "gzip", "gunzip"),
    (b"850STL25.01" + b" " * 1024, "EBU STL", "ttconv"),
    (b"PG\x00\x00\x00\x01", "PGS", "OCR"),
    (b"\x00\x00\x01\xba\x44", "VobSub", "OCR"),
    (b"# VobSub index file, v7\nid: en", "VobSub", "OCR"),
    (b"Scenarist_SCC V1.0\n\n00:00:00:00\t94ae 94ae\n", "SCC", "ttconv"),
    (b"$FontName = Arial\n00:00:01:00 , 00:00:02:00 , Hello\n", "Spruce STL", "Subtitle Edit"),
    (b"<SAMI><BODY><SYNC Start=1000><P>Hello</BODY></SAMI>", "SAMI", "ffmpeg"),
    (b"<!DOCTYPE html>\n<html><body>Hello</body></html>", "HTML", "plain text"),
    (b"<html><p>Hello</html>", "HTML", "plain text"),
    (b'<?xml version="1.0"?>\n<ANNOTATION_DOCUMENT/>', "ANNOTATION_DOCUMENT", "export"),
    (b"<book><chapter>Hello</chapter></book>", "book", "export"),
    (b'{"results": {"items": []}}', "JSON", "Whisper"),
    (b'["a", "b"]', "JSON", "Whisper"),
    (b'{"version":1,"cues":[\n]}\n', "list of cues", "PUT /tts/datasets"),
    (b"ooBinaryFile\x08TextGrid", "TextGrid", "Save as text file"),
    (b"\x89PNG\r\n\x1a\n", "picture", "upload"),
]


@pytest.mark.parametrize(
    ("data", "name", "way_out"), REFUSED, ids=[f"{name} {n}" for n, (_, name, _) in enumerate(REFUSED)]
)
def test_what_is_not_read_is_refused_by_name_with_the_way_out(data: bytes, name: str, way_out: str) -> None:
    with pytest.raises(UnsupportedTranscript) as caught:
        read(data)

    assert name in str(caught.value)
    assert way_out in caught.value.remedy


@pytest.mark.parametrize("data", [data for data, _, _ in REFUSED])
def test_naming_it_plain_text_does_not_help(data: bytes) -> None:
    with pytest.raises(UnsupportedTranscript):
        read(data, TranscriptKind.TEXT)


@pytest.mark.parametrize("text", [TTML, '{"segments": []}', "[Script Info]\n", LONG_GRID, '{"a": 1}', "<book></book>"])
def test_a_file_of_markup_is_never_taken_as_plain_text(text: str) -> None:
    with pytest.raises(UnsupportedTranscript):
        read(text.encode(), TranscriptKind.TEXT)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"segments": [\n{"start": 1, "end": 2, "te', 2),
        ("<tt>\n<body><p begin='1s'>a & b</p></body></tt>", 2),
        ('<!DOCTYPE tt [<!ENTITY a "aaaa">]>\n<tt><body><p begin="1s" end="2s">&a;</p></body></tt>', 1),
        (LONG_GRID[:400], 20),
    ],
)
def test_a_damaged_file_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(BrokenTranscript) as caught:
        read(text.encode())

    assert caught.value.line is not None
    assert abs(caught.value.line - line) <= 5


def test_frames_without_a_rate_are_refused_with_the_line_to_add() -> None:
    with pytest.raises(NoFrameRate) as caught:
        read(b"{25}{50}Hello\n")

    assert "{1}{1}25" in caught.value.remedy
    assert read(b"{1}{1}29.97\n{2997}{3000}Hello\n").cues[0].start_us == 99_999_900


def test_a_tier_is_chosen_by_name_or_number_and_a_missing_one_is_refused_with_those_there_are() -> None:
    grid = LONG_GRID.encode()

    assert [cue.text for cue in read(grid, tier="words").cues] == ["Good"]
    assert [cue.text for cue in read(grid, tier=0).cues] == ["Good"]
    (note,) = read(grid).notes
    assert (note.code, "'sentences' is read" in note.detail) == (NoteCode.SEVERAL_TIERS, True)
    with pytest.raises(NoSuchTier, match="1 'sentences'"):
        read(grid, tier="phones")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"```srt\n{SRT}```\n", 2),
        (f"Here is the file:\n\n```\n{SRT}```\nTell me if it helps.\n", 4),
        (f"~~~\n{SRT}\n~~~", 2),
    ],
)
def test_the_fences_of_markdown_and_what_is_around_them_are_left_out(text: str, line: int) -> None:
    transcript = read(text.encode())

    assert [(cue.line, cue.text) for cue in transcript.cues] == [(line, "Hello")]
    assert [note.code for note in transcript.notes] == [NoteCode.MARKDOWN_FENCE]
    assert read(b"```\nHello\n```\n").plain_text == "Hello"


@pytest.mark.parametrize(
    "data", [SRT.encode() + bytes(5000), SRT.replace("\n", "\0\n").encode(), SRT.replace("\n", "\0\0\r\n").encode()]
)
def test_nul_at_line_ends_and_at_the_end_is_padding(data: bytes) -> None:
    transcript = read(data)

    assert [(cue.line, cue.text) for cue in transcript.cues] == [(1, "Hello")]
    assert [note.code for note in transcript.notes] == [NoteCode.NUL_PADDING]


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("今天\n天气很好。", "今天天气很好。"),
        ("カタ\nカナ", "カタカナ"),
        ("안녕\n하세요", "안녕 하세요"),
        ("今天\nHello", "今天 Hello"),
        ("他说：\n“你好”", "他说：“你好”"),
        ("Hello\n“there”", "Hello “there”"),
    ],
)
def test_no_space_joins_two_lines_of_chinese_or_japanese(text: str, spoken: str) -> None:
    assert read(text.encode()).plain_text == spoken
    assert read(f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n".encode()).cues[0].text == spoken


def test_a_long_text_is_joined_as_a_short_one_is() -> None:
    long = "漢字\n" * 20_000 + "end\n" + "a b\n" * 10_000

    assert read(long.encode()).plain_text == "漢字" * 20_000 + " end" + " a b" * 10_000

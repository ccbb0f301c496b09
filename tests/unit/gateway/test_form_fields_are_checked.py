"""What may stand in the text fields of an upload."""

from typing import Any

import pytest

from contracts.dataset import Options, TranscriptType
from gateway.domain.fields import Form, form_of, value_of
from gateway.errors import InvalidRequest


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        ("name", b"  Anna, chapter 1 \n", "Anna, chapter 1"),
        ("name", "Äpfel – 第一章".encode(), "Äpfel – 第一章"),
        ("name", b"n" * 200, "n" * 200),
        ("name", "ä".encode() * 200, "ä" * 200),
        ("description", b"two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("description", b"d" * 2_000, "d" * 2_000),
        ("description", b"", None),
        ("transcript_type", b"srt", TranscriptType.SRT),
        ("transcript_type", b"text", TranscriptType.TEXT),
        ("transcript_type", b"whisper", TranscriptType.WHISPER),
        ("transcript_type", b" ", None),
        ("transcript_encoding", b"windows-1252", "windows-1252"),
        ("auto_process", b"true", True),
        ("auto_process", b"True", True),
        ("auto_process", b"1", True),
        ("auto_process", b"false", False),
        ("auto_process", b"0", False),
        ("options", b'{"sample_rate": 24000}', Options(sample_rate=24_000)),
        ("options", b"", None),
    ],
)
def test_a_good_value_is_read(field: str, raw: bytes, value: Any) -> None:
    assert value_of(field, raw) == value


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        ("name", b""),
        ("name", b" \t\n "),
        ("name", b"n" * 201),
        ("name", b"a\x00b"),
        ("name", b"a\nb"),
        ("name", b"a\x1bb"),
        ("name", "a\x85b".encode()),
        ("name", b"\xff"),
        ("description", b"d" * 2_001),
        ("description", b"a\x00b"),
        ("transcript_type", b"docx"),
        ("transcript_type", b"cues"),
        ("transcript_type", b"SRT"),
        ("transcript_encoding", b"x" * 65),
        ("transcript_encoding", "ütf".encode()),
        ("auto_process", b"yes"),
        ("auto_process", b"2"),
        ("options", b"24000"),
        ("options", b"[" * 10_000),
    ],
)
def test_a_bad_value_is_refused_under_the_name_of_its_field(field: str, raw: bytes) -> None:
    with pytest.raises(InvalidRequest) as raised:
        value_of(field, raw)
    (error,) = raised.value.field_errors
    assert (error.field, error.code) == (field, "invalid")
    assert len(error.detail) <= 301


def test_fields_that_were_left_empty_have_their_defaults() -> None:
    assert form_of({"name": "n", "description": None, "options": None}) == Form(name="n")


@pytest.mark.parametrize(
    ("field", "raw", "detail"),
    [
        ("name", b"n" * 201, "'name' must have 1 to 200 characters, and has 201."),
        ("description", b"d" * 2_001, "'description' must have at most 2000 characters, and has 2001."),
        (
            "transcript_type",
            b"docx",
            "'transcript_type' must be one of srt, text, vtt, sbv, subviewer, lrc, microdvd, ass, ttml, srv3, json3, "
            "whisper, csv, tsv, audacity, textgrid, ctm.",
        ),
        (
            "transcript_encoding",
            b"\xc3\xbctf",
            "'transcript_encoding' must be the name of an encoding, such as windows-1252.",
        ),
        ("auto_process", b"yes", "'auto_process' must be 'true' or 'false'."),
    ],
)
def test_a_refusal_says_what_may_stand_there(field: str, raw: bytes, detail: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        value_of(field, raw)
    assert raised.value.detail == detail

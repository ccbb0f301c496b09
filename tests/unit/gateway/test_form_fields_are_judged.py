"""What may stand in the text fields of an upload, and in the body of `process`."""

from typing import Any

import pytest

from contracts.dataset import Options, TranscriptType
from gateway.domain.fields import Form, form_of, process_options, value_of
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
        ("transcript_type", b" ", None),
        ("transcript_encoding", b"windows-1252", "windows-1252"),
        ("auto_process", b"true", True),
        ("auto_process", b"True", True),
        ("auto_process", b"1", True),
        ("auto_process", b"false", False),
        ("auto_process", b"0", False),
        ("options", b'{"sample_rate": 24000}', Options(sample_rate=24_000)),
        ("options", b'{"sample_rate": 8000}', Options(sample_rate=8_000)),
        ("options", b'{"sample_rate": 48000}', Options(sample_rate=48_000)),
        ("options", b'{"sample_rate": null}', Options()),
        ("options", b"{}", Options()),
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
        ("transcript_type", b"vtt"),
        ("transcript_type", b"SRT"),
        ("transcript_encoding", b"x" * 65),
        ("transcript_encoding", "ütf".encode()),
        ("auto_process", b"yes"),
        ("auto_process", b"2"),
        ("options", b"24000"),
        ("options", b"null"),
        ("options", b"[]"),
        ("options", b"{"),
        ("options", b'{"sample_rate": 7999}'),
        ("options", b'{"sample_rate": 48001}'),
        ("options", b'{"sample_rate": "24000"}'),
        ("options", b'{"sample_rate": 24000.5}'),
        ("options", b'{"sample_rate": true}'),
        ("options", b'{"sample_rate": 24000, "channels": 1}'),
        ("options", b"[" * 10_000),
    ],
)
def test_a_bad_value_is_refused_under_the_name_of_its_field(field: str, raw: bytes) -> None:
    with pytest.raises(InvalidRequest) as raised:
        value_of(field, raw)
    (fault,) = raised.value.faults
    assert (fault.field, fault.code) == (field, "invalid")
    assert len(fault.detail) <= 301


def test_fields_that_were_left_empty_have_their_defaults() -> None:
    assert form_of({"name": "n", "description": None, "options": None}) == Form(name="n")


@pytest.mark.parametrize(
    ("raw", "options"),
    [
        (b"", None),
        (b" \n", None),
        (b"{}", None),
        (b'{"options": null}', None),
        (b'{"options": {}}', Options()),
        (b'{"options": {"sample_rate": 16000}}', Options(sample_rate=16_000)),
    ],
)
def test_a_body_of_process_asks_for_these_options(raw: bytes, options: Options | None) -> None:
    assert process_options(raw) == options


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b"null", "body"),
        (b"[]", "body"),
        (b"{", "body"),
        (b"{}{}", "body"),
        (b"\xff", "body"),
        (b'{"\xff": 1}', "body"),
        (b'{"option": {}}', "body"),
        (b'{"options": []}', "options"),
        (b'{"options": {"speed": 2}}', "options"),
        (b'{"options": {"sample_rate": 1}}', "options.sample_rate"),
        (b'{"options": ' + b"[" * 60_000, "options"),
    ],
)
def test_a_bad_body_of_process_is_refused_where_it_is_wrong(raw: bytes, field: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        process_options(raw)
    assert [fault.field for fault in raised.value.faults] == [field]


def test_a_body_of_process_that_is_no_utf_8_is_told_in_words() -> None:
    with pytest.raises(InvalidRequest) as raised:
        process_options(b'{"\xff": 1}')
    assert raised.value.detail == "The body must be UTF-8 text."

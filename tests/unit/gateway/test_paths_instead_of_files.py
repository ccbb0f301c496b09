"""`curl -F audio=take.wav` sends the path, and the answer says what is missing: the @."""

import pytest

from gateway.domain.path_instead_of_file import check
from gateway.errors import InvalidRequest


@pytest.mark.parametrize(
    ("field", "whole"),
    [
        ("audio", b"sample.wav"),
        ("audio", b"/home/anna/my talks/one.flac\n"),
        ("audio", b"C:\\talks\\one.mp3"),
        ("audio", "aufnahme-übung.wav".encode()),
        ("audio", b"talk"),
        ("transcript", b"sample.srt"),
        ("transcript", b"./my talks/one.SRT"),
        ("transcript", b"C:\\talks\\one two.vtt"),
        ("transcript", b"notes.txt\n"),
    ],
)
def test_a_path_is_taken_for_one(field: str, whole: bytes) -> None:
    with pytest.raises(InvalidRequest) as raised:
        check(field, whole)
    (error,) = raised.value.field_errors
    assert (error.field, error.code) == (field, "not-a-file")
    assert error.detail.endswith(f"-F {field}=@{whole.decode().strip()}")


@pytest.mark.parametrize(
    ("field", "whole"),
    [
        ("audio", b""),
        ("audio", b"RIFF\x00\x00\x00\x00WAVE"),
        ("audio", b"two\nlines.wav"),
        ("audio", b"a" * 1_025),
        ("audio", b"\xff\xfe.wav"),
        ("transcript", b""),
        ("transcript", b"It was late."),
        ("transcript", b"Hello"),
        ("transcript", b"I wrote it down in notes.txt"),
        ("transcript", b"It was late.\nsample.srt"),
    ],
)
def test_what_may_be_content_is_not(field: str, whole: bytes) -> None:
    check(field, whole)


def test_a_long_path_is_cut() -> None:
    with pytest.raises(InvalidRequest) as raised:
        check("audio", b"a" * 1_000 + b".wav")
    assert len(raised.value.detail) < 300

"""A part is continued where it and its note belong to what is asked for; whatever else lies there is begun anew."""

from pathlib import Path

import pytest

from cuecutter import UnusableAnswer
from cuecutter.part_file import PartFile
from cuecutter.steps import Answer

ASKED = "http://here/tts/archive?format=piper"
WHOLE = Answer(200, {"etag": '"1"', "content-length": "10"})


@pytest.fixture
def to(tmp_path: Path) -> Path:
    """With five of its ten bytes there already."""
    part = PartFile(tmp_path / "a.zip", ASKED, None)
    part.begin_at("/pinned")
    part.begin(WHOLE)
    part.write(b"01234")
    part.close()
    return tmp_path / "a.zip"


def again(to: Path, asked: str = ASKED) -> PartFile:
    return PartFile(to, asked, None)


def test_the_rest_of_the_same_file_is_asked_for(to: Path) -> None:
    assert again(to).pinned == "/pinned"
    assert again(to).headers() == {"range": "bytes=5-", "if-range": '"1"'}


def test_the_rest_is_appended_and_takes_the_name(to: Path) -> None:
    part = again(to)
    assert part.begin(Answer(206, {"etag": '"1"', "content-range": "bytes 5-9/10"}))
    part.write(b"56789")
    assert part.is_complete
    part.finish(lambda path: None)
    assert to.read_bytes() == b"0123456789"
    assert list(to.parent.iterdir()) == [to]


def test_another_file_replaces_the_part(to: Path) -> None:
    part = again(to)
    assert part.begin(Answer(200, {"etag": '"2"', "content-length": "3"}))
    part.write(b"abc")
    part.close()
    assert again(to).is_complete
    assert to.with_name("a.zip.part").read_bytes() == b"abc"


def test_something_else_that_is_asked_for_is_begun_anew(to: Path) -> None:
    assert again(to, "http://there/tts/archive?format=piper").headers() == {}
    assert again(to, "http://there/tts/archive?format=piper").pinned == ""


@pytest.mark.parametrize("lost", ["a.zip.part", "a.zip.part.json"])
def test_one_of_the_two_alone_is_nothing(to: Path, lost: str) -> None:
    to.with_name(lost).unlink()
    assert again(to).headers() == {}


@pytest.mark.parametrize(
    "note", [b"", b"[]", b"\xff", b'{"asked": "%s", "pinned": "@evil.example/x", "etag": "x"}' % ASKED.encode()]
)
def test_a_note_that_is_not_ours_is_begun_anew(to: Path, note: bytes) -> None:
    to.with_name("a.zip.part.json").write_bytes(note)
    assert again(to).headers() == {}
    assert again(to).pinned == ""


def test_a_refusal_changes_nothing(to: Path) -> None:
    assert not again(to).begin(Answer(503, {}))
    assert again(to).headers()["range"] == "bytes=5-"


@pytest.mark.parametrize(
    "headers", [{}, {"etag": '"1"'}, {"content-length": "3"}, {"etag": 'W/"1"', "content-length": "3"}]
)
def test_an_answer_that_could_not_be_resumed_is_refused_before_the_part_is_lost(
    to: Path, headers: dict[str, str]
) -> None:
    with pytest.raises(UnusableAnswer):
        again(to).begin(Answer(200, headers))
    assert again(to).headers()["range"] == "bytes=5-"


def test_a_folder_in_its_place_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        again(tmp_path)

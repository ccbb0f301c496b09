"""An upload's form is what other readers of forms read, in memory that does not grow with the file."""

import io
import os
import tracemalloc
from pathlib import Path

import pytest
from multipart import MultipartParser  # type: ignore[import-untyped]

from cuecutter import FileChanged
from cuecutter.multipart import Form

GIB = 1024 * 1024 * 1024


def parsed(form: Form) -> dict[str, tuple[str, bytes]]:

    boundary = form.content_type.partition("boundary=")[2]
    parts = MultipartParser(io.BytesIO(b"".join(form.chunks())), boundary)
    return {part.name: (part.filename or "", part.raw) for part in parts}


@pytest.mark.parametrize("name", ["talk.wav", 'a"b.wav', "a\r\nX-Evil: 1.wav", "größe 大.wav", "a\\b;c=d.wav"])
def test_any_file_name_stays_a_file_name(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(b"sound\r\n--")
    form = Form({"name": "Kapitel 1\r\n\x00"}, [("audio", file)])
    found = parsed(form)
    assert set(found) == {"name", "audio"}
    assert found["audio"][1] == b"sound\r\n--"
    assert found["name"][1].decode() == "Kapitel 1\r\n\x00"
    assert form.size_bytes == sum(map(len, form.chunks()))


def test_a_name_that_is_no_text_is_sent_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / os.fsdecode(b"a\xff.wav")
    file.write_bytes(b"sound")
    assert parsed(Form({"name": file.stem}, [("audio", file)]))["name"][1] == b"a?"


def test_a_file_that_grows_is_sent_as_it_was_announced(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    file.write_bytes(b"sound")
    form = Form({}, [("audio", file)])
    file.write_bytes(b"sound and more")
    assert parsed(form)["audio"][1] == b"sound"


def test_a_file_that_shrinks_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    file.write_bytes(b"sound")
    form = Form({}, [("audio", file)])
    file.write_bytes(b"s")
    with pytest.raises(FileChanged):
        list(form.chunks())


def test_a_missing_file_is_the_disks_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Form({}, [("audio", tmp_path / "none.wav")])


def test_a_large_file_takes_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    with file.open("wb") as opened:
        opened.truncate(GIB)  # sparse: it takes no disk
    form = Form({}, [("audio", file)])
    tracemalloc.start()
    sent = sum(len(chunk) for chunk in form.chunks())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent == form.size_bytes > GIB
    assert peak < 2 * 1024 * 1024

"""A zip or tar that lacks a byte, or has another one, is found; a whole one is not."""

import io
import random
import tarfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from cuecutter import DownloadDamaged
from cuecutter.verifying import verify

FILES = {f"voice/wavs/{n}.wav": random.Random(n).randbytes(700 + n) for n in range(20)}


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in FILES.items():
            archive.writestr(name, content)
    return out.getvalue()


def tarred(files: dict[str, bytes] = FILES) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def is_whole(content: bytes, folder: Path) -> bool:
    file = folder / "archive"
    file.write_bytes(content)
    try:
        verify(file)
    except DownloadDamaged:
        return False
    return True


@pytest.mark.parametrize("content", [zipped(), tarred()], ids=["zip", "tar"])
def test_a_whole_archive_passes(content: bytes, tmp_path: Path) -> None:
    assert is_whole(content, tmp_path)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.7])
@pytest.mark.parametrize("content", [zipped(), tarred()], ids=["zip", "tar"])
def test_an_archive_that_ends_early_is_found(content: bytes, share: float, tmp_path: Path) -> None:
    assert not is_whole(content[: int(len(content) * share)], tmp_path)


def test_any_other_byte_of_a_zips_contents_is_found(tmp_path: Path) -> None:
    content = zipped()
    for place in range(60, 15_000, 977):
        assert not is_whole(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :], tmp_path), place


def test_a_tars_damaged_header_is_found_anywhere(tmp_path: Path) -> None:
    content = tarred()
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        headers = [member.offset for member in archive]
    for place in headers:
        assert not is_whole(content[:place] + b"\xff" + content[place + 1 :], tmp_path), place
        assert not is_whole(content[:place] + bytes(512) + content[place + 512 :], tmp_path) or place == headers[-1]


@pytest.mark.parametrize("blocks", [0, 1])
def test_a_tar_without_its_end_is_found(blocks: int, tmp_path: Path) -> None:
    content = tarred()
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        last = archive.getmembers()[-1]
    end = last.offset_data + last.size + -last.size % 512
    assert not is_whole(content[: end + 512 * blocks], tmp_path)
    assert is_whole(content[: end + 512 * 2], tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\5\6" + bytes(18), bytes(10_240), b"<html>", tarred({})])
def test_what_holds_nothing_is_no_archive(content: bytes, tmp_path: Path) -> None:
    assert not is_whole(content, tmp_path)


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_large_member_takes_little_memory(kind: str, tmp_path: Path) -> None:
    large = {"large.wav": bytes(64 * 1024 * 1024)}
    file = tmp_path / "archive"
    if kind == "tar":
        file.write_bytes(tarred(large))
    else:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(*next(iter(large.items())))
    tracemalloc.start()
    verify(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 1024 * 1024

"""Uploads and downloads of any size take the same memory; a disk that is full ends a download, which goes on later."""

import resource
import tracemalloc
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cuecutter import AsyncClient, Client, Dataset
from tests.integration.client.lines import Said, stranger

MIB = 1024 * 1024
RATE = 48_000
SECONDS = 600


@pytest.fixture(scope="module")
def long_recording(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Ten minutes, 55 MiB, of which one segment is made."""
    folder = tmp_path_factory.mktemp("long")
    with wave.open(str(folder / "long.wav"), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(bytes(2 * RATE * SECONDS))
    (folder / "long.txt").write_text("It was a long night.", encoding="utf-8")
    return folder / "long.wav", folder / "long.txt"


@contextmanager
def little_memory() -> Iterator[None]:
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * MIB


def test_a_large_dataset_goes_there_and_back(
    new_client: Callable[..., Client], long_recording: tuple[Path, Path], tmp_path: Path
) -> None:
    client = new_client()
    with little_memory():
        dataset = client.upload(*long_recording, auto_process=True)
    assert client.wait(dataset.id, timeout_seconds=120).status == "ready"
    with little_memory():
        archive = client.download([dataset.id], "nemo", tmp_path / "a.zip")
    assert archive.stat().st_size > 50 * MIB


async def test_a_large_upload_takes_little_memory_with_asyncio(
    async_client: AsyncClient, long_recording: tuple[Path, Path]
) -> None:
    with little_memory():
        dataset = await async_client.upload(*long_recording)
    await async_client.delete(dataset.id)


@contextmanager
def files_of_at_most(size_bytes: int) -> Iterator[None]:
    """Writing beyond it fails as on a full disk: Python ignores the signal that would end the process."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_ends_a_download_which_goes_on_later(reader: Client, ready: Dataset, tmp_path: Path) -> None:
    to, told = tmp_path / "a.zip", list[int]()
    with files_of_at_most(MIB), pytest.raises(OSError, match="File too large"):
        reader.download([ready.id], "piper", to)
    assert not to.exists()
    there = to.with_name("a.zip.part").stat().st_size
    assert there == MIB
    reader.download([ready.id], "piper", to, on_progress=lambda done, total: told.append(done))
    assert told[0] > there
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["a.zip"]


def test_a_folder_that_is_missing_is_the_disks_error(reader: Client, ready: Dataset, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        reader.download([ready.id], "piper", tmp_path / "none" / "a.zip")


async def test_an_error_of_the_disk_is_the_same_with_asyncio(tmp_path: Path) -> None:
    with stranger(Said(200, bytes(10 * MIB), {"etag": '"1"'})) as other:
        async with AsyncClient(other.url, "token") as client:
            with files_of_at_most(MIB), pytest.raises(OSError, match="File too large"):
                await client.download(["1"], "piper", tmp_path / "a.zip")
    assert (tmp_path / "a.zip.part").stat().st_size == MIB

"""A download ends as the whole archive or not at all, and goes on where it was broken off, in another process too."""

import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cuecutter import AsyncClient, Client, Dataset, DownloadDamaged, Problem, Unreachable
from tests.integration.client.conftest import AUDIO, TRANSCRIPT
from tests.integration.client.lines import line
from tests.stacks import RunningStack


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir() if file.is_file())


@pytest.fixture
def whole(reader: Client, ready: Dataset, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return reader.download([ready.id], "ljspeech", tmp_path_factory.mktemp("whole") / "a.zip").read_bytes()


def through(url: str, token: str, retry_seconds: float = 20) -> Client:
    return Client(url, token, retry_seconds=retry_seconds)


def test_an_archive_is_there_whole_with_nothing_beside_it(reader: Client, ready: Dataset, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    to = reader.download(
        [ready.id],
        "piper",
        tmp_path / "a.zip",
        name="voice",
        on_progress=lambda done, total: told.append((done, total)),
    )
    assert names(tmp_path) == ["a.zip"]
    assert told[-1] == (to.stat().st_size, to.stat().st_size)
    assert told == sorted(told)
    assert "voice/metadata.csv" in zipfile.ZipFile(to).namelist()


def test_a_tar_is_there_whole(reader: Client, ready: Dataset, tmp_path: Path) -> None:
    to = reader.download([ready.id], "webdataset", tmp_path / "a.tar")
    with tarfile.open(to) as archive:
        assert len(archive.getnames()) == 3 * 10


def test_parameters_reach_the_server(reader: Client, ready: Dataset, tmp_path: Path) -> None:
    asked = {"validation": 0.5, "skip": ["too-fast", "clipped"], "name": "näme"}
    to = reader.download([ready.id], "xtts", tmp_path / "a.zip", **asked)  # type: ignore[arg-type]
    assert {name.rpartition("/")[2] for name in zipfile.ZipFile(to).namelist()} >= {
        "metadata_train.csv",
        "metadata_eval.csv",
    }
    assert reader.check([ready.id], "xtts", **asked).validation_clips > 0  # type: ignore[arg-type]


def test_a_broken_line_costs_no_byte_twice(
    running_stack: RunningStack, reader_token: str, ready: Dataset, whole: bytes, tmp_path: Path
) -> None:
    with line(running_stack.env["GATEWAY_URL"], 100_000, 700_000, 300_000) as broken:
        with through(broken.url, reader_token) as client:
            to = client.download([ready.id], "ljspeech", tmp_path / "a.zip")
        assert to.read_bytes() == whole
        assert broken.sent.lower().count(b"\r\nrange: bytes=") == broken.sent.lower().count(b"\r\nif-range:") == 3
    assert names(tmp_path) == ["a.zip"]


async def test_a_broken_line_costs_no_byte_twice_with_asyncio(
    running_stack: RunningStack, reader_token: str, ready: Dataset, whole: bytes, tmp_path: Path
) -> None:
    with line(running_stack.env["GATEWAY_URL"], 100_000, 700_000) as broken:
        async with AsyncClient(broken.url, reader_token) as client:
            to = await client.download([ready.id], "ljspeech", tmp_path / "a.zip")
        assert to.read_bytes() == whole
        assert broken.sent.lower().count(b"\r\nrange: bytes=") == 2


def broken_off(stack: RunningStack, token: str, dataset: Dataset, to: Path) -> None:
    """A download of which a part is there. The first cut is of the answer that names the run, and of what follows."""
    with (
        line(stack.env["GATEWAY_URL"], 500_000, 0, 0, 0, 0, 0) as broken,
        through(broken.url, token, 0.2) as client,
        pytest.raises(Unreachable),
    ):
        client.download([dataset.id], "ljspeech", to)
    assert names(to.parent) == ["a.zip.part", "a.zip.part.json"]


def test_another_process_goes_on(
    running_stack: RunningStack, reader_token: str, ready: Dataset, whole: bytes, tmp_path: Path
) -> None:
    to = tmp_path / "a.zip"
    with line(running_stack.env["GATEWAY_URL"], 500_000, 0, 0, 0, 0, 0) as same:
        with through(same.url, reader_token, 0.2) as client, pytest.raises(Unreachable):
            client.download([ready.id], "ljspeech", to)
        there = to.with_name("a.zip.part").stat().st_size
        same.cuts.clear()
        told: list[int] = []
        with through(same.url, reader_token) as client:
            client.download([ready.id], "ljspeech", to, on_progress=lambda done, total: told.append(done))
    assert told[0] > there > 400_000
    assert to.read_bytes() == whole


def test_no_file_holds_the_token(
    running_stack: RunningStack, reader_token: str, ready: Dataset, tmp_path: Path
) -> None:
    broken_off(running_stack, reader_token, ready, tmp_path / "a.zip")
    assert not any(reader_token.encode() in file.read_bytes() for file in tmp_path.iterdir())


def test_the_part_of_something_else_is_not_continued(
    running_stack: RunningStack, reader_token: str, reader: Client, ready: Dataset, tmp_path: Path
) -> None:
    to = tmp_path / "a.zip"
    broken_off(running_stack, reader_token, ready, to)
    reader.download([ready.id], "piper", to)
    assert names(tmp_path) == ["a.zip"]
    assert zipfile.ZipFile(to).testzip() is None


def test_a_result_that_was_replaced_meanwhile_is_downloaded_anew(
    running_stack: RunningStack, new_client: Callable[..., Client], tmp_path: Path
) -> None:
    client, to = new_client("replacer"), tmp_path / "a.zip"
    dataset = client.upload(AUDIO, TRANSCRIPT, auto_process=True)
    client.wait(dataset.id, timeout_seconds=60)
    with line(running_stack.env["GATEWAY_URL"], 500_000, 0, 0, 0, 0, 0) as same:
        with pytest.raises(Unreachable):
            new_client("replacer", same.url, retry_seconds=0.2).download([dataset.id], "ljspeech", to)
        client.process(dataset.id, {"sample_rate": 8000})
        client.wait(dataset.id, timeout_seconds=60)
        same.cuts.clear()
        new_client("replacer", same.url).download([dataset.id], "ljspeech", to)
    assert to.read_bytes() == client.download([dataset.id], "ljspeech", tmp_path / "b.zip").read_bytes()


def test_a_run_that_was_named_is_not_exchanged_for_another(new_client: Callable[..., Client], tmp_path: Path) -> None:
    client = new_client()
    dataset = client.upload(AUDIO, TRANSCRIPT, auto_process=True)
    client.wait(dataset.id, timeout_seconds=60)
    run = client.check([dataset.id], "piper").datasets[0].run
    client.process(dataset.id)
    client.wait(dataset.id, timeout_seconds=60)
    with pytest.raises(Problem) as refused:
        client.download([f"{dataset.id}@{run}"], "piper", tmp_path / "a.zip")
    assert (refused.value.status, refused.value.code) == (410, "result-removed")


def test_a_part_that_was_spoilt_is_found_and_removed(
    running_stack: RunningStack, reader_token: str, ready: Dataset, whole: bytes, tmp_path: Path
) -> None:
    to, part = tmp_path / "a.zip", tmp_path / "a.zip.part"
    with line(running_stack.env["GATEWAY_URL"], 500_000, 0, 0, 0, 0, 0) as same:
        with through(same.url, reader_token, 0.2) as client, pytest.raises(Unreachable):
            client.download([ready.id], "ljspeech", to)
        part.write_bytes(part.read_bytes()[:-100] + bytes(100))
        same.cuts.clear()
        with through(same.url, reader_token) as client:
            with pytest.raises(DownloadDamaged):
                client.download([ready.id], "ljspeech", to)
            assert names(tmp_path) == []
            assert client.download([ready.id], "ljspeech", to).read_bytes() == whole


def test_what_the_server_refuses_leaves_nothing(reader: Client, ready: Dataset, tmp_path: Path) -> None:
    with pytest.raises(Problem) as refused:
        reader.download([ready.id], "no-such-format", tmp_path / "a.zip")
    assert refused.value.errors[0]["field"] == "format"
    assert names(tmp_path) == []

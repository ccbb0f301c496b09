"""Which calls are asked again, and which are not, because the first may have been obeyed; of a stranger."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from cuecutter import AsyncClient, Client, Dataset, FileChanged, Problem, Unreachable
from tests.integration.client.lines import BREAKS, Said, Stranger, dataset, problem, stranger

MIB = 1024 * 1024


def of(other: Stranger, *, timeout_seconds: float = 5, retry_seconds: float = 5) -> Client:
    return Client(other.url, "token", timeout_seconds=timeout_seconds, retry_seconds=retry_seconds)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    audio, transcript = tmp_path / "talk.wav", tmp_path / "talk.srt"
    audio.write_bytes(bytes(8 * MIB))
    transcript.write_bytes(b"It was late.")
    return audio, transcript


@pytest.mark.parametrize(
    "first", [problem(503, "catalog-unavailable"), problem(429, "x"), Said(502, b"<html>"), BREAKS]
)
def test_reading_is_repeated(first: Said) -> None:
    with stranger(first, first, dataset("ready")) as other, of(other) as client:
        assert client.dataset("1").status == "ready"
    assert [heard.method for heard in other.heard] == ["GET"] * 3


async def test_reading_is_repeated_with_asyncio() -> None:
    with stranger(BREAKS, problem(503, "busy"), dataset("ready")) as other:
        async with AsyncClient(other.url, "token") as client:
            assert (await client.dataset("1")).status == "ready"
    assert len(other.heard) == 3


def test_what_the_server_asks_for_is_waited() -> None:
    with stranger(problem(503, "busy", **{"retry-after": "1"}), dataset()) as other, of(other) as client:
        began = time.monotonic()
        client.dataset("1")
    assert time.monotonic() - began > 1


def test_a_wait_beyond_the_limit_is_not_begun() -> None:
    with (
        stranger(problem(503, "busy", **{"retry-after": "60"})) as other,
        of(other) as client,
        pytest.raises(Problem) as refused,
    ):
        client.dataset("1")
    assert refused.value.retry_after_seconds == 60
    assert len(other.heard) == 1


def test_repeating_ends() -> None:
    with stranger(BREAKS) as other, of(other, retry_seconds=1) as client:
        began = time.monotonic()
        with pytest.raises(Unreachable):
            client.dataset("1")
    assert 0.3 < time.monotonic() - began < 3
    assert 2 <= len(other.heard) < 8


@pytest.mark.parametrize(
    "command",
    [
        lambda client: client.process("1"),
        lambda client: client.cancel("1"),
        lambda client: client.delete("1"),
        lambda client: client.rename("1", name="x"),
        lambda client: client.replace_cues("1", [], "*"),
        lambda client: client.replace_transcript("1", b"x", "*"),
    ],
    ids=["process", "cancel", "delete", "rename", "replace_cues", "replace_transcript"],
)
@pytest.mark.parametrize("first", [BREAKS, problem(503, "bus-unavailable"), Said(502, b"")], ids=["cut", "503", "502"])
def test_a_command_that_may_have_been_obeyed_is_not_repeated(command: Callable[[Client], object], first: Said) -> None:
    with stranger(first, dataset()) as other, of(other) as client, pytest.raises((Problem, Unreachable)) as raised:
        command(client)
    assert len(other.heard) == 1
    assert getattr(raised.value, "may_have_happened", True)


@pytest.mark.parametrize("code", ["uploads-full", "stopping", "busy"])
def test_a_command_that_was_refused_is_repeated(code: str) -> None:
    with stranger(problem(503, code), dataset("processing")) as other, of(other) as client:
        assert client.process("1").status == "processing"


def test_a_command_that_reached_nobody_is_repeated_and_surely_did_not_happen() -> None:
    with stranger(dataset()) as other:
        pass
    with of(other, retry_seconds=1) as client:
        began = time.monotonic()
        with pytest.raises(Unreachable) as raised:
            client.process("1")
    assert time.monotonic() - began > 0.3
    assert not raised.value.may_have_happened


@pytest.mark.parametrize("refusal", [problem(429, "too-many-uploads"), problem(503, "uploads-full")])
def test_an_upload_that_was_refused_is_sent_again_whole(refusal: Said, files: tuple[Path, Path]) -> None:
    with stranger(refusal, dataset()) as other, of(other) as client:
        client.upload(*files)
    first, second = other.heard
    assert first.body == second.body
    assert len(second.body) > 8 * MIB


async def test_an_upload_that_was_refused_is_sent_again_with_asyncio(files: tuple[Path, Path]) -> None:
    with stranger(problem(429, "too-many-uploads"), dataset()) as other:
        async with AsyncClient(other.url, "token") as client:
            assert isinstance(await client.upload(*files), Dataset)
    assert len(other.heard) == 2


def test_an_upload_that_broke_off_is_not_repeated_and_surely_left_nothing(files: tuple[Path, Path]) -> None:
    with (
        stranger(Said(0, bytes_read=MIB), dataset()) as other,
        of(other) as client,
        pytest.raises(Unreachable) as raised,
    ):
        client.upload(*files)
    assert len(other.heard) == 1
    assert not raised.value.may_have_happened


def test_of_an_upload_without_an_answer_nothing_is_known(files: tuple[Path, Path]) -> None:
    with stranger(BREAKS, dataset()) as other, of(other) as client, pytest.raises(Unreachable) as raised:
        client.upload(*files)
    assert len(other.heard) == 1
    assert raised.value.may_have_happened


def test_an_upload_that_the_store_refused_is_not_repeated(files: tuple[Path, Path]) -> None:
    with (
        stranger(problem(503, "storage-unavailable"), dataset()) as other,
        of(other) as client,
        pytest.raises(Problem),
    ):
        client.upload(*files)
    assert len(other.heard) == 1


def test_a_file_that_becomes_shorter_ends_its_upload(files: tuple[Path, Path]) -> None:
    audio, transcript = files

    def cut(done: int, total: int) -> None:
        audio.write_bytes(b"")

    with stranger(dataset()) as other, of(other) as client, pytest.raises(FileChanged):
        client.upload(audio, transcript, on_progress=cut)
    assert other.heard == [] or len(other.heard[0].body) < 8 * MIB


def test_silence_ends_a_call() -> None:
    with (
        stranger(Said(200, b"", {"content-length": "10"})) as other,
        of(other, timeout_seconds=0.3, retry_seconds=0) as client,
        pytest.raises(Unreachable, match="in time"),
    ):
        client.dataset("1")


def test_progress_of_an_upload_counts_every_byte(files: tuple[Path, Path]) -> None:
    told: list[tuple[int, int]] = []
    with stranger(dataset()) as other, of(other) as client:
        client.upload(*files, on_progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (len(other.heard[0].body), len(other.heard[0].body))
    assert len(told) > 30

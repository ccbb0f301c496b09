"""`wait` ends when no run is under way: with what came of it, by its time limit, or when the server stays away."""

import asyncio
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from cuecutter import AsyncClient, Client, Dataset, Problem, StillProcessing, Unreachable
from tests.integration.client.conftest import AUDIO, TRANSCRIPT
from tests.integration.client.lines import BREAKS, dataset, stranger


def test_each_change_is_told_once_and_the_end_is_returned(new_client: Callable[..., Client]) -> None:
    client, seen = new_client(), list[Dataset]()
    uploaded = client.upload(AUDIO, TRANSCRIPT, auto_process=True)
    done = client.wait(uploaded.id, on_change=seen.append, timeout_seconds=60)
    assert (done.status, done.segment_count) == ("ready", 10)
    assert seen[-1] == done
    assert all(one != other for one, other in pairwise(seen))


def test_a_run_that_fails_is_an_end(client: Client, tmp_path: Path) -> None:
    audio = tmp_path / "broken.flac"
    audio.write_bytes(AUDIO.read_bytes()[:20_000])
    done = client.wait(client.upload(audio, TRANSCRIPT, auto_process=True).id, timeout_seconds=60)
    assert done.status == "failed"
    assert done.error is not None
    assert done.error.code
    assert done.error.remedy


def test_the_time_limit_leaves_the_run_alone() -> None:
    with stranger(dataset("processing")) as other, Client(other.url, "token") as client:
        began = time.monotonic()
        with pytest.raises(StillProcessing) as raised:
            client.wait("1", timeout_seconds=0.5)
        assert time.monotonic() - began < 1
    assert raised.value.dataset.status == "processing"
    assert {heard.method for heard in other.heard} == {"GET"}


def test_a_server_that_comes_back_is_waited_for() -> None:
    told = list[str]()
    with (
        stranger(dataset("processing"), *[BREAKS] * 4, dataset("ready")) as other,
        Client(other.url, "token") as client,
    ):
        client.wait("1", on_change=lambda seen: told.append(seen.status))
    assert told == ["processing", "ready"]


def test_a_server_that_stays_away_is_given_up() -> None:
    with (
        stranger(dataset("processing"), BREAKS) as other,
        Client(other.url, "token", retry_seconds=0.5) as client,
        pytest.raises(Unreachable),
    ):
        client.wait("1")


def test_a_dataset_that_was_deleted_ends_it(client: Client) -> None:
    uploaded = client.upload(AUDIO, TRANSCRIPT)
    client.delete(uploaded.id)
    with pytest.raises(Problem) as raised:
        client.wait(uploaded.id)
    assert raised.value.status == 404


def test_an_error_of_the_callers_own_function_is_the_callers() -> None:
    def fails(seen: Dataset) -> None:
        raise KeyError(seen.status)

    with stranger(dataset("processing")) as other, Client(other.url, "token") as client, pytest.raises(KeyError):
        client.wait("1", on_change=fails)


async def test_many_are_waited_for_at_once_with_asyncio(async_client: AsyncClient) -> None:
    uploaded = [await async_client.upload(AUDIO, TRANSCRIPT, auto_process=True) for _ in range(3)]
    done = await asyncio.gather(*(async_client.wait(one.id, timeout_seconds=60) for one in uploaded))
    assert [one.status for one in done] == ["ready"] * 3


async def test_a_cancelled_task_ends_at_once() -> None:
    with stranger(dataset("processing")) as other:
        async with AsyncClient(other.url, "token") as client:
            task = asyncio.create_task(client.wait("1"))
            await asyncio.sleep(0.3)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task


def test_pages_are_fetched_as_they_are_needed(new_client: Callable[..., Client]) -> None:
    client = new_client()
    uploaded = client.upload(AUDIO, TRANSCRIPT, auto_process=True)
    client.wait(uploaded.id, timeout_seconds=60)
    assert [segment.n for segment in client.segments(uploaded.id)] == list(range(10))
    assert [segment.n for segment in client.segments(uploaded.id, q="half-way")] != []
    with pytest.raises(Problem) as raised:
        next(client.segments(uploaded.id, sort="no-such-column"))
    assert raised.value.errors[0]["field"] == "sort"


def test_cues_go_there_and_back_and_two_editors_do_not_overwrite_each_other(client: Client) -> None:
    uploaded = client.upload(AUDIO, TRANSCRIPT)
    found = client.cues(uploaded.id)
    client.replace_cues(uploaded.id, found.cues[1:], found.etag)
    assert [cue.text for cue in client.cues(uploaded.id).cues] == [cue.text for cue in found.cues[1:]]
    with pytest.raises(Problem) as raised:
        client.replace_cues(uploaded.id, found.cues, found.etag)
    assert (raised.value.status, raised.value.code) == (412, "precondition-failed")

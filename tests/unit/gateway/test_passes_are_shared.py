"""Passes over manifests: few at a time, and never all of them for one user."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from contracts import keys
from gateway.errors import Busy
from gateway.results import passes
from gateway.results.passes import OF_A_USER, PASSES, Passes


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passes, "WAIT_SECONDS", 0.05)


async def test_no_user_has_all_passes() -> None:
    shared = Passes()
    async with AsyncExitStack() as held:
        for _ in range(OF_A_USER):
            await held.enter_async_context(shared.slot("alice"))
        with pytest.raises(Busy):
            await held.enter_async_context(shared.slot("alice"))
        await held.enter_async_context(shared.slot("bob"))
    async with shared.slot("alice"):
        pass


async def test_no_more_than_all_passes_are_given_and_none_is_lost() -> None:
    shared = Passes()
    for _ in range(3):
        async with AsyncExitStack() as held:
            for n in range(PASSES):
                await held.enter_async_context(shared.slot(f"user-{n}"))
            with pytest.raises(Busy):
                await held.enter_async_context(shared.slot("one-more"))


async def test_who_waits_gets_the_pass_that_is_given_back() -> None:
    shared = Passes()
    async with shared.slot("alice"), shared.slot("alice"):
        waiting = asyncio.create_task(shared.slot("alice").__aenter__())
        await asyncio.sleep(0.01)
    await waiting


def test_a_key_says_whose_it_is() -> None:
    prefix = keys.dataset_prefix("bob|b@example.org", "d1")
    assert keys.user_of(prefix) == keys.user_of(keys.manifest(prefix)) == "bob|b@example.org"

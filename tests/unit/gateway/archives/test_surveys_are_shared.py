"""Surveys take the passes over manifests that all users share: not two for one archive, nor all for one user."""

import asyncio

import pytest

from objects import ObjectMissing
from tests.unit.gateway.archives.made_archives import MemoryStore, archives_of, order_of


async def test_requests_for_one_archive_at_once_are_answered_from_one_survey() -> None:
    store = MemoryStore(seconds=0.01)
    archives, order = archives_of(store), order_of(store, 20, 20)
    found = await asyncio.gather(*(archives.archive(order) for _ in range(16)))
    assert len({id(archive.survey) for archive in found}) == 1
    manifest = order.sources[1].result.training_data_key
    assert store.reads.count(manifest) == 2  # a survey is two passes


async def test_a_survey_that_fails_is_made_anew_for_the_next_request() -> None:
    store = MemoryStore(seconds=0.01)
    archives, order = archives_of(store), order_of(store, 20)
    manifest = store.objects.pop(order.sources[0].result.training_data_key)
    failed = await asyncio.gather(*(archives.archive(order) for _ in range(3)), return_exceptions=True)
    assert [type(each) for each in failed] == [ObjectMissing] * 3
    store.objects[order.sources[0].result.training_data_key] = manifest
    assert (await archives.archive(order)).survey.overview.clips == 20


async def test_a_request_that_ends_leaves_the_survey_to_the_others() -> None:
    store = MemoryStore(seconds=0.05)
    archives, order = archives_of(store), order_of(store, 20)
    first, second = (asyncio.create_task(archives.archive(order)) for _ in range(2))
    await asyncio.sleep(0.02)
    first.cancel()
    assert (await second).survey.overview.clips == 20
    with pytest.raises(asyncio.CancelledError):
        await first

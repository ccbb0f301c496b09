import asyncio
from typing import Any, cast
from uuid import UUID

import pytest

from bus.errors import BusUnavailable
from gateway.archives.choosing import AT_ONCE, Choosing
from gateway.archives.damage import Damages
from gateway.http.auth import Caller
from gateway.results.manifests import Manifests
from gateway.results.reader import Reader
from gateway.shutdown import Shutdown
from objects import ObjectStore
from tests.unit.gateway.archives.made_archives import MemoryStore


class AwayLives:
    def __init__(self) -> None:
        self.asked = 0

    async def last(self, dataset_id: str, user_id: str) -> Any:
        self.asked += 1
        await asyncio.sleep(0.01 * self.asked)
        raise BusUnavailable("no clear answer in time")


async def test_a_bus_that_is_away_is_not_asked_for_the_other_datasets() -> None:
    lives, store = AwayLives(), cast(ObjectStore, MemoryStore())
    reader = Reader(Caller("alice", "r"), cast(Any, lives), store, Manifests(store), Shutdown())
    ours = asyncio.all_tasks()
    with pytest.raises(BusUnavailable):
        await Choosing(reader, Damages(store)).sources([str(UUID(int=n)) for n in range(150)])
    assert asyncio.all_tasks() == ours
    assert lives.asked <= AT_ONCE

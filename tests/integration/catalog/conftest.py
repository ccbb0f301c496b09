"""A migrated database and a declared stream, the test's own."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bus import connection as line
from migrations import steps
from tests.integration.catalog.world import World, declared


@pytest.fixture
def own_postgres(postgres_server: Any, server_folder: Path) -> Iterator[Any]:
    """A server that a test may kill; `url()` is an empty database."""
    folder = server_folder / f"postgres-{uuid4().hex}"
    folder.mkdir()
    server = type(postgres_server)(folder)
    server.start()
    yield server
    server.close()


@pytest.fixture
async def migrated_url(database_url: str) -> str:
    await asyncio.to_thread(steps.postgres, database_url)
    return database_url


@pytest.fixture
async def world(nats_server: Any, migrated_url: str) -> AsyncIterator[World]:
    admin = await declared(nats_server.url("topology"))
    catalog = await line.connect(nats_server.url("catalog"), "catalog")
    world = World(nats_server, migrated_url, admin, catalog)
    yield world
    await world.database.close()
    await catalog.close()
    await line.close(world.admin)

"""A gateway on real servers. The catalog is played from the lives; without the fixture `catalog` there is none."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from nats.aio.client import Client

from bus import topology
from bus.connection import close, connect
from bus.stream import Stream
from gateway.settings import load
from objects import ObjectStore, open_store
from tests.integration.gateway.made_results import Maker
from tests.integration.gateway.running import SECRET, CatalogPlayer, as_user, serving, until_connected


@pytest.fixture
async def declared(nats_server: Any) -> None:
    """The stream, as the topology command makes it."""
    admin = await connect(nats_server.url("topology"), "topology")
    await topology.declare(admin)
    await close(admin)


@pytest.fixture
def gateway_env(nats_server: Any, s3_env: dict[str, str]) -> dict[str, str]:
    return {"JWT_SECRET_KEY": SECRET, "NATS_URL": nats_server.url("gateway"), **s3_env}


@pytest.fixture
async def url(declared: None, gateway_env: dict[str, str]) -> AsyncIterator[str]:
    """A gateway whose stream is declared, connected to it; no catalog answers."""
    async with serving(gateway_env) as url:
        await until_connected(url)
        yield url


@pytest.fixture
async def catalog(declared: None, nats_server: Any) -> AsyncIterator[CatalogPlayer]:
    client = await connect(nats_server.url("catalog"), "catalog")
    player = CatalogPlayer(client)
    await player.start()
    yield player
    await close(client)


@pytest.fixture
async def alice(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with as_user(url, "alice") as client:
        yield client


@pytest.fixture
async def bob(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with as_user(url, "bob|b@example.org") as client:
        yield client


@pytest.fixture
async def store(gateway_env: dict[str, str]) -> AsyncIterator[ObjectStore]:
    async with open_store(load(gateway_env).s3()) as store:
        yield store


@pytest.fixture
async def observer(declared: None, nats_server: Any) -> AsyncIterator[Stream]:
    """The stream, for reading only."""
    client: Client = await connect(nats_server.url("topology"), "topology")
    yield Stream(client)
    await close(client)


@pytest.fixture
async def maker(observer: Stream, store: ObjectStore) -> Maker:
    return Maker(observer, store)

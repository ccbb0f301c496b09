"""A server with Cuecutter's topology, and connections as its services have them."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from nats.aio.client import Client

from bus import topology
from bus.connection import close, connect


@pytest.fixture
async def client(nats_server: Any) -> AsyncIterator[Client]:
    admin = await connect(nats_server.url("topology"), "topology")
    await topology.declare(admin)
    await close(admin)
    client = await connect(nats_server.url("gateway"), "gateway")
    yield client
    await close(client)

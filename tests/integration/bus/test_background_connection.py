"""A connection that opens in the background."""

import asyncio
import logging
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import pytest

from bus.background_connection import BackgroundConnection
from bus.errors import BusUnavailable


async def test_it_opens_once_the_server_is_there_and_never_logs_the_url(
    nats_server: Any, caplog: pytest.LogCaptureFixture
) -> None:
    url = nats_server.url("gateway")
    nats_server.kill()
    with caplog.at_level(logging.WARNING):
        async with BackgroundConnection(url, "gateway") as connection:
            await asyncio.sleep(0.2)
            with pytest.raises(BusUnavailable, match="gateway is not connected"):
                await connection.check()
            nats_server.start()
            client = await _connected(connection)
            assert client.is_connected
        assert client.is_closed
    assert (urlsplit(url).password or url) not in caplog.text


async def test_it_closes_while_the_server_is_missing(nats_server: Any) -> None:
    nats_server.kill()
    connection = BackgroundConnection(nats_server.url("gateway"), "gateway")
    async with asyncio.timeout(5), connection:
        await asyncio.sleep(0.2)
    with pytest.raises(BusUnavailable):
        connection.client()


async def _connected(connection: BackgroundConnection) -> Any:
    deadline = monotonic() + 10
    while True:
        try:
            return connection.client()
        except BusUnavailable:
            assert monotonic() < deadline, "it has not connected"
            await asyncio.sleep(0.05)

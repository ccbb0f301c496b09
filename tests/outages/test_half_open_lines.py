"""A line on which nothing comes back any more, while the server answers others: noticed within half a minute.

They take that long, so only `make outages` runs them.
"""

import asyncio
from time import monotonic
from typing import Any

import pytest

from bus.connection import close, connect
from objects import StoreUnavailable, open_store
from tests.integration.objects.access import at_port, settings_of
from tests.outages.system import outage_seconds
from tests.sluice import sluice

NOTICED_SECONDS = 30.0

pytestmark = pytest.mark.skipif(outage_seconds() < NOTICED_SECONDS, reason="takes half a minute: make outages")


async def test_a_line_to_nats(nats_server: Any) -> None:
    async with sluice(nats_server.url("gateway")) as line:
        client = await connect(line.url, "gateway")
        await client.flush()
        line.hold()
        begun = monotonic()
        async with asyncio.timeout(NOTICED_SECONDS):
            while client.is_connected:
                await asyncio.sleep(0.1)
        print(f"nats: noticed after {monotonic() - begun:.1f} s")
        line.release()
        await close(client)


async def test_a_line_to_the_store(s3_env: dict[str, str]) -> None:
    settings = settings_of(s3_env)
    async with sluice(str(settings.endpoint_url)) as line, open_store(at_port(settings, line.port)) as store:
        await store.put("k", b"x")
        line.hold()
        begun = monotonic()
        with pytest.raises(StoreUnavailable):
            await store.get("k")
        assert monotonic() - begun < NOTICED_SECONDS
        print(f"s3: noticed after {monotonic() - begun:.1f} s")
        line.release()

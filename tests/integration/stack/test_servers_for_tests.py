"""The fixtures of tests/conftest.py give each test servers, or parts of servers, of its own."""

import time
from uuid import uuid4

import asyncpg
import nats
import pytest

from tests.embedded_servers import NatsServer
from tests.integration.stack.dummies import s3_client


@pytest.mark.parametrize("turn", [1, 2])
async def test_a_database_is_empty(database_url: str, turn: int) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute("CREATE TABLE once (turn int)")
    assert await connection.fetchval("SELECT current_setting('server_version_num')::int / 10000") == 18
    await connection.close()


@pytest.mark.parametrize("turn", [1, 2])
async def test_a_bucket_is_empty(s3_env: dict[str, str], bucket: str, turn: int) -> None:
    assert s3_env["S3_BUCKET_NAME"] == bucket
    async with s3_client(s3_env) as client:
        assert "Contents" not in await client.list_objects_v2(Bucket=bucket)
        await client.put_object(Bucket=bucket, Key="a", Body=b"1")
        # A bucket whose last object goes must stay.
        await client.delete_object(Bucket=bucket, Key="a")
        assert bucket in [found["Name"] for found in (await client.list_buckets())["Buckets"]]


async def test_keys_are_bytes_to_the_store(s3_env: dict[str, str], bucket: str) -> None:
    """A store that folded forms of Unicode would compare every new key with all others of its folder."""
    composed, decomposed = "f/\u00e9", "f/e\u0301"
    async with s3_client(s3_env) as client:
        await client.put_object(Bucket=bucket, Key=composed, Body=b"1")
        with pytest.raises(client.exceptions.NoSuchKey):
            await client.get_object(Bucket=bucket, Key=decomposed)


async def test_what_nats_acknowledged_survives_its_kill(nats_server: NatsServer) -> None:
    url, text = nats_server.url("topology"), uuid4().hex.encode()
    connection = await nats.connect(url)
    await connection.jetstream().add_stream(name="S", subjects=["s"])
    await connection.jetstream().publish("s", text)
    await connection.close()

    nats_server.kill()
    began = time.monotonic()
    nats_server.start()

    assert time.monotonic() - began < 5
    assert nats_server.url("topology") == url
    connection = await nats.connect(url)
    assert (await connection.jetstream().get_last_msg("S", "s")).data == text
    await connection.close()

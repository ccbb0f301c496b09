"""The least that a download of many slices is: GET each, as many at a time as an archive reads, and forget it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession

from benchmarks.ours import s3_settings
from gateway.archives.slices import AT_ONCE
from objects.connection import connect
from objects.settings import Timeouts

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

Get = Callable[[str], Awaitable[object]]


async def fetched_at_once(get: Get, keys: Sequence[str]) -> float:
    """Returns seconds."""
    work, started = iter(keys), time.perf_counter()

    async def one_after_another() -> None:
        for key in work:
            await get(key)

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(one_after_another())
    return time.perf_counter() - started


@asynccontextmanager
async def stock_gets(env: dict[str, str]) -> AsyncIterator[Get]:
    """By aiobotocore as a script uses it."""
    settings = s3_settings(env)
    async with AioSession().create_client(
        "s3",
        region_name=settings.region,
        endpoint_url=settings.endpoint_url,
        aws_access_key_id=settings.access_key_id,
        aws_secret_access_key=settings.secret_access_key,
        config=AioConfig(s3={"addressing_style": "path"}, max_pool_connections=AT_ONCE),
    ) as client:
        yield _get_by(client, settings.bucket)


@asynccontextmanager
async def our_gets(env: dict[str, str]) -> AsyncIterator[Get]:
    """By the same library as our services set it up, without what they add to each call."""
    async with connect(s3_settings(env), Timeouts()) as connection:
        yield _get_by(connection.client, connection.bucket)


def _get_by(client: "S3Client", bucket: str) -> Get:
    async def get(key: str) -> bytes:
        answer = await client.get_object(Bucket=bucket, Key=key)
        async with answer["Body"] as stream:
            return await stream.read()

    return get

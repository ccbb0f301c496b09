"""Our store on a bucket of the test's own, the bare client beside it, and a server that a test may kill."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession

from objects import ObjectStore, S3Settings, Timeouts, open_store
from tests.integration.objects.access import settings_of

QUICK = Timeouts(connect_seconds=0.5, read_seconds=1.0, call_seconds=3.0, attempts=2)


@pytest.fixture
def settings(s3_env: dict[str, str]) -> S3Settings:
    return settings_of(s3_env)


@pytest.fixture
async def store(settings: S3Settings) -> AsyncIterator[ObjectStore]:
    async with open_store(settings) as opened:
        yield opened


@pytest.fixture
async def bare_client(settings: S3Settings, aws_session: AioSession) -> AsyncIterator[Any]:
    """Nothing of ours: for looking behind our back and for doing what our store does not."""
    async with aws_session.create_client(
        "s3",
        endpoint_url=settings.endpoint_url,
        region_name=settings.region,
        aws_access_key_id=settings.access_key_id,
        aws_secret_access_key=settings.secret_access_key,
        config=AioConfig(retries={"total_max_attempts": 1}),
    ) as client:
        yield client


@pytest.fixture
def quick() -> Timeouts:
    """For stores that never answer: a test does not wait for 30 seconds."""
    return QUICK


@pytest.fixture
def mortal_server(s3_server: Any, tmp_path: Path) -> Iterator[Any]:
    """A store of the test's own; `kill` and `start` keep its port and its data."""
    server = type(s3_server)(tmp_path)
    server.start()
    yield server
    server.kill()

"""Real servers for every test that asks for one. They start lazily, once a session; what a test sees is its own.

TEST_SERVERS=containers takes the servers from Docker instead of from the project's packages.
"""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import asyncpg
import pytest
from aiobotocore.session import AioSession

from tests.readers.wheels import pytest_report_header  # noqa: F401
from tests.scheduling import (  # noqa: F401
    pytest_collection_modifyitems,
    pytest_configure,
    pytest_runtest_protocol,
    pytest_xdist_make_scheduler,
)
from tests.stacks import RunningStack, StackProcess, processes_of

if TYPE_CHECKING or os.environ.get("TEST_SERVERS") != "containers":
    from tests.embedded_servers import NatsServer, PostgresServer, S3Server
else:
    from tests.container_servers import NatsServer, PostgresServer, S3Server


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """Not pytest's own temporary folder: that keeps the data of the last three sessions, and we have audio."""
    folder = Path(tempfile.mkdtemp(prefix="cuecutter-tests-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_server(server_folder: Path) -> Iterator[PostgresServer]:
    server = PostgresServer(server_folder)
    server.start()
    yield server
    server.close()


@pytest.fixture(scope="session")
def s3_server(server_folder: Path) -> Iterator[S3Server]:
    server = S3Server(server_folder)
    server.start()
    yield server
    server.close()


@pytest.fixture
def nats_server(tmp_path: Path) -> Iterator[NatsServer]:
    """A server of the test's own, with our users and no stream. `kill` and `start` keep port and store."""
    folder = tmp_path / "nats-server"
    folder.mkdir()
    server = NatsServer(folder)
    server.start()
    yield server
    server.close()


@pytest.fixture
async def database_url(postgres_server: PostgresServer) -> AsyncIterator[str]:
    """An empty database of the test's own: postgresql://user:pw@host:port/name."""
    name = f"test_{uuid4().hex}"
    admin = await asyncpg.connect(postgres_server.url())
    await admin.execute(f"CREATE DATABASE {name}")
    yield postgres_server.url(name)
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture(scope="session")
def aws_session() -> AioSession:
    """Reading the description of S3 is most of the cost of a client; a session reads it once."""
    return AioSession()


@pytest.fixture
async def bucket(s3_server: S3Server, aws_session: AioSession) -> str:
    """The name of an empty bucket of the test's own."""
    name = f"test-{uuid4().hex}"
    env = s3_server.environment(name)
    async with aws_session.create_client(
        "s3",
        endpoint_url=env["AWS_ENDPOINT_URL_S3"],
        region_name=env["AWS_REGION"],
        aws_access_key_id=env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
    ) as client:
        await client.create_bucket(Bucket=name)
    return name


@pytest.fixture
def s3_env(s3_server: S3Server, bucket: str) -> dict[str, str]:
    """The AWS_* names and S3_BUCKET_NAME, as a service gets them."""
    return s3_server.environment(bucket)


@pytest.fixture(scope="session")
def running_stack(server_folder: Path) -> Iterator[RunningStack]:
    """The whole system with all services, on embedded servers in any case. Its end must leave no process."""
    folder = server_folder / "stack"
    process = StackProcess(folder)
    try:
        yield process.wait_running()
    finally:
        exit_code = process.end()
    assert processes_of(folder) == {}
    assert exit_code == 0, process.output

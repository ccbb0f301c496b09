"""A Postgres of the test's own, and which tests exist for whom."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded_servers import PostgresServer
from tests.stacks import processes_of

# Only root can become another user; for an ordinary user there is no such case.
collect_ignore = [] if os.geteuid() == 0 else ["test_postgres_as_nobody.py"]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users may enter, which pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="cuecutter-open-"))
    yield folder
    assert processes_of(folder) == {}
    shutil.rmtree(folder)


@pytest.fixture
def server(open_folder: Path) -> PostgresServer:
    return PostgresServer(open_folder)

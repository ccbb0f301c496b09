"""One system for all outages: every one of them must leave it as good as new."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.outages.system import System


@pytest.fixture(scope="session")
def system(server_folder: Path) -> Iterator[System]:
    folder = server_folder / "outages"
    folder.mkdir()
    system = System(folder)
    try:
        system.start()
        yield system
    finally:
        system.close()

"""One system for all outages: every one of them must leave it as good as new."""

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from stack.progress import tail
from tests.outages.system import System


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure shows what the services said last, because their folder goes with the session."""
    report = yield
    system = getattr(item, "funcargs", {}).get("system")
    if report.failed and system is not None:
        report.sections += [(name, tail(system.log(name))) for name in system.services]
    return report


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

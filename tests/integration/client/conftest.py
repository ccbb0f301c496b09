"""Users of the running stack, by the library; each test has a user of its own, except where it only reads."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from cuecutter import AsyncClient, Client, Dataset
from tests.stacks import ROOT, RunningStack

AUDIO = ROOT / "sample" / "sample.flac"
TRANSCRIPT = ROOT / "sample" / "sample.srt"


@pytest.fixture(autouse=True)
def no_login_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("CUECUTTER_URL", "CUECUTTER_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def new_client(running_stack: RunningStack) -> Iterator[Callable[..., Client]]:
    """Makes clients of a new user each, or of `user`."""
    made: list[Client] = []

    def make(user: str = "", url: str = "", **settings: float) -> Client:
        token = running_stack.token(user or f"user-{uuid4()}")
        made.append(Client(url or running_stack.env["GATEWAY_URL"], token, **settings))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(new_client: Callable[..., Client]) -> Client:
    return new_client()


@pytest.fixture
async def async_client(running_stack: RunningStack) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(running_stack.env["GATEWAY_URL"], running_stack.token(f"user-{uuid4()}")) as client:
        yield client


@pytest.fixture(scope="session")
def reader_token(running_stack: RunningStack) -> str:
    """Of the user whose dataset is `ready`."""
    return running_stack.token("reader-of-the-sample")


@pytest.fixture(scope="session")
def ready(running_stack: RunningStack, reader_token: str) -> Dataset:
    """The sample, processed. Nothing changes it."""
    with Client(running_stack.env["GATEWAY_URL"], reader_token) as client:
        uploaded = client.upload(AUDIO, TRANSCRIPT, auto_process=True)
        done = client.wait(uploaded.id, timeout_seconds=60)
    assert done.status == "ready", done.error
    return done


@pytest.fixture
def reader(running_stack: RunningStack, reader_token: str) -> Iterator[Client]:
    with Client(running_stack.env["GATEWAY_URL"], reader_token) as client:
        yield client

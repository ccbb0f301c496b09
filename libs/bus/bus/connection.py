"""One connection profile for every service: never gives up, notices a half-open line, reads only its own replies.

The defaults of nats-py would close for good after two minutes of outage and notice a dead line after four to six.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

import nats
import nats.errors
from faststream.nats import NatsBroker
from msgspec import Meta
from nats.aio.client import Client

from bus.accounts import inbox_prefix
from bus.errors import BusUnavailable
from runtime.tasks import cancel_and_wait

PING_SECONDS: Final = 8  # a half-open line is noticed after three of them: 24 s
HAND_BACK_SECONDS: Final = 1.0  # a stopping worker has this long to finish before its message goes to another

# The setting NATS_URL; another form would be tried again and again instead of stopping the start.
NatsUrl = Annotated[str, Meta(pattern=r"^(nats|tls|wss?)://\S+$")]
Closed = Callable[[], Awaitable[None]]

_log = logging.getLogger(__name__)


def _profile(url: str, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "allow_reconnect": True,
        "max_reconnect_attempts": -1,
        "reconnect_time_wait": 1,
        "connect_timeout": 3,
        "ping_interval": PING_SECONDS,
        "max_outstanding_pings": 2,
        "inbox_prefix": inbox_prefix_of(url),
        "error_cb": _note_trouble,
    }


async def _note_trouble(trouble: Exception) -> None:
    # Only the type: the text of some errors holds the server's address with its password.
    _log.warning("nats trouble", extra={"fields": {"error": type(trouble).__name__}})


def inbox_prefix_of(url: str) -> str:
    """Where the URL's user may receive replies; the common place for a URL without a user."""
    return inbox_prefix(urlsplit(url.split(",")[0]).username or "")


async def connect(url: str, name: str) -> Client:
    """A raw connection, once the server answers; before that it tries indefinitely, once a second. `close` ends it."""
    return await nats.connect(url, **_profile(url, name))


async def close(client: Client) -> None:
    """Ends the connection and its attempts to come back, one of which may outlive nats-py's own `close`."""
    returning = client._reconnection_task
    with suppress(nats.errors.Error):
        await client.close()
    if returning is not None:
        await cancel_and_wait(returning)


async def flush(client: Client) -> None:
    """Until the server has taken all that was sent: a request sent now finds what was subscribed before.

    nats-py's `flush` writes its PING ahead of what still waits to be written; the second one writes it after that.
    Raises: nats.errors.Error when the server is silent or the line is gone.
    """
    await client.flush()
    await client.flush()


@asynccontextmanager
async def connected(url: str, name: str, *, within_seconds: float) -> AsyncIterator[Client]:
    """For a command that a person runs: a connection, closed at the end.

    Raises: BusUnavailable when the server does not answer in time.
    """
    try:
        async with asyncio.timeout(within_seconds):
            client = await connect(url, name)
    except TimeoutError as exc:
        raise BusUnavailable(f"NATS does not answer within {within_seconds:g} s, or refuses the user") from exc
    try:
        yield client
    finally:
        await close(client)


def make_broker(url: str, name: str, *, on_closed: Closed | None = None) -> NatsBroker:
    """A FastStream broker that is not connected yet, with the same profile.

    `on_closed` is called once the connection is closed for good, also by our own stop.
    """
    return NatsBroker(
        url,
        **_profile(url, name),
        closed_cb=on_closed,
        graceful_timeout=HAND_BACK_SECONDS,
        apply_types=False,
        logger=None,
    )

"""The stream's messages that concern a row, in order, each exactly once, from a given sequence on.

A pull consumer without acks, declared by the migrations and set to the reader's own position: the catalog may make no
consumers. It is read over raw nats-py: nats-py's own `fetch(500)` waits for all 500, and FastStream's pull loop spins
when its consumer is gone. A consumer that vanished or that another reader has set elsewhere, a connection that was cut
and a lost message all end the feed with FeedLost; the reader begins again from the stored position.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any, Final

import msgspec
from nats.aio.client import Client
from nats.aio.msg import Msg

from bus import topology
from bus.errors import BusError, BusUnavailable, NotFound
from bus.stream import ANSWER_SECONDS, translated
from catalog.errors import FeedLost
from contracts import envelope, subjects
from runtime.tracing import TRACEPARENT

MAX_MESSAGES: Final = 500
HEARTBEAT_SECONDS: Final = 1.0
SILENCE_SECONDS: Final = 3.5  # three heartbeats missed

_PULL: Final = msgspec.json.encode(
    {
        "batch": MAX_MESSAGES,
        "max_bytes": 16 << 20,  # far above one message's 1 MiB, and little memory
        # Until then the request of a frozen process receives messages meant for its successor.
        "expires": 10_000_000_000,
        "idle_heartbeat": int(HEARTBEAT_SECONDS * 1e9),
    }
)
_IN_FLIGHT_SECONDS: Final = 0.2  # by then a message has arrived that was sent before the server's count


@dataclass(frozen=True, slots=True)
class Received:
    """One stored message; `stored_at` is the server's time, `ce_type` and `traceparent` empty where it has none."""

    seq: int
    stored_at: datetime
    subject: str
    ce_type: str
    body: bytes
    traceparent: str = ""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which stream this is (by the moment it was made), and the sequence of its last message."""

    created: datetime
    last_seq: int


async def identify(client: Client) -> Identity:
    """Raises: BusUnavailable, also while the stream is missing."""
    with _missing_is_unavailable(), translated():
        info = await client.jetstream(timeout=ANSWER_SECONDS).stream_info(subjects.STREAM)
    if info.created is None:
        raise BusUnavailable("the server does not say when the stream was made")
    return Identity(info.created, info.state.last_seq)


@asynccontextmanager
async def reading(client: Client, *, after: int, durable: str = subjects.DURABLE_PROJECT) -> AsyncIterator["Feed"]:
    """The messages with a sequence above `after`. Of two readers of one `durable` the earlier one's feed is lost.

    Raises: BusUnavailable, also while the durable is missing or differs from what is declared.
    """
    feed = Feed(client, durable)
    try:
        await feed.open(after)
        yield feed
    finally:
        await feed.close()


class Feed:
    """One consumer's messages, in order and without a gap. `reading` opens and closes it."""

    def __init__(self, client: Client, durable: str = subjects.DURABLE_PROJECT) -> None:
        self._client = client
        self._js = client.jetstream(timeout=ANSWER_SECONDS)
        self._name = durable
        self._inbox = client.new_inbox()
        self._subscription: Any = None
        self._reconnects = client.stats["reconnects"]
        self._arrived: list[Received] = []
        self._signal = asyncio.Event()
        self._delivered = 0  # the consumer's own count: a gap in it is a lost message
        self._requested = 0  # messages that the open request may still bring
        self._pending = 0
        self._last_message_at = monotonic()
        self._lost = ""

    @property
    def exhausted(self) -> bool:
        """Whether everything stored up to the last message was delivered and taken."""
        return self._pending == 0 and not self._arrived

    @property
    def pending(self) -> int:
        """How many stored messages were not taken yet, by the server's last count."""
        return self._pending + len(self._arrived)

    async def open(self, after: int) -> None:
        with _missing_is_unavailable(), translated():
            self._subscription = await self._client.subscribe(self._inbox, cb=self._take)
            if problems := await topology.missing(self._client, (self._name,)):
                raise BusUnavailable("; ".join(problems))
            reset = await self._js.reset_consumer(subjects.STREAM, self._name, seq=after + 1)
        self._pending = reset.info.num_pending or 0

    async def close(self) -> None:
        # The server drops an open request once its subscription is gone.
        with suppress(BusError), translated():
            if self._subscription is not None:
                await self._subscription.unsubscribe()

    async def next(self, wait_seconds: float) -> list[Received]:
        """1 to 500 messages as soon as there are any, or none after `wait_seconds`.

        Raises: FeedLost, BusUnavailable.
        """
        until = monotonic() + wait_seconds
        while not self._arrived and monotonic() < until:
            self._check()
            self._signal.clear()
            await self._keep_request_open()
            with suppress(TimeoutError):
                async with asyncio.timeout(min(HEARTBEAT_SECONDS, max(until - monotonic(), 0))):
                    await self._signal.wait()
        if not self._arrived:
            self._check()
        messages, self._arrived = self._arrived, []
        if messages:
            await self._keep_request_open()  # the next ones arrive while these are written
        return messages

    async def recount(self) -> None:
        """Compares with the server's count: the last message may be lost, and what was purged never arrives.

        Raises: FeedLost, BusUnavailable.
        """
        try:
            with translated():
                info = await self._js.consumer_info(subjects.STREAM, self._name)
        except NotFound as exc:
            raise FeedLost("the consumer is gone") from exc
        sent = info.delivered.consumer_seq if info.delivered else 0
        if sent > self._delivered:
            await asyncio.sleep(_IN_FLIGHT_SECONDS)
        if sent > self._delivered:
            raise FeedLost(f"message {self._delivered + 1} of the consumer got lost")
        if sent == self._delivered:
            self._pending = info.num_pending or 0

    async def _keep_request_open(self) -> None:
        if self._requested > 0:
            return
        self._requested, self._last_message_at = MAX_MESSAGES, monotonic()
        with translated():
            await self._client.publish(
                f"$JS.API.CONSUMER.MSG.NEXT.{subjects.STREAM}.{self._name}", _PULL, reply=self._inbox
            )

    def _check(self) -> None:
        if self._client.stats["reconnects"] != self._reconnects:
            self._lost = self._lost or "the connection was made again; the server may have sent into the old one"
        if not self._lost and self._requested > 0 and monotonic() - self._last_message_at > SILENCE_SECONDS:
            self._lost = "no heartbeat"
        if self._lost:
            raise FeedLost(self._lost)

    async def _take(self, message: Msg) -> None:
        self._last_message_at = monotonic()
        if message.reply.startswith("$JS.ACK."):
            self._take_event(message)
        else:
            self._take_status(message.headers or {})
        if self._arrived or self._lost or self._requested <= 0:
            self._signal.set()

    def _take_event(self, message: Msg) -> None:
        where = message.metadata
        self._requested -= 1
        self._delivered += 1
        self._pending = where.num_pending
        if where.sequence.consumer != self._delivered and not self._lost:
            self._lost = f"message {self._delivered} of the consumer got lost"
        if self._lost:
            return
        headers = message.headers or {}
        ce_type, trace = headers.get(envelope.CE_TYPE, ""), headers.get(TRACEPARENT, "")
        seq = where.sequence.stream
        self._arrived.append(Received(seq, where.timestamp, message.subject, ce_type, message.data, trace))

    def _take_status(self, headers: dict[str, str]) -> None:
        status, text = headers.get("Status", ""), headers.get("Description", "").lower()
        if status == "100":
            return
        # 404 and 408 end a request in order, as does one of the 409s: the next request brings the rest.
        if status in ("404", "408") or (status == "409" and ("maxbytes" in text or "batch completed" in text)):
            self._requested = 0
        else:
            self._lost = f"the server ended the consumer: {status} {text}".strip()


@contextmanager
def _missing_is_unavailable() -> Iterator[None]:
    try:
        yield
    except NotFound as exc:
        raise BusUnavailable(f"stream {subjects.STREAM} is missing") from exc

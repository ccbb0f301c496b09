"""From a request's bytes to a reply's bytes: always a reply, always in time, never larger than a message may be.

What goes wrong becomes `Unavailable` with its reason here and nowhere else, so that a requester without a reply may
conclude that no catalog is there.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final, TypeVar

import msgspec

from catalog.adapters import metrics
from catalog.errors import CatalogError
from contracts.queries import Reply, Rows, Unavailable

REPLY_SECONDS: Final = 2.0
MAX_BYTES: Final = 1_000_000  # of a reply; a NATS message carries 1,048,576

_Request = TypeVar("_Request")
_encoder = msgspec.json.Encoder()
_log = logging.getLogger(__name__)


class Replies:
    """Replies to requests; keeps the tasks it gave up on until they have ended by themselves."""

    def __init__(self) -> None:
        self._abandoned: set[asyncio.Task[Reply]] = set()

    async def reply(
        self,
        body: bytes,
        decoder: msgspec.json.Decoder[_Request],
        handler: Callable[[_Request], Awaitable[Reply]],
    ) -> bytes:
        started = monotonic()
        try:
            request = decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as exc:
            return _encoded(Unavailable(reason=f"malformed request: {exc}"))
        reply = await self._in_time(handler(request))
        _log_reply(request, reply, monotonic() - started)
        return _encoded(reply)

    async def _in_time(self, reply: Awaitable[Reply]) -> Reply:
        task = asyncio.ensure_future(_guarded(reply))
        self._abandoned.add(task)
        task.add_done_callback(self._abandoned.discard)
        done, _ = await asyncio.wait({task}, timeout=REPLY_SECONDS)
        if done:
            return task.result()
        # Not awaited: cancelling a statement of a database that hangs may take as long as the statement.
        task.cancel()
        return _refused(f"the database did not answer within {REPLY_SECONDS:g} s")


async def _guarded(reply: Awaitable[Reply]) -> Reply:
    try:
        return await reply
    except CatalogError as exc:
        return _refused(str(exc))


def _log_reply(request: object, reply: Reply, seconds: float) -> None:
    kind, outcome = type(request).__name__, type(reply).__name__.lower()
    metrics.replied(kind, outcome, seconds)
    fields = {
        "question": kind,
        "dataset_id": getattr(request, "dataset_id", None),
        "outcome": outcome,
        "ms": round(seconds * 1000, 1),
    }
    _log.info("question", extra={"fields": fields})


def _refused(reason: str) -> Unavailable:
    _log.warning("unavailable", extra={"fields": {"reason": reason}})
    return Unavailable(reason=reason)


def _encoded(reply: Reply) -> bytes:
    """A page that is too long is cut: the requester continues from its last row, as after any page with `more`."""
    body = _encoder.encode(reply)
    while len(body) > MAX_BYTES:
        if not isinstance(reply, Rows) or len(reply.rows) < 2:
            return _encoder.encode(_refused(f"a reply of {len(body)} bytes is too large for one message"))
        keep = max(1, len(reply.rows) * MAX_BYTES // len(body) - 1)
        reply = Rows(rows=reply.rows[:keep], more=True)
        body = _encoder.encode(reply)
    return body

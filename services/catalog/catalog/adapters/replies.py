"""A question's bytes to an answer's bytes: always an answer, always in time, never larger than a message may be.

What goes wrong becomes `Unavailable` with its reason here and nowhere else; a requester who hears nothing may conclude
that nobody listens.
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

ANSWER_SECONDS: Final = 2.0
MAX_BYTES: Final = 1_000_000  # of an answer; a NATS message carries 1,048,576

_Question = TypeVar("_Question")
_encoder = msgspec.json.Encoder()
_log = logging.getLogger(__name__)


class Replies:
    """Answers questions; keeps what it gave up on until that has ended by itself."""

    def __init__(self) -> None:
        self._abandoned: set[asyncio.Task[Reply]] = set()

    async def reply(
        self,
        body: bytes,
        decoder: msgspec.json.Decoder[_Question],
        handler: Callable[[_Question], Awaitable[Reply]],
    ) -> bytes:
        started = monotonic()
        try:
            question = decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as exc:
            return _encoded(Unavailable(reason=f"malformed request: {exc}"))
        answer = await self._in_time(handler(question))
        _tell(question, answer, monotonic() - started)
        return _encoded(answer)

    async def _in_time(self, answer: Awaitable[Reply]) -> Reply:
        task = asyncio.ensure_future(_guarded(answer))
        self._abandoned.add(task)
        task.add_done_callback(self._abandoned.discard)
        done, _ = await asyncio.wait({task}, timeout=ANSWER_SECONDS)
        if done:
            return task.result()
        # Not awaited: cancelling a statement of a database that hangs may take as long as the statement.
        task.cancel()
        return _refused(f"the database did not answer within {ANSWER_SECONDS:g} s")


async def _guarded(answer: Awaitable[Reply]) -> Reply:
    try:
        return await answer
    except CatalogError as exc:
        return _refused(str(exc))


def _tell(question: object, answer: Reply, seconds: float) -> None:
    kind, outcome = type(question).__name__, type(answer).__name__.lower()
    metrics.answered(kind, outcome, seconds)
    fields = {
        "question": kind,
        "dataset_id": getattr(question, "dataset_id", None),
        "outcome": outcome,
        "ms": round(seconds * 1000, 1),
    }
    _log.info("question", extra={"fields": fields})


def _refused(reason: str) -> Unavailable:
    _log.warning("unavailable", extra={"fields": {"reason": reason}})
    return Unavailable(reason=reason)


def _encoded(answer: Reply) -> bytes:
    """A page that is too long is cut: the reader goes on from the last row, as after any page with `more`."""
    body = _encoder.encode(answer)
    while len(body) > MAX_BYTES:
        if not isinstance(answer, Rows) or len(answer.rows) < 2:
            return _encoder.encode(_refused(f"an answer of {len(body)} bytes is too large for one message"))
        keep = max(1, len(answer.rows) * MAX_BYTES // len(body) - 1)
        answer = Rows(rows=answer.rows[:keep], more=True)
        body = _encoder.encode(answer)
    return body

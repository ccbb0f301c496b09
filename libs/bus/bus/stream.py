"""The stream as a store: leader reads, one publish, one atomic batch. Every answer is clear or a named error.

Reads go to the stream leader and never to a replica's direct get, which may be stale; decisions rest on them.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final
from uuid import uuid4

import msgspec
import nats.errors
import nats.js.errors
from nats.aio.client import Client

from bus.errors import BusUnavailable, NotFound, from_server
from bus.messages import Message
from bus.stored import Stored, read
from contracts import envelope, subjects
from runtime import tracing

MAX_BATCH: Final = 1_000  # the server's limit of messages in one atomic batch
ANSWER_SECONDS: Final = 2.0  # half of a request's time: a second try still fits into five seconds


@contextmanager
def translated() -> Iterator[None]:
    """The one table from nats-py's errors to ours."""
    try:
        yield
    except nats.js.errors.NotFoundError as exc:
        raise NotFound(exc.description or "not found") from exc
    except (nats.js.errors.ServiceUnavailableError, nats.js.errors.NoStreamResponseError) as exc:
        raise BusUnavailable("JetStream does not answer") from exc
    except nats.js.errors.APIError as exc:
        raise from_server(exc.err_code, exc.description) from exc
    except (nats.errors.Error, TimeoutError, OSError) as exc:
        raise BusUnavailable(f"NATS does not answer: {type(exc).__name__}") from exc


class Stream:
    """One JetStream stream over one connection. `api` leads to the one of another account."""

    def __init__(self, client: Client, name: str = subjects.STREAM, *, api: str = "$JS.API") -> None:
        self._client = client
        self._name = name
        self._get = f"{api}.STREAM.MSG.GET.{name}"
        self._js = client.jetstream(timeout=ANSWER_SECONDS, prefix=api)

    async def last(self, subject: str) -> Stored | None:
        """The last message on exactly `subject`, from the leader.

        Raises: BusUnavailable.
        """
        return await self._read({"last_by_subj": subject})

    async def following(self, subject: str, seq: int) -> Stored | None:
        """The first message on `subject` (wildcards allowed) with a sequence of at least `seq`, from the leader.

        Raises: BusUnavailable.
        """
        return await self._read({"seq": max(seq, 1), "next_by_subj": subject})

    async def every(self, subject: str) -> AsyncIterator[Stored]:
        """All messages on `subject` (wildcards allowed) in stream order.

        Raises: BusUnavailable.
        """
        stored = await self.following(subject, 1)
        while stored is not None:
            yield stored
            stored = await self.following(subject, stored.seq + 1)

    async def count(self, subject: str) -> int:
        """How many subjects below the filter `subject` hold a message; at most 100,000 are counted by the server.

        Raises: BusUnavailable.
        """
        with translated():
            info = await self._js.stream_info(self._name, subjects_filter=subject)
        return len(info.state.subjects or {})

    async def publish(self, message: Message) -> int:
        """Stores one message and returns its sequence.

        Raises: ConditionFailed, InFlight, BusUnavailable, PublishRejected.
        """
        with _storing([message]), translated():
            ack = await self._js.publish(message.subject, message.body, headers=message.headers)
        return ack.seq

    async def commit(self, messages: Sequence[Message]) -> int:
        """Stores all of `messages` or none, and returns the sequence of the last (ADR-50 of nats-io).

        Raises: ValueError for more than MAX_BATCH messages; ConditionFailed, InFlight, BatchAbandoned,
        BusUnavailable, PublishRejected.
        """
        if not 1 <= len(messages) <= MAX_BATCH:
            raise ValueError(f"a batch holds 1 to {MAX_BATCH} messages, not {len(messages)}")
        batch_id = uuid4().hex
        with _storing(messages), translated():
            for position, message in enumerate(messages[:-1], start=1):
                headers = message.headers | {"Nats-Batch-Id": batch_id, "Nats-Batch-Sequence": str(position)}
                await self._client.publish(message.subject, message.body, headers=headers)
            closing = {"Nats-Batch-Id": batch_id, "Nats-Batch-Sequence": str(len(messages)), "Nats-Batch-Commit": "1"}
            ack = await self._js.publish(
                messages[-1].subject, messages[-1].body, headers=messages[-1].headers | closing
            )
        return ack.seq

    async def last_seq(self) -> int:
        """The sequence of the last message it has taken in, 0 before the first.

        Raises: BusUnavailable; NotFound where there is no such stream.
        """
        with translated():
            return (await self._js.stream_info(self._name)).state.last_seq

    async def purge(self, subject: str, *, keep: int = 0) -> None:
        """Removes all but the last `keep` messages on `subject` (wildcards allowed).

        Raises: BusUnavailable.
        """
        with translated():
            await self._js.purge_stream(self._name, subject=subject, keep=keep or None)

    async def _read(self, which: dict[str, Any]) -> Stored | None:
        # Past nats-py's own `get_msg`, for what reading its answer costs; see `stored`.
        with translated():
            answer = await self._client.request(self._get, msgspec.json.encode(which), timeout=ANSWER_SECONDS)
            return read(answer.data)


@contextmanager
def _storing(messages: Sequence[Message]) -> Iterator[None]:
    """A span named by the last message: what a batch ends with is what it was written for."""
    with tracing.span(f"store {messages[-1].headers.get(envelope.CE_TYPE, '')}", "producer") as span:
        span.note(messages=len(messages))
        yield

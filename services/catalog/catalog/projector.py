"""Keeps the rows up with the stream: one leader at a time, from the stored position, indefinitely.

Whatever goes wrong – a server away, the stream made again, another leader – ends in a new beginning from the stored
position after a pause. A message that can't be used is counted and passed over; it never holds up those after it.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from functools import partial
from time import monotonic
from typing import Final

from nats.aio.client import Client

from bus.errors import BusError
from catalog.adapters import feed, metrics, stream_identity
from catalog.adapters import projection_store as store
from catalog.adapters.database import Database, WriteConnection, transaction
from catalog.adapters.feed import Feed, Received
from catalog.adapters.projection_store import Position
from catalog.adapters.rows import is_dataset_id
from catalog.domain.projection import Fact
from catalog.errors import CatalogError, PositionMoved
from contracts import envelope
from runtime import tracing

STANDBY_SECONDS: Final = 1.0
IDLE_SECONDS: Final = 5.0  # between two checks of the session, the lock and the position while nothing happens
ALIVE_SECONDS: Final = 15.0
_PAUSES_SECONDS: Final = (0.1, 0.2, 0.5, 1.0, 2.0)

_log = logging.getLogger(__name__)


class Projector:
    """One replica's projector; `run` never returns."""

    def __init__(self, database: Database, client: Client) -> None:
        self._database = database
        self._client = client
        self._skipped: Counter[str] = Counter()
        self._unknown_options_logged = False
        self._problem = "not started yet"
        self._failures = 0
        self._last_progress = monotonic()

    async def run(self) -> None:
        while True:
            try:
                await self._once()
            except (CatalogError, BusError) as exc:
                self._report(f"{type(exc).__name__}: {exc}")
            await asyncio.sleep(_PAUSES_SECONDS[min(self._failures, len(_PAUSES_SECONDS)) - 1])

    async def check(self) -> None:
        """Readiness: leading with a known position, or standing by for it.

        Raises: CatalogError saying what is in the way.
        """
        if self._problem:
            raise CatalogError(self._problem)
        silent_seconds = monotonic() - self._last_progress
        if silent_seconds > ALIVE_SECONDS:
            raise CatalogError(f"no sign of life for {silent_seconds:.0f} s")

    async def _once(self) -> None:
        async with self._database.projecting() as connection:
            # The session that holds the lock is the one that writes: a replica that lost it can't write either.
            while not await store.try_lead(connection):
                self._alive()
                await asyncio.sleep(STANDBY_SECONDS)
            await self.follow(connection)

    async def follow(self, connection: WriteConnection) -> None:
        """Reads on from the stored position until something goes wrong.

        Raises: CatalogError, BusError.
        """
        position = await self._adopt(connection)
        async with feed.reading(self._client, after=position.seq) as messages:
            self._alive()
            while True:
                position = await self._step(connection, messages, position)
                self._alive()
                self._failures = 0

    async def _adopt(self, connection: WriteConnection) -> Position:
        before, position = await store.adopt(
            connection, partial(feed.identify, self._client), partial(stream_identity.contains, self._client)
        )
        fields = {"position": position.seq}
        if before != position and before.stream_created is not None:
            fields |= {"rows_were_at": before.seq}
            _log.warning("another stream, or set back: projecting from its beginning", extra={"fields": fields})
        _log.info("leading", extra={"fields": fields})
        return position

    async def _step(self, connection: WriteConnection, messages: Feed, position: Position) -> Position:
        batch = await messages.next(IDLE_SECONDS)
        if batch:
            reached = await self._project(connection, position, batch)
            metrics.pending(messages.pending)
            return reached
        await messages.recount()
        metrics.pending(messages.pending)
        async with transaction(connection):
            if await store.locked_position(connection) != position:
                raise PositionMoved("another projector has moved the position")
        return position

    async def _project(self, connection: WriteConnection, position: Position, batch: Sequence[Received]) -> Position:
        started = monotonic()
        skipped = sum(self._skipped.values())
        facts = [fact for fact in map(self._fact, batch) if fact is not None]
        after = position.after(facts, batch[-1].seq)
        written = await store.advance(connection, position, after, facts)
        for fact, why in written.refused:
            self._skip(envelope.CE_TYPES[type(fact.event)], fact.seq, why)
        seconds = monotonic() - started
        fields = {
            "from": position.seq,
            "to": after.seq,
            "messages": len(batch),
            "saved": written.saved,
            "removed": written.removed,
            "skipped": sum(self._skipped.values()) - skipped,
            "ms": round(seconds * 1000, 1),
        }
        _log.info("projected", extra={"fields": fields})
        for message in batch:
            tracing.past(f"project {message.ce_type}", seconds, message.traceparent)
        return after

    def _fact(self, message: Received) -> Fact | None:
        fact, reason = decoded(message)
        if fact is None:
            self._skip(message.ce_type, message.seq, reason)
        elif reason:
            self._log_unknown_options_once(message.seq, reason)
        return fact

    def _log_unknown_options_once(self, seq: int, why: str) -> None:
        """A row without an option does no harm; a log line for each such row would."""
        if not self._unknown_options_logged:
            self._unknown_options_logged = True
            fields = {"sequence": seq, "reason": why, "remedy": "after the upgrade, `python -m catalog rebuild`"}
            _log.warning("an option of a newer version is left out of the rows", extra={"fields": fields})

    def _skip(self, ce_type: str, seq: int, why: str) -> None:
        self._skipped[ce_type] += 1
        metrics.skipped(ce_type)
        if self._skipped[ce_type] == 1:
            fields = {"type": ce_type, "sequence": seq, "reason": why}
            _log.warning("skipped; further ones of this type are only counted", extra={"fields": fields})

    def _alive(self) -> None:
        self._last_progress, self._problem = monotonic(), ""

    def _report(self, problem: str) -> None:
        if problem != self._problem:
            _log.warning("projector begins again", extra={"fields": {"reason": problem}})
        self._problem = problem
        self._failures += 1


def decoded(message: Received) -> tuple[Fact | None, str]:
    """The message as a fact, or None and why it is none. A fact with a reason lacks the options it names."""
    reason = ""
    try:
        try:
            event = envelope.decode(message.body)
        except envelope.NewerEvent as exc:
            event, reason = envelope.decode_dropping_unknown_options(message.body), str(exc)
    except envelope.UndecodableEvent as exc:
        return None, str(exc)
    if not is_dataset_id(event.dataset_id):
        return None, "the dataset's id is not a UUID as we write them"
    return Fact(event, message.seq, message.stored_at), reason

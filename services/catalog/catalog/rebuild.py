"""`python -m catalog rebuild`: replays the stream from its beginning and makes the rows equal to what it says.

The replay goes into a table of this session's own, while the replicas continue to serve and to project. Only the end is
one short transaction that holds the position: the replay catches up to exactly there, rows that differ are replaced,
and the projector continues from the same position. Killed at any moment it leaves the rows as they were, or rebuilt.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import Final

from nats.aio.client import Client

from bus import connection as line
from bus.errors import BusError
from catalog.adapters import feed, scratch, stream_identity
from catalog.adapters import projection_store as store
from catalog.adapters.database import Database, WriteConnection, transaction
from catalog.adapters.projection_store import Position
from catalog.adapters.scratch import Differences
from catalog.errors import CatalogError, RebuildRefused
from catalog.projector import decoded
from catalog.settings import Settings
from contracts import subjects

STATEMENT_SECONDS: Final = 600.0  # comparing and replacing every row of a large table is one statement
CONNECT_SECONDS: Final = 15.0
QUIET_SECONDS: Final = 1.0

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """`messages` were replayed up to stream sequence `position`. `differences` are repaired, unless only checking."""

    messages: int
    position: int
    rows: int
    differences: Differences


async def main(settings: Settings, *, check: bool) -> int:
    """The exit status: 0, or 1 when it could not be done or, with `check`, when rows differ."""
    database = Database(settings.database_url, project_seconds=STATEMENT_SECONDS)
    try:
        async with line.connected(settings.nats_url, "catalog", within_seconds=CONNECT_SECONDS) as client:
            outcome = await rebuild(database, client, check=check, report=print)
    except (CatalogError, BusError) as exc:
        print(f"rebuild: {exc}; nothing is half done, run it again", file=sys.stderr)
        return 1
    finally:
        await database.close()
    return 1 if check and outcome.differences.any else 0


async def rebuild(database: Database, client: Client, *, check: bool, report: Report) -> Outcome:
    """Raises: RebuildRefused, DatabaseUnavailable, SchemaMissing, FeedLost, BusUnavailable; nothing is changed then."""
    async with database.projecting() as connection:
        stored = await _stored_position(connection, client)
        async with transaction(connection):
            await scratch.make(connection)
        replay = _Replay(connection, client, report)
        await replay.up_to(stored.seq)
        async with transaction(connection):
            now = await store.locked_position(connection)
            if now.stream_created != stored.stream_created or now.seq < stored.seq:
                raise RebuildRefused("the projection began again meanwhile, which is a rebuild of its own")
            await replay.up_to(now.seq)
            differences = await scratch.differences(connection)
            if not check:
                await scratch.replace(connection)
            outcome = Outcome(replay.messages, now.seq, await scratch.count(connection), differences)
    _report_outcome(outcome, report, check=check)
    return outcome


async def _stored_position(connection: WriteConnection, client: Client) -> Position:
    async with transaction(connection):
        stored = await store.locked_position(connection)
        stream = await feed.identify(client)  # after the position, which may advance meanwhile
        same = stored.last_life_event is None or await stream_identity.contains(client, stored.last_life_event)
    if stored.stream_created != stream.created or stored.seq > stream.last_seq or not same:
        raise RebuildRefused("the rows do not come from this stream yet; start the catalog, which reads it from 1")
    return stored


class _Replay:
    """Projects the stream from 1 into the scratch table, in pieces that each end at a given sequence."""

    def __init__(self, connection: WriteConnection, client: Client, report: Report) -> None:
        self._connection, self._client, self._report = connection, client, report
        self._at = 0
        self._started = self._reported = monotonic()
        self.messages = 0

    async def up_to(self, seq: int) -> None:
        """Raises: FeedLost, BusUnavailable, DatabaseUnavailable."""
        if seq <= self._at:
            return
        async with feed.reading(self._client, after=self._at, durable=subjects.DURABLE_REBUILD) as messages:
            while self._at < seq:
                batch = await messages.next(QUIET_SECONDS)
                if not batch and not messages.exhausted:
                    await messages.recount()
                await self._project([message for message in batch if message.seq <= seq])
                # What was stored between the last message and `seq` was purged or has expired.
                if messages.exhausted or (batch and batch[-1].seq >= seq):
                    self._at = seq

    async def _project(self, batch: list[feed.Received]) -> None:
        facts = [fact for fact, _ in map(decoded, batch) if fact is not None]
        await scratch.apply(self._connection, facts)
        self.messages += len(batch)
        if batch and monotonic() - self._reported > 1:
            self._reported = monotonic()
            rate = self.messages / (self._reported - self._started)
            self._report(f"rebuild: {self.messages} messages, {rate:.0f} messages/s, at sequence {batch[-1].seq}")


def _report_outcome(outcome: Outcome, report: Report, *, check: bool) -> None:
    found = outcome.differences
    report(f"rebuild: {outcome.messages} messages up to sequence {outcome.position} give {outcome.rows} rows")
    verb = "would be" if check else "were"
    report(f"rebuild: {found.added} rows {verb} added, {found.removed} removed, {found.changed} changed")
    for example in found.examples:
        report(f"rebuild:   {example}")

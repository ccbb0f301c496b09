"""The rows and the one position, written together by the leader.

Every transaction locks the position first and moves it last, from exactly where it was: however many projectors
believe they lead, each message counts once. The lock below only saves them from competing.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ARRAY, ColumnElement, Table, any_, delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert

from catalog.adapters import tables
from catalog.adapters.database import WriteConnection, savepoint, transaction
from catalog.adapters.feed import Identity
from catalog.adapters.rows import columns_of, row_from
from catalog.adapters.stream_identity import LifeEventId
from catalog.domain.projection import Fact, Rows, fold
from catalog.errors import PositionMoved, SchemaMissing, Unstorable
from contracts import events

LEADER_LOCK: Final = 0x7474735F63617461  # "tts_cata": any number that nothing else locks in this database

Identify = Callable[[], Awaitable[Identity]]
Contains = Callable[[LifeEventId], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Position:
    """Everything up to stream sequence `seq` is in the rows; a re-created stream counts from 1 again.

    `last_life_event` is the last one in them, None before the first.
    """

    stream_created: datetime | None
    seq: int
    last_life_event: LifeEventId | None = None

    def after(self, facts: Sequence[Fact], to: int) -> "Position":
        """The position once `facts`, in stream order, are in the rows, and everything else up to `to` is passed."""
        lives = [fact for fact in facts if isinstance(fact.event, events.LifeEvent)]
        if not lives:
            return Position(self.stream_created, to, self.last_life_event)
        last = lives[-1]
        return Position(self.stream_created, to, LifeEventId(last.seq, last.stored_at, last.event.dataset_id))


@dataclass(frozen=True, slots=True)
class Written:
    """Rows written and rows removed, and the facts that Postgres refuses, each with the reason."""

    saved: int
    removed: int
    refused: tuple[tuple[Fact, str], ...] = ()


async def try_lead(connection: WriteConnection) -> bool:
    """Whether this session is now the one that projects; it stays so until the session ends."""
    async with transaction(connection):
        return bool(await connection.scalar(select(func.pg_try_advisory_lock(LEADER_LOCK))))


async def locked_position(connection: WriteConnection) -> Position:
    """Waits for every other writer of the rows, and keeps them waiting until this transaction ends.

    Raises: SchemaMissing.
    """
    found = (await connection.execute(select(tables.position).with_for_update())).one_or_none()
    if found is None:
        raise SchemaMissing("the position's row is missing; run `python -m migrations` on an empty database")
    if found.life_seq is None:
        return Position(found.stream_created, found.seq)
    last = LifeEventId(found.life_seq, found.life_stored_at, found.life_of)
    return Position(found.stream_created, found.seq, last)


async def adopt(connection: WriteConnection, identify: Identify, contains: Contains) -> tuple[Position, Position]:
    """The position before, and the one to continue from, in the stream that `identify` finds.

    They differ when the rows came from another stream, or from more of this one than it holds: then the rows go.
    """
    async with transaction(connection):
        before = await locked_position(connection)
        # Not before: while the position is locked, the right stream can't be at an older sequence.
        stream = await identify()
        same = before.stream_created == stream.created and before.seq <= stream.last_seq
        if same and (before.last_life_event is None or await contains(before.last_life_event)):
            return before, before
        await connection.execute(text("TRUNCATE dataset"))
        after = Position(stream.created, 0)
        await connection.execute(update(tables.position).values(_columns(after)))
        return before, after


async def advance(connection: WriteConnection, before: Position, after: Position, facts: Sequence[Fact]) -> Written:
    """One transaction: the facts into the rows, the position from `before` to `after`.

    Raises: PositionMoved; DatabaseUnavailable, and then it may or may not be written.
    """
    async with transaction(connection):
        if await locked_position(connection) != before:
            raise PositionMoved("another projector has moved the position")
        written = await apply(connection, tables.dataset, facts)
        moved = await connection.execute(
            update(tables.position).where(tables.position.c.seq == before.seq).values(_columns(after))
        )
        if moved.rowcount != 1:
            raise PositionMoved("another projector has moved the position")
        return written


def _columns(position: Position) -> dict[str, Any]:
    last = position.last_life_event
    return {
        "stream_created": position.stream_created,
        "seq": position.seq,
        "life_seq": last and last.seq,
        "life_stored_at": last and last.stored_at,
        "life_of": last and last.dataset_id,
    }


async def apply(connection: WriteConnection, table: Table, facts: Sequence[Fact]) -> Written:
    """Reads the rows that `facts` are about, folds, and writes those that change. Does not commit.

    A fact that can't be stored is found by halving and left out, so that it never holds up those after it.
    """
    try:
        async with savepoint(connection):
            return await _apply_all(connection, table, facts)
    except Unstorable as exc:
        if len(facts) == 1:
            return Written(0, 0, ((facts[0], str(exc)),))
    middle = len(facts) // 2
    first = await apply(connection, table, facts[:middle])
    second = await apply(connection, table, facts[middle:])
    return Written(first.saved + second.saved, first.removed + second.removed, first.refused + second.refused)


async def _apply_all(connection: WriteConnection, table: Table, facts: Sequence[Fact]) -> Written:
    changed = _folded(await _load(connection, table, {fact.event.dataset_id for fact in facts}), facts)
    gone = [dataset_id for dataset_id, row in changed.items() if row is None]
    saved = [columns_of(row) for row in changed.values() if row is not None]
    if gone:
        await connection.execute(delete(table).where(_among(table, gone)))
    if saved:
        await connection.execute(_upsert(table), saved)
    return Written(len(saved), len(gone))


def _folded(current: Rows, facts: Sequence[Fact]) -> Rows:
    try:
        return fold(current, facts)
    except ArithmeticError as exc:
        raise Unstorable(f"an event's numbers make no sense: {exc}") from exc


async def _load(connection: WriteConnection, table: Table, ids: Collection[str]) -> Rows:
    found = await connection.execute(select(table).where(_among(table, ids)))
    return {columns["id"]: row_from(columns) for columns in found.mappings()}


def _among(table: Table, ids: Collection[str]) -> ColumnElement[bool]:
    # One array: the statement is the same, and prepared once, however many ids there are.
    return table.c.id == any_(literal(list(ids), ARRAY(table.c.id.type)))


def _upsert(table: Table) -> Any:
    statement = insert(table)
    new = {column.name: statement.excluded[column.name] for column in table.c if not column.primary_key}
    return statement.on_conflict_do_update(index_elements=[table.c.id], set_=new)

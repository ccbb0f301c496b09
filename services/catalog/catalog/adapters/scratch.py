"""A second table of rows that only this session sees, and how it differs from the real one.

It vanishes with the session, so a rebuild that was killed leaves nothing to clean up.
"""

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, MetaData, and_, delete, exists, func, insert, or_, select, text

from catalog.adapters import tables
from catalog.adapters.database import WriteConnection, transaction
from catalog.adapters.projection_store import Written
from catalog.adapters.projection_store import apply as apply_to
from catalog.domain.projection import Fact

EXAMPLES: Final = 10

table: Final = tables.dataset_table("dataset_replayed", MetaData())


@dataclass(frozen=True, slots=True)
class Differences:
    """What the real table needs to become the replayed one; `examples` name the first datasets."""

    added: int
    removed: int
    changed: int
    examples: tuple[str, ...]

    @property
    def any(self) -> bool:
        return bool(self.added or self.removed or self.changed)


async def make(connection: WriteConnection) -> None:
    await connection.execute(text(f"CREATE TEMPORARY TABLE {table.name} (LIKE dataset INCLUDING ALL)"))


async def apply(connection: WriteConnection, facts: Sequence[Fact]) -> Written:
    """As the projector applies them; commits, unless a transaction is in progress."""
    async with nullcontext() if connection.in_transaction() else transaction(connection):
        return await apply_to(connection, table, facts)


async def count(connection: WriteConnection) -> int:
    return int(await connection.scalar(select(func.count()).select_from(table)) or 0)


async def differences(connection: WriteConnection) -> Differences:
    """Compares every column of every row, in one statement."""
    both = tables.dataset.join(table, tables.dataset.c.id == table.c.id, full=True)
    real, replayed = tables.dataset.c.id, table.c.id
    query = (
        select(
            func.coalesce(real, replayed).label("id"),
            real.is_(None).label("added"),
            replayed.is_(None).label("removed"),
        )
        .select_from(both)
        .where(or_(real.is_(None), replayed.is_(None), ~_same()))
    )
    return _counted((await connection.execute(query)).all())


async def replace(connection: WriteConnection) -> None:
    """Makes the real table equal to this one by touching only the rows that differ."""
    kept = exists().where(table.c.id == tables.dataset.c.id, _same())
    await connection.execute(delete(tables.dataset).where(~kept))
    there = exists().where(tables.dataset.c.id == table.c.id)
    names = [column.name for column in table.c]
    await connection.execute(insert(tables.dataset).from_select(names, select(table).where(~there)))


def _same() -> ColumnElement[bool]:
    return and_(*(column.is_not_distinct_from(table.c[column.name]) for column in tables.dataset.c))


def _counted(rows: Sequence[Any]) -> Differences:
    added, removed = sum(row.added for row in rows), sum(row.removed for row in rows)
    examples = tuple(
        f"{row.id}: {'missing' if row.added else 'not in the stream' if row.removed else 'differs'}"
        for row in rows[:EXAMPLES]
    )
    return Differences(added, removed, len(rows) - added - removed, examples)

"""What the replies need of the database: one row, one page, and how far the rows have come.

Each reading is one statement, so a row and the position it was seen at belong together.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from sqlalchemy import BigInteger, Text, Uuid, bindparam, extract, func, literal_column, select

from catalog.adapters import tables
from catalog.adapters.database import REMEDY, Database
from catalog.adapters.rows import row_from_driver
from catalog.adapters.statements import Statement
from catalog.errors import SchemaMissing
from contracts.dataset import Status
from contracts.queries import DatasetRow, ListDatasets

POLL_SECONDS: Final = (0.002, 0.004, 0.008, 0.015, 0.03, 0.05)  # a life event is in the rows after 10 to 30 ms

_GET: Final = Statement.of(
    select(tables.position.c.seq.label("position"), tables.dataset).join_from(
        tables.position, tables.dataset, tables.dataset.c.id == bindparam("id", type_=Uuid(as_uuid=False)), isouter=True
    )
)
_POSITION: Final = Statement.of(select(tables.position.c.seq))
_REVISION: Final = Statement.of(select(tables.revision.c.version_num))
_FIGURES: Final = Statement.of(
    select(
        tables.dataset.c.status,
        func.count().label("datasets"),
        extract("epoch", func.now() - func.min(tables.dataset.c.updated_at)).label("age"),
    ).group_by(tables.dataset.c.status)
)
_ANY: Final = Statement.of(select(tables.dataset.c.id).limit(literal_column("1")))


@dataclass(frozen=True, slots=True)
class Found:
    """`row` as it was when everything up to stream sequence `position` was in the rows."""

    position: int
    row: DatasetRow | None


@dataclass(frozen=True, slots=True)
class Figures:
    """How many datasets there are by status, the age of the oldest run in progress (0 without one), the position."""

    datasets: Mapping[Status, int]
    oldest_run_seconds: float
    position: int


class Reader:
    """Reads for any number of requests at once; requests that wait share one reading of the position."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._position_reading: asyncio.Task[int] | None = None

    async def get(self, dataset_id: str) -> Found:
        """`dataset_id` must be a UUID as we write them.

        Raises: DatabaseUnavailable, SchemaMissing, Unreadable.
        """
        async with self._database.reading() as connection:
            columns = await connection.fetchrow(_GET.text, dataset_id)
        if columns is None:
            raise SchemaMissing(f"the position's row is missing; {REMEDY}")
        return Found(columns["position"], None if columns["id"] is None else row_from_driver(columns))

    async def page(self, request: ListDatasets) -> list[DatasetRow]:
        """One row more than `limit`, where there are so many; newest first.

        Raises: DatabaseUnavailable, SchemaMissing, Unreadable.
        """
        filters = {"user_id": request.user_id, "before": request.before, "status": request.status}
        given = {name: value for name, value in filters.items() if value is not None}
        query = _page(frozenset(given))
        async with self._database.reading() as connection:
            found = await connection.fetch(query.text, *query.values({**given, "limit": request.limit + 1}))
        return [row_from_driver(columns) for columns in found]

    async def figures(self) -> Figures:
        """Raises: DatabaseUnavailable, SchemaMissing."""
        async with self._database.reading() as connection:
            found = {row["status"]: row for row in await connection.fetch(_FIGURES.text)}
        running = found.get(Status.PROCESSING.value)
        counts = {status: found[status.value]["datasets"] if status.value in found else 0 for status in Status}
        return Figures(counts, float(running["age"]) if running else 0.0, await self.position())

    async def reached(self, seq: int) -> None:
        """Waits, for as long as it takes, until everything up to `seq` is in the rows.

        Raises: DatabaseUnavailable, SchemaMissing.
        """
        attempt = 0
        while await self.position() < seq:
            await asyncio.sleep(POLL_SECONDS[min(attempt, len(POLL_SECONDS) - 1)])
            attempt += 1

    async def position(self) -> int:
        """Raises: DatabaseUnavailable, SchemaMissing."""
        if self._position_reading is None or self._position_reading.done():
            self._position_reading = asyncio.create_task(self._position())
        return await asyncio.shield(self._position_reading)

    async def check(self) -> None:
        """Readiness: the database answers and has this version's schema, or a later one.

        Raises: DatabaseUnavailable, SchemaMissing.
        """
        async with self._database.reading() as connection:
            found = await connection.fetchval(_REVISION.text)
            await connection.fetchval(_ANY.text)
        if found is None or found < tables.SCHEMA_REVISION:
            raise SchemaMissing(f"the schema is at {found}, this version needs {tables.SCHEMA_REVISION}; {REMEDY}")

    async def _position(self) -> int:
        async with self._database.reading() as connection:
            seq = await connection.fetchval(_POSITION.text)
        if seq is None:
            raise SchemaMissing(f"the position's row is missing; {REMEDY}")
        return int(seq)


@cache
def _page(given: frozenset[str]) -> Statement:
    """One statement for each set of filters, so that an index serves it."""
    table = tables.dataset
    query = select(table).order_by(table.c.created_seq.desc()).limit(bindparam("limit", type_=BigInteger))
    if "user_id" in given:
        query = query.where(table.c.user_id == bindparam("user_id", type_=Text))
    if "before" in given:
        query = query.where(table.c.created_seq < bindparam("before", type_=BigInteger))
    if "status" in given:
        query = query.where(table.c.status == bindparam("status", type_=Text))
    return Statement.of(query)

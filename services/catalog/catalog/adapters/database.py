"""Connections to Postgres: reading ones that can't write, and projecting ones that hold the projector's lock.

Nothing here waits without a limit, and a process that is frozen loses its session, so that another takes over. Every
failure is one of this package's errors.
"""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any, Final, NewType, TypeAlias

import asyncpg
import sqlalchemy.exc
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from catalog.database_url import EXAMPLE, for_driver
from catalog.errors import CatalogError, DatabaseRefuses, DatabaseUnavailable, SchemaMissing, Unstorable

# Reads go to the driver itself: what SQLAlchemy adds to one costs more than Postgres takes for it.
ReadConnection: TypeAlias = asyncpg.pool.PoolConnectionProxy
WriteConnection = NewType("WriteConnection", AsyncConnection)

CONNECT_SECONDS: Final = 1.5
READ_SECONDS: Final = 1.8
PROJECT_SECONDS: Final = 15.0
READERS: Final = 5

_READING: Final = {"default_transaction_read_only": "on", "statement_timeout": "1800"}
_PROJECTING: Final = {
    "lock_timeout": "10s",
    # A projector that is frozen in a transaction, or anywhere, must not keep others from its work.
    "idle_in_transaction_session_timeout": "10s",
    "idle_session_timeout": "20s",
    # A machine that vanished sends nothing: its session must end all the same.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    # Rows and position are lost together or not at all, and what is lost is read from the stream again.
    "synchronous_commit": "off",
}

# SQLSTATE: undefined table, column, schema; classes of refused users and databases, and of refused values.
_SCHEMA_STATES: Final = ("42P01", "42703", "3F000")
_REFUSING_CLASSES: Final = ("28", "3D")
_VALUE_CLASSES: Final = ("22", "23")
# While connecting: no such parameter, not one of a session, not such a value, not for this user.
_PARAMETER_STATES: Final = ("42704", "55P02", "22023", "42501")

REMEDY: Final = "run `python -m migrations`"


def engine(url: str, *, settings: Mapping[str, str] | None = None, command_seconds: float, **how: Any) -> AsyncEngine:
    """An engine for any DATABASE_URL that `database_url.for_driver` takes.

    Raises: DatabaseRefuses for one that it does not.
    """
    creator = _connector(url, settings or {}, command_seconds)
    return create_async_engine("postgresql+asyncpg://", async_creator=creator, **how)


def _connector(url: str, settings: Mapping[str, str], command_seconds: float) -> Callable[..., Awaitable[Any]]:
    options = {"application_name": "catalog", **settings}
    try:
        dsn = for_driver(url)
    except ValueError as exc:
        raise DatabaseRefuses(f"DATABASE_URL is malformed: {exc}") from exc

    async def connect(*_: Any, **how: Any) -> Any:
        try:
            return await asyncpg.connect(
                dsn, timeout=CONNECT_SECONDS, command_timeout=command_seconds, server_settings=options, **how
            )
        except (ValueError, ssl.SSLError, ConnectionError, asyncpg.PostgresError) as exc:
            refused = _refused_url(exc)
            if refused is None:
                raise
            # Without its cause: what asyncpg says of a URL may quote it.
            raise refused from None

    return connect


def _refused_url(exc: Exception) -> DatabaseRefuses | None:
    """What DATABASE_URL asks for and cannot have; None when the URL is not the reason."""
    if isinstance(exc, ssl.SSLError):  # before ValueError, which the refusal of a certificate is, too
        return DatabaseRefuses(f"TLS with the database fails ({type(exc).__name__}); is sslmode in DATABASE_URL right?")
    if isinstance(exc, ConnectionError):
        offers_none = "rejected SSL upgrade" in str(exc)
        return (
            DatabaseRefuses("the database offers no TLS; DATABASE_URL asks for it in sslmode") if offers_none else None
        )
    if isinstance(exc, asyncpg.PostgresError):
        if exc.sqlstate not in _PARAMETER_STATES:
            return None
        return DatabaseRefuses(
            f"the database refuses a parameter of DATABASE_URL ({type(exc).__name__} {exc.sqlstate}); "
            "what follows its ? is for asyncpg or a setting of the server"
        )
    return DatabaseRefuses(
        f"the driver cannot use DATABASE_URL ({type(exc).__name__}); it is written {EXAMPLE}, and "
        "sslmode=verify-ca or verify-full needs sslrootcert=, the path of the certificate to trust"
    )


async def _no_reset(connection: Any) -> None:
    """A read changes nothing of its session, so it is not reset afterwards, which would be a second statement."""


class Database:
    """A pool to read and an engine to write, so that they differ in type and in what the server allows."""

    def __init__(self, url: str, *, project_seconds: float = PROJECT_SECONDS) -> None:
        self._connect_reader = _connector(url, _READING, READ_SECONDS)
        self._readers: asyncpg.Pool | None = None
        self._projecting = engine(url, settings=_PROJECTING, command_seconds=project_seconds, poolclass=NullPool)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[ReadConnection]:
        """One statement is one snapshot; several are not.

        Raises: DatabaseUnavailable, DatabaseRefuses, SchemaMissing.
        """
        with translated():
            async with (await self._pool()).acquire(timeout=CONNECT_SECONDS) as connection:
                yield connection

    @asynccontextmanager
    async def projecting(self) -> AsyncIterator[WriteConnection]:
        """A session of its own; what it locks is free again as soon as it ends.

        Raises: DatabaseUnavailable, DatabaseRefuses.
        """
        with translated():
            connection = await self._projecting.connect()
        try:
            yield WriteConnection(connection)
        finally:
            with translated():
                await connection.close()

    async def close(self) -> None:
        if self._readers is not None:
            # Not `close`, which waits for reads in progress; their requests have ended already.
            self._readers.terminate()
        await self._projecting.dispose()

    async def _pool(self) -> asyncpg.Pool:
        # Made inside the event loop, and without a connection: a server that is unavailable shows in the first read.
        if self._readers is None:
            pool = asyncpg.create_pool(connect=self._connect_reader, min_size=0, max_size=READERS, reset=_no_reset)
            self._readers = await pool
        return self._readers


@asynccontextmanager
async def transaction(connection: WriteConnection) -> AsyncIterator[None]:
    """Commits at the end, or rolls back.

    Raises: DatabaseUnavailable, SchemaMissing, Unstorable.
    """
    with translated():
        async with connection.begin():
            yield


@asynccontextmanager
async def savepoint(connection: WriteConnection) -> AsyncIterator[None]:
    """Part of a transaction that can fail by itself.

    Raises: DatabaseUnavailable, SchemaMissing, Unstorable.
    """
    with translated():
        async with connection.begin_nested():
            yield


@contextmanager
def translated() -> Iterator[None]:
    """The one table from the errors of SQLAlchemy and asyncpg to ours."""
    try:
        yield
    except sqlalchemy.exc.StatementError as exc:
        raise _translation(_driver_error(exc)) from exc
    except (sqlalchemy.exc.SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError) as exc:
        raise _translation(exc) from exc
    except (OSError, TimeoutError) as exc:
        raise _translation(exc) from exc


def _driver_error(exc: sqlalchemy.exc.StatementError) -> BaseException:
    """SQLAlchemy wraps the driver's error in one of its own."""
    wrapper = exc.orig or exc
    return wrapper.__cause__ or wrapper


def _translation(exc: BaseException) -> CatalogError:
    """By SQLSTATE where there is one. The text of an error may hold data or the URL, so only its type is given."""
    state = str(getattr(exc, "sqlstate", None) or "")
    name = f"{type(exc).__name__} {state}".strip()
    if state in _SCHEMA_STATES:
        return SchemaMissing(f"the database's schema is missing or older than this version; {REMEDY}")
    if state[:2] in _REFUSING_CLASSES:
        return DatabaseRefuses(f"the database refuses us ({name}); is DATABASE_URL right?")
    # Without a state it never reached the server: asyncpg or a type could not turn the value into Postgres's.
    if state[:2] in _VALUE_CLASSES or (not state and isinstance(exc, ValueError | TypeError | OverflowError)):
        return Unstorable(f"the database refuses a value ({name})")
    return DatabaseUnavailable(f"the database does not answer ({name})")

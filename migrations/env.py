"""Run by alembic: all revisions in one transaction, one migrating process at a time, never waiting long for a lock.

The URL arrives in `config.attributes["url"]` from `python -m migrations`, and from the environment's DATABASE_URL in
alembic's own commands; never in alembic's option, which would read % in a password as its syntax.
"""

import asyncio
import os

from alembic import context
from alembic.util import CommandError
from sqlalchemy import Connection, NullPool, text

from catalog.adapters.database import engine
from catalog.database_url import EXAMPLE
from catalog.errors import CatalogError

MIGRATION_LOCK = 0x7474735F6D696772  # "tts_migr"


def upgrade(connection: Connection) -> None:
    context.configure(connection=connection, transactional_ddl=True)
    with context.begin_transaction():
        # A statement that waits for a lock makes all later statements wait too: better to give up and try again.
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        context.run_migrations()


def chosen_url() -> str:
    url = context.config.attributes.get("url") or os.environ.get("DATABASE_URL")
    if not url:
        raise CommandError(f"DATABASE_URL is missing in the environment; it is written {EXAMPLE}")
    return str(url)


async def main(url: str) -> None:
    migrating = engine(url, command_seconds=600, poolclass=NullPool)
    try:
        async with migrating.connect() as connection:
            await connection.run_sync(upgrade)
    finally:
        await migrating.dispose()


try:
    asyncio.run(main(chosen_url()))
except CatalogError as exc:
    # The one kind of error that alembic's command line tells in a line instead of a traceback.
    raise CommandError(str(exc)) from exc

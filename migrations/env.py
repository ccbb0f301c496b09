"""Run by alembic: all revisions in one transaction, one migrating process at a time, never waiting long for a lock.

The URL arrives in `config.attributes["url"]`, because alembic's own option would read % in a password as its syntax.
"""

import asyncio

from alembic import context
from sqlalchemy import Connection, NullPool, text

from catalog.adapters.database import engine

MIGRATION_LOCK = 0x7474735F6D696772  # "tts_migr"


def upgrade(connection: Connection) -> None:
    context.configure(connection=connection, transactional_ddl=True)
    with context.begin_transaction():
        # A statement that waits for a lock makes everybody behind it wait too: better to give up and try again.
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        context.run_migrations()


async def main() -> None:
    migrating = engine(context.config.attributes["url"], command_seconds=600, poolclass=NullPool)
    try:
        async with migrating.connect() as connection:
            await connection.run_sync(upgrade)
    finally:
        await migrating.dispose()


asyncio.run(main())

"""The three steps, each idempotent: what is there already is found, not made again.

A server that is still starting is waited for; one that refuses is not.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import monotonic
from typing import Final, TypeVar

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import NullPool, text

from bus import connection as line
from bus import topology
from bus.errors import BusError, BusUnavailable, TopologyDrift
from catalog.adapters.database import engine, translated
from catalog.errors import CatalogError, DatabaseUnavailable, SchemaMissing
from objects import S3Settings, StoreError, StoreUnavailable, Timeouts, open_store

WAIT_SECONDS: Final = 30.0
_PAUSE_SECONDS: Final = 0.3

_T = TypeVar("_T")


class StepFailed(Exception):
    """A step could not be done; the text says what to do."""


def alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["url"] = url
    return config


def head() -> str:
    """The revision that `upgrade` leads to."""
    return str(ScriptDirectory.from_config(alembic_config("")).get_current_head())


def postgres(url: str) -> list[str]:
    """Raises: StepFailed."""
    try:
        before = asyncio.run(_waited("the database", lambda: _revision(url), DatabaseUnavailable))
        with translated():
            command.upgrade(alembic_config(url), "head")
    except (CatalogError, CommandError) as exc:
        raise StepFailed(f"postgres: {exc}") from exc
    now = head()
    return [
        f"postgres: schema {now} found" if before == now else f"postgres: schema {now} made, was {before or 'empty'}"
    ]


async def nats(url: str, replicas: int) -> list[str]:
    """Raises: StepFailed."""
    try:
        async with line.connected(url, "topology", within_seconds=WAIT_SECONDS) as client:
            lines = await _waited(
                "JetStream (for the user topology)", lambda: topology.declare(client, replicas), BusUnavailable
            )
    except TopologyDrift as drift:
        raise StepFailed(
            f"nats: {drift}. Changing one under load is a decision: stop the services, then edit or delete "
            "what differs with the nats command line (durables may be deleted, the stream holds the data), "
            "and run this again"
        ) from drift
    except BusError as exc:
        raise StepFailed(f"nats: {exc}; is NATS_URL of the user topology?") from exc
    return [f"nats: {line}" for line in lines]


async def bucket(settings: S3Settings) -> list[str]:
    """Raises: StepFailed."""
    try:
        async with open_store(settings, Timeouts(call_seconds=5.0, attempts=1)) as store:
            made = await _waited("the object store", store.ensure_bucket, StoreUnavailable)
    except StoreError as exc:
        raise StepFailed(f"bucket: {exc}") from exc
    return [f"bucket {settings.bucket}: {'made' if made else 'found'}"]


async def _waited(what: str, step: Callable[[], Awaitable[_T]], unavailable: type[Exception]) -> _T:
    until = monotonic() + WAIT_SECONDS
    while True:
        try:
            return await step()
        except unavailable as exc:
            if monotonic() > until:
                raise StepFailed(f"{what} does not answer within {WAIT_SECONDS:g} s: {exc}") from exc
        await asyncio.sleep(_PAUSE_SECONDS)


async def _revision(url: str) -> str | None:
    asking = engine(url, command_seconds=5, poolclass=NullPool)
    try:
        with translated():
            async with asking.connect() as connection:
                found = await connection.scalar(text("SELECT version_num FROM alembic_version"))
                return None if found is None else str(found)
    except SchemaMissing:
        return None
    finally:
        await asking.dispose()

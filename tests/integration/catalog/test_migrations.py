"""`python -m migrations` makes what is missing, finds what is there, and says what is in the way."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, NullPool

from bus import connection as line
from bus import topology
from catalog.adapters import tables
from catalog.adapters.database import Database, engine
from catalog.adapters.reader import Reader
from catalog.errors import SchemaMissing
from contracts import subjects
from migrations import steps
from objects import S3Settings

pytestmark = pytest.mark.asyncio

ROOT = Path(__file__).parents[3]


def migrate(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "migrations"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def env(database_url: str, nats_server: Any, s3_env: dict[str, str]) -> dict[str, str]:
    new_bucket = {"S3_BUCKET_NAME": s3_env["S3_BUCKET_NAME"] + "-new"}
    return {"DATABASE_URL": database_url, "NATS_URL": nats_server.url("topology"), **s3_env, **new_bucket}


async def test_everything_is_made_once_and_found_the_second_time(env: dict[str, str]) -> None:
    first, second = migrate(env), migrate(env)
    bucket = f"bucket {env['S3_BUCKET_NAME']}: made"
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.splitlines() == [
        "postgres: schema 0003 made, was empty",
        "nats: stream TTS: made",
        "nats: stream TTS_DEAD: made",
        "nats: stream TTS_TRIES: made",
        *(f"nats: durable {name}: made" for name in topology.consumers()),
        "nats: the observers' mirror: made",
        bucket,
        "next: start the services",
    ]
    assert (second.returncode, second.stderr) == (0, "")
    assert second.stdout == first.stdout.replace("made, was empty", "found").replace("made", "found")


async def test_a_durable_that_differs_stops_it_with_the_difference_and_a_remedy(
    env: dict[str, str], nats_server: Any
) -> None:
    assert migrate(env).returncode == 0
    admin = await line.connect(nats_server.url("topology"), "topology")
    js = admin.jetstream()
    await js.delete_consumer(subjects.STREAM, subjects.DURABLE_DONE)
    other = topology.Durable(subjects.DURABLE_DONE, subjects.ALL_PLANS)
    await js.add_consumer(subjects.STREAM, other.config())
    await line.close(admin)
    again = migrate(env)
    assert again.returncode == 1
    assert "durable manifest-done: filter_subject" in again.stderr
    assert "run this again" in again.stderr
    assert "Traceback" not in again.stderr


async def test_a_missing_setting_is_named_and_nothing_is_touched(env: dict[str, str]) -> None:
    del env["NATS_URL"]
    stopped = migrate(env)
    assert (stopped.returncode, stopped.stdout) == (2, "")
    assert "NATS_URL" in stopped.stderr
    assert "Traceback" not in stopped.stderr


async def test_a_password_with_a_percent_sign_works(env: dict[str, str]) -> None:
    admin = await asyncpg.connect(env["DATABASE_URL"])
    await admin.execute("DROP ROLE IF EXISTS odd")
    await admin.execute("CREATE ROLE odd SUPERUSER LOGIN PASSWORD 'a%b@c/d'")
    await admin.close()
    tail = env["DATABASE_URL"].rpartition("@")[2]
    done = migrate(env | {"DATABASE_URL": f"postgresql://odd:a%25b%40c%2Fd@{tail}"})
    assert (done.returncode, done.stderr) == (0, "")


async def test_a_wrong_password_is_said_at_once_without_the_password(env: dict[str, str]) -> None:
    tail = env["DATABASE_URL"].rpartition("@")[2]
    refused = migrate(env | {"DATABASE_URL": f"postgresql://cuecutter:hidden@{tail}"})
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        "migrations: postgres: the database refuses us (InvalidPasswordError 28P01); is DATABASE_URL right?\n"
    )


async def test_a_malformed_url_is_said_without_the_password() -> None:
    url = "postgresql://u:hidden@127.0.0.1:port/x"
    with pytest.raises(steps.StepFailed, match="DATABASE_URL is malformed") as failed:
        await asyncio.to_thread(steps.postgres, url)
    assert "hidden" not in str(failed.value)


@pytest.mark.parametrize(
    "written",
    ["postgresql+asyncpg{}", "postgres{}", "postgresql+asyncpg{}?ssl=prefer&timeout=5", "postgresql{}?sslmode=disable"],
)
async def test_every_spelling_of_the_url_migrates_and_serves(written: str, database_url: str) -> None:
    url = written.format(database_url.removeprefix("postgresql"))
    assert await asyncio.to_thread(steps.postgres, url) == ["postgres: schema 0003 made, was empty"]
    database = Database(url)
    await Reader(database).check()
    async with database.projecting():
        pass
    await database.close()


@pytest.mark.parametrize(
    ("parameter", "told"),
    [
        ("ssl=require", "the database offers no TLS"),
        ("sslmode=require", "the database offers no TLS"),
        ("sslmode=verify-full", "needs sslrootcert="),
    ],
)
async def test_tls_that_is_asked_for_and_cannot_be_had_is_said_at_once(
    parameter: str, told: str, database_url: str
) -> None:
    with pytest.raises(steps.StepFailed, match=told):
        await asyncio.to_thread(steps.postgres, f"{database_url}?{parameter}")


@pytest.mark.parametrize("parameter", ["no_such_thing=1", "port_=hidden", "lock_timeout=hidden", "shared_buffers=1"])
async def test_a_parameter_that_the_server_does_not_take_is_said_at_once(parameter: str, database_url: str) -> None:
    with pytest.raises(steps.StepFailed, match="refuses a parameter of DATABASE_URL") as failed:
        await asyncio.to_thread(steps.postgres, f"{database_url}?{parameter}")
    assert "hidden" not in str(failed.value)


async def test_alembic_by_itself_takes_the_url_from_the_environment(database_url: str) -> None:
    url = "postgresql+asyncpg" + database_url.removeprefix("postgresql")
    done = alembic({"DATABASE_URL": url})
    assert done.returncode == 0, done.stderr
    database = Database(database_url)
    await Reader(database).check()
    await database.close()


@pytest.mark.parametrize("url", ["", "mysql://u:hidden@h/d", "postgresql://u:hid/hidden@127.0.0.1:1/d"])
async def test_alembic_by_itself_says_in_a_line_how_the_url_is_written(url: str) -> None:
    refused = alembic({"DATABASE_URL": url})
    assert refused.returncode != 0
    assert "DATABASE_URL" in refused.stderr + refused.stdout
    assert "Traceback" not in refused.stderr
    assert "hidden" not in refused.stderr + refused.stdout


def alembic(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "alembic", "upgrade", "head"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_servers_that_never_answer_are_given_up_with_their_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "WAIT_SECONDS", 0.5)
    with pytest.raises(steps.StepFailed, match="the database does not answer"):
        await asyncio.to_thread(steps.postgres, "postgresql://u:hidden@127.0.0.1:1/x")
    with pytest.raises(steps.StepFailed, match="NATS does not answer"):
        await steps.nats("nats://u:hidden@127.0.0.1:1", 1)
    store = S3Settings(
        bucket="b", region="r", access_key_id="a", secret_access_key="hidden", endpoint_url="http://127.0.0.1:1"
    )
    with pytest.raises(steps.StepFailed, match="the object store does not answer"):
        await steps.bucket(store)


async def test_the_tables_are_those_that_the_catalog_knows(migrated_url: str) -> None:
    made = engine(migrated_url, command_seconds=5, poolclass=NullPool)
    async with made.connect() as connection:
        differences = await connection.run_sync(_differences)
    assert [difference for difference in differences if difference[0] != "remove_index"] == []


def _differences(connection: Connection) -> list[Any]:
    known = {tables.dataset.name, tables.position.name}
    options = {"include_name": lambda name, kind, _: kind != "table" or name in known}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), tables.METADATA))


async def test_the_revision_that_the_catalog_needs_is_the_newest(migrated_url: str) -> None:
    assert steps.head() == tables.SCHEMA_REVISION
    database = Database(migrated_url)
    await Reader(database).check()
    await database.close()


async def test_a_database_without_tables_is_not_ready_and_says_what_to_run(database_url: str) -> None:
    database = Database(database_url)
    with pytest.raises(SchemaMissing, match="python -m migrations"):
        await Reader(database).check()
    await database.close()


async def test_reading_connections_cannot_write(migrated_url: str) -> None:
    database = Database(migrated_url)
    with pytest.raises(Exception, match="25006"):  # read-only transaction
        async with database.reading() as connection:
            await connection.execute("UPDATE tts_projection SET seq = 1")
    await database.close()

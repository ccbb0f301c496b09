"""A stream that was restored from an older backup than the rows: noticed, said, and read from its beginning."""

import shutil
from collections.abc import Callable

import pytest

from catalog.adapters import stream_identity
from catalog.adapters.database import Database, transaction
from catalog.adapters.projection_store import Position, locked_position
from catalog.errors import RebuildRefused
from catalog.rebuild import rebuild
from contracts import subjects
from tests.integration.catalog.world import World, until


def backup(world: World) -> Callable[[], None]:
    """Copies the server's folder while it is stopped; what is returned puts the copy back, as a person would."""
    store, copy = world.nats_server.folder / "nats" / "store", world.nats_server.folder / "backup"
    world.nats_server.stop()
    shutil.copytree(store, copy)
    world.nats_server.start()

    def restore() -> None:
        world.nats_server.kill()
        shutil.rmtree(store)
        shutil.copytree(copy, store)
        world.nats_server.start()

    return restore


async def stood(world: World) -> Position:
    database = Database(world.database_url)
    async with database.projecting() as connection, transaction(connection):
        position = await locked_position(connection)
    await database.close()
    return position


@pytest.mark.parametrize("running", [True, False])
async def test_a_stream_set_back_is_noticed_also_when_it_was_written_on(
    world: World, running: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """The lost events are an upload and a deletion: neither a row too many nor one too few may stay."""
    kept = await world.author.uploaded()
    restore = backup(world)
    author = await world.author_anew()
    lost = await author.uploaded()
    last = await author.deleted(kept)
    async with world.projecting():
        await world.reached(last)
        assert [row.id for row in await world.rows()] == [lost]
        if running:
            restore()
            await assert_told_anew(world, kept)
    if not running:
        restore()
        async with world.projecting():
            await assert_told_anew(world, kept)
    assert "another stream, or set back" in caplog.text


async def assert_told_anew(world: World, kept: str) -> None:
    author = await world.author_anew()
    new = [await author.uploaded() for _ in range(4)]  # more than was lost: the sequence is beyond the rows' position

    async def as_the_stream_says() -> bool:
        return {row.id for row in await world.rows()} == {kept, *new}

    await until(as_the_stream_says)


async def test_a_rebuild_is_refused_while_the_rows_are_of_what_was_lost(world: World) -> None:
    restore = backup(world)
    author = await world.author_anew()
    async with world.projecting():
        await world.reached(await author.deleted(await author.uploaded()))
    restore()
    author = await world.author_anew()
    for _ in range(3):
        await author.uploaded()
    database = Database(world.database_url)
    with pytest.raises(RebuildRefused, match="start the catalog"):
        await rebuild(database, world.admin, check=True, report=print)
    await database.close()


async def test_a_life_that_was_purged_after_its_deletion_is_no_other_stream(world: World) -> None:
    async with world.projecting():
        dataset_id = await world.author.uploaded()
        await world.reached(await world.author.requested(dataset_id))
    await world.author.deleted(dataset_id)
    await world.author.stream.purge(subjects.life(dataset_id), keep=1)
    last = (await stood(world)).last_life_event
    assert last is not None
    assert await stream_identity.contains(world.admin, last)

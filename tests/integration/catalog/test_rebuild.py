"""`python -m catalog rebuild` gives the rows that the stream gives, while everything else goes on."""

import asyncio
from typing import Any

import asyncpg
import pytest

from catalog import rebuild as command
from catalog.adapters.database import Database
from catalog.errors import RebuildRefused
from catalog.rebuild import Outcome
from catalog.settings import Settings
from contracts.queries import Progress
from tests.integration.catalog.world import World

pytestmark = pytest.mark.asyncio


async def rebuild(world: World, *, check: bool = False) -> tuple[Outcome, list[str]]:
    told: list[str] = []
    database = Database(world.database_url)
    outcome = await command.rebuild(database, world.client, check=check, report=told.append)
    await database.close()
    return outcome, told


async def spoil(world: World, statement: str) -> None:
    connection = await asyncpg.connect(world.database_url)
    await connection.execute(statement)
    await connection.close()


async def some_lives(world: World) -> int:
    """Six datasets: two waiting, two running, one ready, one deleted. The sequence of the last event."""
    author = world.author
    for _ in range(2):
        await author.uploaded()
    for segments in (4, 7):
        dataset_id = await author.uploaded()
        run = await author.requested(dataset_id)
        await author.planned(dataset_id, run, 10)
        await author.progressed(dataset_id, run, segments)
    done = await author.uploaded()
    await author.ready(done, await author.requested(done))
    return await author.deleted(await author.uploaded())


async def test_rows_that_are_right_stay_as_they_are(world: World) -> None:
    async with world.projecting():
        await world.reached(await some_lives(world))
        rows = await world.rows()
        outcome, told = await rebuild(world)
        assert await world.rows() == rows
    assert (outcome.rows, outcome.differences.any) == (5, False)
    assert told[-1] == "rebuild: 0 rows were added, 0 removed, 0 changed"


async def test_rows_that_are_wrong_missing_or_invented_are_mended_and_counted(world: World) -> None:
    async with world.projecting():
        await world.reached(await some_lives(world))
        rows = await world.rows()
        await spoil(world, f"UPDATE dataset SET segments_written = 99 WHERE id = '{rows[1].id}'")
        await spoil(world, f"UPDATE dataset SET error = '{{}}', name = 'x' WHERE id = '{rows[2].id}'")
        await spoil(world, f"DELETE FROM dataset WHERE id = '{rows[0].id}'")
        await spoil(
            world,
            f"UPDATE dataset SET id = gen_random_uuid(), created_seq = 1000000 WHERE id = '{rows[4].id}'",
        )
        outcome, _ = await rebuild(world)
        assert await world.rows() == rows
    found = outcome.differences
    assert (found.added, found.removed, found.changed) == (2, 1, 2)


async def test_a_check_finds_a_difference_and_changes_nothing(world: World) -> None:
    async with world.projecting():
        await world.reached(await some_lives(world))
        rows = await world.rows()
        await spoil(world, "UPDATE dataset SET description = 'changed by hand'")
        before = await world.rows()
        outcome, told = await rebuild(world, check=True)
        assert await world.rows() == before != rows
    assert outcome.differences.changed == 5
    assert "rebuild: 0 rows would be added, 0 removed, 5 changed" in told
    assert f"rebuild:   {min(row.id for row in rows)}: differs" in sorted(told)


async def test_the_projector_goes_on_while_rows_are_rebuilt(world: World) -> None:
    author = world.author
    dataset_id = await author.uploaded()
    run = await author.requested(dataset_id)
    async with world.projecting():
        await world.reached(run)
        writing = asyncio.create_task(_progress(world, dataset_id, run, 300))
        rebuilt = 0
        while not writing.done():
            outcome, _ = await rebuild(world)
            assert not outcome.differences.any
            rebuilt += 1
        await world.reached(await writing)
        row = await world.row(dataset_id)
    assert rebuilt >= 2
    assert row is not None
    assert row.progress == Progress(segments=300, of=None)


async def _progress(world: World, dataset_id: str, run: int, times: int) -> int:
    return [await world.author.progressed(dataset_id, run, 1) for _ in range(times)][-1]


async def test_a_rebuild_reaches_as_far_as_the_rows_did_and_no_further(world: World) -> None:
    async with world.projecting():
        await world.reached(await some_lives(world))
    rows = await world.rows()
    await some_lives(world)
    outcome, _ = await rebuild(world)
    assert not outcome.differences.any
    assert await world.rows() == rows


async def test_messages_that_nobody_can_store_are_left_out_of_both(world: World) -> None:
    async with world.projecting():
        dataset_id = await world.author.uploaded()
        run = await world.author.requested(dataset_id)
        await world.author.planned(dataset_id, run, 2**40)
        await world.reached(await world.author.progressed(dataset_id, run, 1))
        outcome, _ = await rebuild(world)
    assert (outcome.rows, outcome.differences.any) == (1, False)


async def test_rows_purged_of_their_work_are_equal_after_the_run_has_ended(world: World) -> None:
    author = world.author
    async with world.projecting():
        dataset_id = await author.uploaded()
        run = await author.requested(dataset_id)
        await author.progressed(dataset_id, run, 3)
        await world.reached(await author.ready(dataset_id, run))
        await author.stream.purge(f"tts.dataset.{dataset_id}.run.>")
        outcome, _ = await rebuild(world)
    assert (outcome.rows, outcome.differences.any) == (1, False)


async def test_an_empty_database_is_refused_with_what_to_do(world: World) -> None:
    await some_lives(world)
    with pytest.raises(RebuildRefused, match="start the catalog"):
        await rebuild(world)


async def test_the_command_says_what_it_did_by_its_exit_status(world: World, capsys: Any) -> None:
    settings = Settings(database_url=world.database_url, nats_url=world.nats_server.url("catalog"))
    assert await command.main(settings, check=True) == 1
    assert "start the catalog" in capsys.readouterr().err
    async with world.projecting():
        await world.reached(await some_lives(world))
    assert await command.main(settings, check=True) == 0
    await spoil(world, "DELETE FROM dataset")
    assert await command.main(settings, check=True) == 1
    assert await command.main(settings, check=False) == 0
    assert await command.main(settings, check=True) == 0
    assert "5 added" in capsys.readouterr().out.replace("rows were ", "").replace("rows would be ", "")

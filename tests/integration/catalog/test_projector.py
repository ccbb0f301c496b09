"""Events on a real stream become rows in a real Postgres, each exactly once, whoever dies meanwhile."""

import asyncio
from time import monotonic
from typing import Any
from uuid import uuid4

import asyncpg
import msgspec
import pytest

from bus import connection as line
from bus import topology
from catalog.errors import CatalogError
from catalog.projector import Projector
from contracts import envelope, events, subjects
from contracts import life as lives
from contracts.dataset import Options, Status
from contracts.queries import Progress
from runtime import tasks
from tests.integration.catalog.world import World, declared, until
from tests.lives import upload

pytestmark = pytest.mark.asyncio


async def test_a_life_becomes_a_row_event_by_event(world: World) -> None:
    author = world.author
    async with world.projecting():
        dataset_id = await author.uploaded()
        run = await author.requested(dataset_id)
        await world.reached(run)
        row = await world.row(dataset_id)
        assert row is not None
        assert (row.status, row.run, row.seq, row.created_seq) == (Status.PROCESSING, run, run, run - 1)
        assert row.progress == Progress(segments=0, of=None)

        await author.planned(dataset_id, run, 5)
        await author.progressed(dataset_id, run, 2)
        await author.progressed(dataset_id, run, 3)
        await world.reached(await author.span_done(dataset_id, run))
        row = await world.row(dataset_id)
        assert row is not None
        assert row.progress == Progress(segments=5, of=5)
        assert row.fact_at is not None
        assert row.fact_at > row.updated_at

        await world.reached(await author.ready(dataset_id, run, segments=5))
        row = await world.row(dataset_id)
        assert row is not None
        assert (row.status, row.progress, row.segment_count, row.total_duration_seconds) == (Status.READY, None, 5, 5.0)
        assert row.warnings.counts == {"empty": 1}

        await world.reached(await author.deleted(dataset_id))
        assert await world.rows() == []


async def test_a_rerun_that_fails_keeps_the_earlier_result_in_the_row(world: World) -> None:
    author = world.author
    async with world.projecting():
        dataset_id = await author.uploaded()
        first = await author.requested(dataset_id)
        await author.ready(dataset_id, first)
        second = await author.requested(dataset_id)
        await author.progressed(dataset_id, second, 1)
        await world.reached(await author.failed(dataset_id, second))
        row = await world.row(dataset_id)
    assert row is not None
    assert row.error is not None
    assert (row.status, row.error.code, row.segment_count, row.progress) == (Status.FAILED, "no-usable-cue", 3, None)


async def test_work_of_an_older_run_changes_nothing(world: World) -> None:
    author = world.author
    async with world.projecting():
        dataset_id = await author.uploaded()
        first = await author.requested(dataset_id)
        await author.progressed(dataset_id, first, 4)
        await author.cancelled(dataset_id)
        second = await author.requested(dataset_id)
        await author.progressed(dataset_id, second, 1)
        await world.reached(await author.progressed_late(dataset_id, first, 7))
        row = await world.row(dataset_id)
    assert row is not None
    assert (row.run, row.progress) == (second, Progress(segments=1, of=None))


@pytest.mark.alone
async def test_a_single_event_is_in_the_rows_soon(world: World) -> None:
    async with world.projecting():
        await world.reached(await world.author.requested(await world.author.uploaded()))
        waits = []
        for _ in range(5):
            dataset_id = await world.author.uploaded()
            started = monotonic()

            async def there(dataset_id: str = dataset_id) -> bool:
                return await world.row(dataset_id) is not None

            await until(there)
            waits.append(monotonic() - started)
    assert sorted(waits)[2] < 0.5, waits  # usually 10 to 30 ms; far from any poll interval or batch timeout


async def test_more_messages_than_a_batch_holds_count_once_each(world: World) -> None:
    dataset_id = await world.author.uploaded()
    run = await world.author.requested(dataset_id)
    last = 0
    for _ in range(3):  # a server that is busy with other tests would not answer all of them at once in time
        last = max(await asyncio.gather(*(world.author.progressed(dataset_id, run, 1) for _ in range(401))))
    async with world.projecting():
        await world.reached(last)
        row = await world.row(dataset_id)
    assert row is not None
    assert row.progress == Progress(segments=1_203, of=None)


async def test_two_projectors_count_each_segment_once(world: World) -> None:
    dataset_id = await world.author.uploaded()
    run = await world.author.requested(dataset_id)
    async with world.projecting(replicas=2):
        last = 0
        for _ in range(200):
            last = await world.author.progressed(dataset_id, run, 1)
        await world.reached(last)
        row = await world.row(dataset_id)
    assert row is not None
    assert row.progress == Progress(segments=200, of=None)


async def test_projectors_that_all_believe_they_lead_still_count_once(world: World) -> None:
    dataset_id = await world.author.uploaded()
    run = await world.author.requested(dataset_id)
    async with world.projecting(), world.database.projecting() as one, world.database.projecting() as two:
        rivals = [asyncio.create_task(_follow_for_ever(world, connection)) for connection in (one, two)]
        last = 0
        for _ in range(300):
            last = await world.author.progressed(dataset_id, run, 1)
        await world.reached(last)
        row = await world.row(dataset_id)
        await tasks.cancel_and_wait(*rivals)
    assert row is not None
    assert row.progress == Progress(segments=300, of=None)


async def _follow_for_ever(world: World, connection: Any) -> None:
    projector = Projector(world.database, world.client)
    while True:
        try:
            await projector.follow(connection)
        except CatalogError:
            await asyncio.sleep(0.001)


async def test_a_replica_takes_over_when_the_leader_is_gone(world: World) -> None:
    author = world.author
    async with world.projecting() as standing_by:
        async with world.projecting():
            await world.reached(await author.requested(await author.uploaded()))
        dataset_id = await author.uploaded()
        await world.reached(await author.requested(dataset_id))
        assert await world.row(dataset_id) is not None
        await standing_by[0].check()


async def test_nats_killed_and_started_again_loses_and_repeats_nothing(world: World) -> None:
    author = world.author
    dataset_id = await author.uploaded()
    run = await author.requested(dataset_id)
    async with world.projecting() as projectors:
        for _ in range(20):
            last = await author.progressed(dataset_id, run, 1)
        await world.reached(last)
        world.nats_server.kill()
        world.nats_server.start()
        again = await world.author_anew()
        for _ in range(20):
            last = await again.progressed(dataset_id, run, 1)
        await world.reached(last)
        row = await world.row(dataset_id)
        await projectors[0].check()
    assert row is not None
    assert row.progress == Progress(segments=40, of=None)


async def test_a_database_session_that_is_killed_is_made_anew(world: World) -> None:
    author = world.author
    dataset_id = await author.uploaded()
    run = await author.requested(dataset_id)
    async with world.projecting():
        for _ in range(3):
            await world.reached(await author.progressed(dataset_id, run, 1))
            await _kill_sessions(world.database_url)
        await world.reached(await author.progressed(dataset_id, run, 1))
        row = await world.row(dataset_id)
    assert row is not None
    assert row.progress == Progress(segments=4, of=None)


async def _kill_sessions(url: str) -> None:
    admin = await asyncpg.connect(url)
    await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'catalog'")
    await admin.close()


async def test_a_stream_made_anew_is_projected_from_its_beginning(world: World) -> None:
    async with world.projecting():
        for _ in range(3):
            old = await world.author.uploaded()
        await world.reached(await world.author.requested(old))
        await world.admin.jetstream().delete_stream(subjects.STREAM)
        await topology.declare(world.admin)
        new = await world.author.uploaded()

        async def only_the_new_one() -> bool:
            return [row.id for row in await world.rows()] == [new]

        await until(only_the_new_one)
    assert await world.reader.position() == 1


async def test_an_undecodable_message_is_left_behind(world: World) -> None:
    stream = world.admin.jetstream()
    async with world.projecting() as projectors:
        before = await world.author.uploaded()
        await stream.publish(subjects.life("0"), b"{")
        await stream.publish(
            subjects.life("1"), b'{"type":"DatasetShared"}', headers={"ce-type": "tts.dataset.shared.v1"}
        )
        after = await world.author.uploaded()
        await world.reached(await world.author.requested(after))
        await projectors[0].check()
        assert {row.id for row in await world.rows()} == {before, after}


async def test_an_option_of_a_newer_release_hides_neither_its_dataset_nor_any_other(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING", "catalog.projector")
    event = lives.decide(lives.Absent(), upload(str(uuid4())))
    assert isinstance(event, events.DatasetUploaded)
    body = msgspec.json.decode(envelope.encode(event)) | {"options": {"sample_rate": 16_000, "padding_ms": 100}}
    async with world.projecting():
        for _ in range(3):
            await world.admin.jetstream().publish(subjects.life(event.dataset_id), msgspec.json.encode(body))
        after = await world.author.uploaded()
        await world.reached(await world.author.requested(after))
        row = await world.row(event.dataset_id)
        assert {row.id for row in await world.rows()} == {event.dataset_id, after}
    assert row is not None
    assert (row.status, row.options) == (Status.PENDING, Options(sample_rate=16_000))
    [told] = [record.__dict__["fields"] for record in caplog.records if "option" in record.getMessage()]
    assert "padding_ms" in told["reason"]


async def test_a_row_that_a_newer_catalog_stored_is_read_with_the_options_that_are_known(world: World) -> None:
    dataset_id = await world.author.uploaded()
    async with world.projecting():
        await world.reached(await world.author.requested(dataset_id))
        admin = await asyncpg.connect(world.database_url)
        await admin.execute("""UPDATE dataset SET options = options || '{"padding_ms": 100}'""")
        await admin.close()
        row = await world.row(dataset_id)
        assert row is not None
        assert row.options == Options()
        await world.reached(await world.author.progressed(dataset_id, row.seq, 2))
        row = await world.row(dataset_id)
    assert row is not None
    assert row.progress == Progress(segments=2, of=None)


async def test_a_name_with_nul_and_other_odd_characters_is_stored_without_the_nul(world: World) -> None:
    odd = "a\0b \\u0000 ' \" \u202e 😀"
    source = msgspec.structs.replace(upload("x").source, name=odd)
    async with world.projecting():
        dataset_id = await world.author.uploaded(source=source)
        await world.reached(await world.author.requested(dataset_id))
        row = await world.row(dataset_id)
    assert row is not None
    assert row.name == "ab \\u0000 ' \" \u202e 😀"


async def test_an_event_that_postgres_refuses_holds_up_nobody(world: World) -> None:
    good = await world.author.uploaded()
    huge = await world.author.uploaded()
    run = await world.author.requested(huge)
    await world.author.planned(huge, run, 2**40)  # does not fit the column
    other = await world.author.uploaded()
    run_of_other = await world.author.requested(other)
    await world.author.planned(other, run_of_other, 5)
    odd = await _published_as(world, "not-a-uuid")
    async with world.projecting() as projectors:
        await world.reached(odd)
        rows = {row.id: row for row in await world.rows()}
        await projectors[0].check()
    assert set(rows) == {good, huge, other}
    assert rows[huge].progress == Progress(segments=0, of=None)
    assert rows[other].progress == Progress(segments=0, of=5)


async def _published_as(world: World, dataset_id: str) -> int:
    event = lives.decide(lives.Absent(), upload(dataset_id))
    assert isinstance(event, events.DatasetUploaded)
    stored = await world.admin.jetstream().publish(subjects.life(dataset_id), envelope.encode(event))
    return stored.seq


async def test_a_replay_from_the_beginning_gives_equal_rows(world: World) -> None:
    author = world.author
    for kind in range(12):
        dataset_id = await author.uploaded(user_id="u")
        if kind % 4 == 0:
            continue
        run = await author.requested(dataset_id)
        await author.planned(dataset_id, run, kind)
        last = await author.progressed(dataset_id, run, kind)
        if kind % 4 == 2:
            last = await author.ready(dataset_id, run)
        if kind % 4 == 3:
            last = await author.deleted(dataset_id)
    async with world.projecting():
        await world.reached(last)
        rows = await world.rows()
    await _forget(world.database_url)
    assert await world.rows() == []
    async with world.projecting():
        await world.reached(last)
        assert await world.rows() == rows
    assert len(rows) == 9


async def _forget(url: str) -> None:
    admin = await asyncpg.connect(url)
    await admin.execute("TRUNCATE dataset; UPDATE tts_projection SET seq = 0, stream_created = NULL")
    await admin.close()


async def test_without_a_schema_the_projector_says_what_to_run(nats_server: Any, database_url: str) -> None:
    admin = await declared(nats_server.url("topology"))
    bare = World(nats_server, database_url, admin, admin)

    async def says_so() -> bool:
        try:
            await projectors[0].check()
        except CatalogError as exc:
            return "python -m migrations" in str(exc)
        return False

    async with bare.projecting() as projectors:
        await until(says_so)
    await bare.database.close()
    await line.close(admin)

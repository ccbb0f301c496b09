"""What a requester gets over NATS: always an answer, in time, that includes what was asked for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from nats.aio.client import Client

from bus import connection as line
from catalog import app
from catalog.adapters.database import Database
from catalog.adapters.reader import Reader
from catalog.adapters.replies import Replies
from catalog.adapters.requests import serving
from catalog.handlers import on_get
from contracts import queries, subjects
from contracts.dataset import Status
from contracts.queries import GetDataset, ListDatasets, Reply, Rows, Unavailable
from tests.integration.catalog.world import World, until
from tests.lives import upload
from tests.sluice import sluice

pytestmark = pytest.mark.asyncio


@pytest.fixture
async def gateway(world: World) -> AsyncIterator[Client]:
    """A requester, with the catalog serving as app.py wires it on the other side."""
    client = await line.connect(world.nats_server.url("gateway"), "gateway")
    async with serving(world.client, app.SERVICE, app.request_handlers(world.reader)):
        yield client
    await line.close(client)


async def ask(client: Client, question: GetDataset | ListDatasets | bytes) -> Reply:
    subject = subjects.CATALOG_LIST if isinstance(question, ListDatasets) else subjects.CATALOG_GET
    body = question if isinstance(question, bytes) else msgspec.json.encode(question)
    return queries.decode_reply((await client.request(subject, body, timeout=2.5)).data)


@pytest.mark.alone
async def test_a_row_is_answered_that_includes_the_event_asked_for(world: World, gateway: Client) -> None:
    async with world.projecting():
        for _ in range(20):
            dataset_id = await world.author.uploaded()
            run = await world.author.requested(dataset_id)
            answer = await ask(gateway, GetDataset(dataset_id=dataset_id, at_least=run))
            assert isinstance(answer, Rows)
            assert [(row.id, row.seq, row.status) for row in answer.rows] == [(dataset_id, run, Status.PROCESSING)]


@pytest.mark.alone
async def test_a_question_waits_until_the_rows_have_come_so_far(world: World, gateway: Client) -> None:
    dataset_id = await world.author.uploaded()
    question = asyncio.create_task(ask(gateway, GetDataset(dataset_id=dataset_id, at_least=1)))
    await asyncio.wait({question}, timeout=0.3)
    assert not question.done()
    async with world.projecting():
        answer = await question
    assert isinstance(answer, Rows)
    assert [row.id for row in answer.rows] == [dataset_id]


@pytest.mark.alone
async def test_rows_that_do_not_come_so_far_are_unavailable_in_two_seconds(world: World, gateway: Client) -> None:
    started = monotonic()
    questions = [ask(gateway, GetDataset(dataset_id=str(uuid4()), at_least=99)) for _ in range(30)]
    answers = await asyncio.gather(*questions)
    assert answers == [Unavailable(reason="the rows stand at 0, 99 was asked for")] * 30
    assert monotonic() - started < 2.4


async def test_an_id_that_is_unknown_deleted_or_no_id_gives_no_row(world: World, gateway: Client) -> None:
    async with world.projecting():
        deleted = await world.author.uploaded()
        seq = await world.author.deleted(deleted)
        for dataset_id in (deleted, str(uuid4()), "x", "'; --", deleted.upper()):
            assert await ask(gateway, GetDataset(dataset_id=dataset_id, at_least=seq)) == Rows(rows=())


async def test_a_list_is_paged_newest_first_without_gap_or_repeat(world: World, gateway: Client) -> None:
    async with world.projecting():
        mine = [await world.author.uploaded(user_id="me") for _ in range(7)]
        await world.author.uploaded(user_id="somebody else")
        await world.reached(8)
        seen: list[str] = []
        before: int | None = None
        more, sizes = True, []
        while more:
            answer = await ask(gateway, ListDatasets(user_id="me", limit=3, before=before))
            assert isinstance(answer, Rows)
            seen += [row.id for row in answer.rows]
            before, more = answer.rows[-1].created_seq, answer.more
            sizes.append(len(answer.rows))
    assert seen == mine[::-1]
    assert sizes == [3, 3, 1]


async def test_a_full_last_page_says_that_nothing_is_left(world: World, gateway: Client) -> None:
    async with world.projecting():
        for _ in range(4):
            await world.author.uploaded()
        await world.reached(4)
        answer = await ask(gateway, ListDatasets(user_id="u", limit=4))
    assert isinstance(answer, Rows)
    assert (len(answer.rows), answer.more) == (4, False)


async def test_a_list_can_be_of_one_status_of_every_user(world: World, gateway: Client) -> None:
    author = world.author
    async with world.projecting():
        running = [await author.uploaded(user_id=user) for user in ("a", "b")]
        await author.requested(running[0], user_id="a")
        await author.uploaded(user_id="a")
        await world.reached(await author.requested(running[1], user_id="b"))
        every = await ask(gateway, ListDatasets(user_id=None, limit=10, status=Status.PROCESSING))
        one = await ask(gateway, ListDatasets(user_id="a", limit=10, status=Status.PROCESSING))
    assert isinstance(every, Rows)
    assert isinstance(one, Rows)
    assert [row.id for row in every.rows] == running[::-1]
    assert [row.id for row in one.rows] == running[:1]


async def test_a_page_too_large_for_one_message_is_cut_and_says_so(world: World, gateway: Client) -> None:
    long = msgspec.structs.replace(upload("x").source, description="d" * 300_000)
    async with world.projecting():
        ids = [await world.author.uploaded(source=long) for _ in range(5)]
        await world.reached(5)
        first = await ask(gateway, ListDatasets(user_id="u", limit=5))
        assert isinstance(first, Rows)
        rest = await ask(gateway, ListDatasets(user_id="u", limit=5, before=first.rows[-1].created_seq))
        assert isinstance(rest, Rows)
    assert [row.id for row in first.rows + rest.rows] == ids[::-1]
    assert (first.more, rest.more) == (True, False)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"dataset_id":1,"at_least":2}', b"[]"])
async def test_a_malformed_question_is_answered(gateway: Client, body: bytes) -> None:
    answer = await ask(gateway, body)
    assert isinstance(answer, Unavailable)
    assert answer.reason.startswith("malformed request")


@pytest.mark.parametrize("limit", [0, -1, 1_001])
async def test_a_limit_out_of_range_is_answered(gateway: Client, limit: int) -> None:
    answer = await ask(gateway, ListDatasets(user_id="u", limit=limit))
    assert answer == Unavailable(reason="malformed request: limit must be 1 to 1000")


async def test_any_replica_may_answer(world: World, gateway: Client) -> None:
    second = await line.connect(world.nats_server.url("catalog"), "catalog")
    async with serving(second, app.SERVICE, app.request_handlers(world.reader)):
        answers = await asyncio.gather(*(ask(gateway, ListDatasets(user_id="u", limit=1)) for _ in range(40)))
        assert answers == [Rows(rows=())] * 40
    await line.close(second)


@pytest.mark.alone
async def test_a_database_that_hangs_is_unavailable_in_two_seconds(world: World, gateway: Client) -> None:
    dataset_id = await world.author.uploaded()
    question = GetDataset(dataset_id=dataset_id, at_least=0)
    async with sluice(world.database_url) as line_to_postgres, replica(world, line_to_postgres.url) as requester:
        assert await requester(question) == Rows(rows=())
        line_to_postgres.hold()
        started = monotonic()
        answers = await asyncio.gather(*(requester(question) for _ in range(8)))
        assert {type(answer) for answer in answers} == {Unavailable}
        assert monotonic() - started < 2.4
        line_to_postgres.release()

        async def answered() -> bool:
            return isinstance(await requester(question), Rows)

        await until(answered)


@asynccontextmanager
async def replica(world: World, database_url: str) -> AsyncIterator[Callable[[GetDataset], Awaitable[Reply]]]:
    """Asks a replica of its own, without NATS between."""
    database, replies = Database(database_url), Replies()
    reader = Reader(database)

    async def requester(question: GetDataset) -> Reply:
        body = msgspec.json.encode(question)
        reply = await replies.reply(body, queries.get_decoder, lambda asked: on_get(asked, reader))
        return queries.decode_reply(reply)

    yield requester
    await database.close()


class TestOwnDatabase:
    """On a Postgres of its own, which may be killed."""

    @pytest.fixture
    def database_url(self, own_postgres: Any) -> str:
        return str(own_postgres.url())

    @pytest.mark.alone
    async def test_a_database_that_is_away_is_unavailable_soon_and_back_by_itself(
        self, world: World, gateway: Client, own_postgres: Any
    ) -> None:
        async with world.projecting():
            dataset_id = await world.author.uploaded()
            await world.reached(1)
            own_postgres.kill()
            for question in (GetDataset(dataset_id=dataset_id, at_least=1), ListDatasets(user_id="u", limit=1)):
                started = monotonic()
                assert isinstance(await ask(gateway, question), Unavailable)
                assert monotonic() - started < 2.4
            second = await world.author.uploaded()
            await asyncio.to_thread(own_postgres.start)

            async def answered() -> bool:
                return isinstance(await ask(gateway, GetDataset(dataset_id=second, at_least=2)), Rows)

            await until(answered)
            assert [row.id for row in await world.rows()] == [second, dataset_id]

"""Whatever happens to a question, bytes of an Reply come back."""

import asyncio
from time import monotonic

import msgspec
import pytest

from catalog.adapters import replies
from catalog.adapters.replies import Replies
from catalog.domain.projection import fold
from catalog.errors import DatabaseUnavailable
from contracts.queries import GetDataset, Reply, Rows, Unavailable, decode_reply, get_decoder
from tests.unit.catalog.values import DATASET, Story

QUESTION = msgspec.json.encode(GetDataset(dataset_id=DATASET, at_least=1))


async def test_an_answer_travels_as_it_is() -> None:
    async def nothing(question: GetDataset) -> Reply:
        assert question == GetDataset(dataset_id=DATASET, at_least=1)
        return Rows(rows=())

    assert decode_reply(await Replies().reply(QUESTION, get_decoder, nothing)) == Rows(rows=())


@pytest.mark.parametrize("body", [b"", b"null", b"\xff\xfe", b'{"dataset_id":"x"}'])
async def test_a_malformed_question_never_reaches_the_handler(body: bytes) -> None:
    async def never(_: GetDataset) -> Reply:
        raise AssertionError

    answer = decode_reply(await Replies().reply(body, get_decoder, never))
    assert isinstance(answer, Unavailable)
    assert answer.reason.startswith("malformed request: ")


async def test_a_database_that_is_away_becomes_its_reason() -> None:
    async def away(_: GetDataset) -> Reply:
        raise DatabaseUnavailable("the database does not answer")

    answer = decode_reply(await Replies().reply(QUESTION, get_decoder, away))
    assert answer == Unavailable(reason="the database does not answer")


async def test_an_answer_is_not_waited_for_longer_than_promised_even_where_it_can_not_be_cancelled(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replies, "REPLY_SECONDS", 0.05)
    freed = asyncio.Event()

    async def stubborn(_: GetDataset) -> Reply:
        try:
            await asyncio.Event().wait()
        finally:
            await freed.wait()
        raise AssertionError

    started = monotonic()
    answer = decode_reply(await Replies().reply(QUESTION, get_decoder, stubborn))
    assert isinstance(answer, Unavailable)
    assert monotonic() - started < 2
    freed.set()


async def test_a_page_too_large_for_a_message_is_cut_and_says_that_there_is_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replies, "MAX_BYTES", 2_000)
    row = fold({}, Story().uploaded().facts)[DATASET]
    assert row is not None

    async def ten(_: GetDataset) -> Reply:
        return Rows(rows=(row,) * 10, more=False)

    body = await Replies().reply(QUESTION, get_decoder, ten)
    answer = decode_reply(body)
    assert isinstance(answer, Rows)
    assert len(body) <= 2_000
    assert answer.more
    assert 1 <= len(answer.rows) < 10
    assert all(kept == row for kept in answer.rows)


async def test_a_single_row_too_large_for_a_message_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "MAX_BYTES", 100)
    row = fold({}, Story().uploaded().facts)[DATASET]
    assert row is not None

    async def one(_: GetDataset) -> Reply:
        return Rows(rows=(row,))

    answer = decode_reply(await Replies().reply(QUESTION, get_decoder, one))
    assert isinstance(answer, Unavailable)
    assert "too large" in answer.reason

"""A large answer leaves in blocks, and a client that takes none of them is given up."""

import asyncio
from typing import Any

import pytest

from gateway.http import breaking_off, paced_sending
from gateway.http.paced_sending import BLOCK_BYTES, PacedSending


async def answered(body: bytes, send: Any, scope: dict[str, Any]) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    async def receive() -> Any:
        raise AssertionError("nothing is read")

    await PacedSending(app)(scope, receive, send)  # type: ignore[arg-type]


async def sent_of(body: bytes) -> list[Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await answered(body, send, {"type": "http"})
    return sent[1:]


@pytest.mark.parametrize("size", [0, 1, BLOCK_BYTES])
async def test_what_fits_a_block_passes_as_it_is(size: int) -> None:
    assert await sent_of(b"x" * size) == [{"type": "http.response.body", "body": b"x" * size, "more_body": False}]


async def test_a_larger_body_is_sent_block_by_block_to_its_end() -> None:
    body = bytes(range(256)) * (10 * BLOCK_BYTES // 1024)
    sent = await sent_of(body)
    assert b"".join(message["body"] for message in sent) == body
    assert {len(message["body"]) for message in sent[:-1]} == {BLOCK_BYTES}
    assert [message["more_body"] for message in sent] == [True] * (len(sent) - 1) + [False]


async def test_a_client_that_takes_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paced_sending, "STALL_SECONDS", 0.05)
    ended: list[bool] = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            await asyncio.sleep(30)

    await asyncio.wait_for(answered(b"x" * 2 * BLOCK_BYTES, send, {"type": "http", breaking_off.KEY: ended.append}), 5)
    assert ended == [True]

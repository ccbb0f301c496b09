"""Uploads at once: as many as there is memory for, a few of each user, and none that sends too slowly."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from gateway.domain import admission
from gateway.uploads import slots
from gateway.uploads.form_reader import SEARCH_BYTES
from objects import ObjectStore
from stack import tokens
from tests.integration.gateway.forms import BOUNDARY, form, part, send
from tests.integration.gateway.holding import BEGUN, MEBIBYTE, head, holding
from tests.integration.gateway.running import SECRET, SRT, WAV, as_user, create, serving, until, until_connected
from tests.integration.gateway.test_the_process_runs import GatewayProcess
from tests.integration.gateway.test_the_process_runs import gateway as gateway
from tests.integration.gateway.test_uploads_are_refused import objects_in, open_uploads_in
from tests.integration.gateway.test_what_happens_is_counted import figures
from tests.sluice import sluice

LEAST_MEMORY = {"UPLOAD_MEMORY_BYTES": str(64 * MEBIBYTE)}  # five slots of nine and a half MiB
HURRIED = {"UPLOAD_WINDOW_SECONDS": "1", "MIN_UPLOAD_BYTES_PER_SECOND": "1000"}
EXPECTING = ("Content-Length: 2147483648", "Expect: 100-continue")


@asynccontextmanager
async def gateway_with(env: dict[str, str], **settings: str) -> AsyncIterator[str]:
    async with serving(env | settings) as url:
        await until_connected(url)
        yield url


def token(user: str) -> str:
    return tokens.issue(user, SECRET, lifetime_seconds=600)


async def answer_to(url: str, head: bytes) -> tuple[int, str, int]:
    """Status, code and Retry-After of what is said to headers alone. Nothing asks for the body."""
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(head)
    async with asyncio.timeout(5):
        raw = await reader.readuntil(b"\r\n\r\n")
        lines = raw.decode("latin-1").split("\r\n")[:-2]
        headers = dict(line.split(": ", 1) for line in lines[1:])
        body = httpx.Response(200, content=await reader.readexactly(int(headers["content-length"]))).json()
    writer.close()
    return int(lines[0].split()[1]), body["code"], int(headers["retry-after"])


async def under_way(client: httpx.AsyncClient) -> float:
    return (await figures(client))["cuecutter_uploads_under_way",]


@pytest.fixture
def env(declared: None, gateway_env: dict[str, str]) -> dict[str, str]:
    return gateway_env


async def test_a_user_with_too_many_uploads_is_refused_before_the_body_is_sent(env: dict[str, str]) -> None:
    async with gateway_with(env, MAX_UPLOADS_PER_USER="2") as url, holding(url, [head(token("alice"))] * 2):
        refused = (429, "too-many-uploads", 2)
        assert await answer_to(url, head(token("alice"), *EXPECTING)) == refused
        assert await answer_to(url, head(token("alice"))) == refused
        assert await answer_to(url, head(token("alice"), "Transfer-Encoding: chunked")) == refused
        async with as_user(url, "bob") as bob:
            await create(bob)


async def test_when_the_memory_is_used_up_an_upload_is_refused_before_the_body_is_sent(
    env: dict[str, str], catalog: Any
) -> None:
    heads = [head(token(f"user-{n}")) for n in range(5)]
    async with (
        gateway_with(env, **LEAST_MEMORY) as url,
        as_user(url, "alice") as alice,
        holding(url, heads) as crowd,
    ):
        refused = (503, "uploads-full", 2)
        assert await answer_to(url, head(token("alice"), *EXPECTING)) == refused
        assert await answer_to(url, head(token("alice"))) == refused
        assert (await alice.get("/tts/datasets")).status_code == 200
        await create(alice)  # a small one has room as well
        assert crowd.held == 5
        assert (await figures(alice))["cuecutter_upload_reserved_bytes",] == 5 * slots.needed_bytes(None)


async def test_refusals_are_counted_and_each_is_one_line(env: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    async with gateway_with(env, MAX_UPLOADS_PER_USER="1", **LEAST_MEMORY) as url, as_user(url, "alice") as alice:
        before = await figures(alice)
        async with holding(url, [head(token(f"user-{n}")) for n in range(5)]):
            await answer_to(url, head(token("user-1")))
            await answer_to(url, head(token("alice")))
        after = await figures(alice)
    for reason in ("user", "memory"):
        name = ("cuecutter_uploads_refused_total", reason)
        assert after[name] - before.get(name, 0) == 1
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("gateway.")]
    assert sorted(lines) == ["too-many-uploads", "uploads-full"]


async def test_slots_are_released_when_clients_hang_up(env: dict[str, str], store: ObjectStore) -> None:
    async with gateway_with(env, MAX_UPLOADS_PER_USER="2") as url, as_user(url, "alice") as alice:
        for body in (b"", BEGUN[:100], BEGUN, BEGUN + bytes(8 * MEBIBYTE)):
            async with holding(url, [head(token("alice"))] * 2, body):
                await until(lambda: _is(alice, 2))
            await until(lambda: _is(alice, 0))
        await create(alice)
        assert (await figures(alice))["cuecutter_upload_reserved_bytes",] == 0
    assert len(await objects_in(store)) == 2
    assert await open_uploads_in(store) == []


async def _is(client: httpx.AsyncClient, count: int) -> bool:
    return await under_way(client) == count


async def test_a_trickling_upload_is_ended_and_logged(env: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    async with gateway_with(env, **HURRIED) as url, as_user(url, "alice") as alice:
        before = await figures(alice)
        async with holding(url, [head(token("alice"))], BEGUN[:20_000]) as crowd:
            async with asyncio.timeout(10):
                while crowd.held:
                    await crowd.clients[0].send(b"x")
                    await asyncio.sleep(0.05)
            assert crowd.answers == {(408, "upload-too-slow"): 1}
        after = await figures(alice)
    name = ("cuecutter_uploads_ended_total", "slow")
    assert after[name] - before.get(name, 0) == 1
    (line,) = [record for record in caplog.records if record.getMessage() == "upload ended"]
    fields: dict[str, object] = line.fields  # type: ignore[attr-defined]
    assert (fields["reason"], fields["user"]) == ("slow", "alice")
    assert fields["correlation_id"]


async def test_a_slow_connection_at_the_least_rate_is_accepted(env: dict[str, str]) -> None:
    async def body() -> AsyncIterator[bytes]:
        whole = form(part("name", "n"), part("transcript", SRT), part("audio", WAV))
        for at in range(0, len(whole), 500):
            yield whole[at : at + 500]
            await asyncio.sleep(0.03)

    async with gateway_with(env, **HURRIED) as url, as_user(url, "alice") as alice:
        assert (await send(alice, body())).status_code == 201


async def test_a_client_that_waits_for_the_store_is_not_slow(env: dict[str, str]) -> None:
    async with sluice(env["AWS_ENDPOINT_URL_S3"]) as line:
        behind = env | {"AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{line.port}"}
        async with gateway_with(behind, UPLOAD_WINDOW_SECONDS="0.5") as url, as_user(url, "alice") as alice:
            line.hold()
            body = form(part("name", "n"), part("transcript", SRT), part("audio", WAV + bytes(60 * MEBIBYTE)))
            sending = asyncio.create_task(send(alice, body))
            await asyncio.sleep(1.5)
            line.release()
            assert (await sending).status_code == 201


async def test_a_slow_upload_is_evicted_for_a_new_one(env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "GRACE_SECONDS", 1.0)
    large = form(part("name", "n"), part("transcript", SRT), part("audio", WAV + bytes(20 * MEBIBYTE)))
    async with gateway_with(env, **LEAST_MEMORY) as url, as_user(url, "alice") as alice:
        before = await figures(alice)
        async with holding(url, [head(token(f"user-{n}")) for n in range(5)]) as crowd:
            assert (await send(alice, large)).status_code == 503
            await asyncio.sleep(1.1)
            assert (await send(alice, large)).status_code == 201
            await until(lambda: crowd.held == 4)
            assert crowd.answers == {(408, "upload-too-slow"): 1}
        after = await figures(alice)
    name = ("cuecutter_uploads_ended_total", "displaced")
    assert after[name] - before.get(name, 0) == 1


async def test_large_transcripts_are_bounded_by_the_memory_too(gateway: GatewayProcess) -> None:
    """Held, and judged: of characters beyond U+FFFF, which take most."""
    text = ("It was late, and nobody spoke. 😀 " * 500_000).encode()[: 15 * MEBIBYTE]
    transcript, audio, name = part("transcript", text), part("audio", WAV), part("name", "n")
    heads = [head(token(f"user-{n}")) for n in range(20)]
    before = gateway.peak_bytes()
    async with holding(gateway.url, heads, transcript) as crowd:
        async with asyncio.timeout(20):
            while crowd.held > 5:
                await asyncio.sleep(0.05)
        assert set(crowd.answers) == {(503, "uploads-full")}
        held = gateway.peak_bytes()
        for client in [client for client in crowd.clients if client.answer is None]:
            await client.send(audio + name + f"--{BOUNDARY}--\r\n".encode())
    async with as_user(gateway.url, "alice") as alice:
        await until(lambda: _is(alice, 0))
        answers = await asyncio.gather(
            *(_create(gateway.url, f"user-{n}", transcript + audio + name) for n in range(20))
        )
        await create(alice)
    peak = gateway.peak_bytes()
    print("MiB before, held, judged:", *(size // MEBIBYTE for size in (before, held, peak)))
    assert sorted(set(answers)) == [201, 503]
    assert peak <= 384 * MEBIBYTE


async def test_what_a_refused_upload_held_is_freed_before_its_client_has_read_the_answer(
    gateway: GatewayProcess,
) -> None:
    # Of the audio a little more than is read for the sake of further faults, before the answer is given.
    body = part("transcript", b"x" * 15 * MEBIBYTE) + part("audio", b"x" * (SEARCH_BYTES + 2 * MEBIBYTE))
    async with holding(gateway.url, [head(token("warm"))], body) as crowd:
        await until(lambda: crowd.held == 0)
    gateway.forget_peak()
    before = gateway.peak_bytes()
    async with AsyncExitStack() as lingering:
        for n in range(20):  # the gateway waits for the rest of each body for ten seconds
            crowd = await lingering.enter_async_context(holding(gateway.url, [head(token(f"user-{n}"))], body))
            await until(lambda: crowd.held == 0)  # noqa: B023 — it is met before the next one is there
            assert crowd.answers == {(415, "not-audio"): 1}
    grown = gateway.peak_bytes() - before
    print(f"twenty refused uploads: {grown // MEBIBYTE} MiB more")
    assert grown < 80 * MEBIBYTE


async def _create(url: str, user: str, parts: bytes) -> int:
    async with as_user(url, user) as client:
        return (await send(client, form(parts))).status_code

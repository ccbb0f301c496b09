"""Objects over HTTP: whole, in parts, resumed where they broke off; never a byte that is not stored."""

import asyncio
import email
import email.policy
import hashlib
import os
import random
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from gateway.results import delivery
from objects import ObjectStore
from stack import tokens
from tests.integration.gateway.forms import refusal
from tests.integration.gateway.made_results import Maker, wav
from tests.integration.gateway.running import SECRET, SRT, WAV, as_user, create, serving, until, until_connected
from tests.integration.gateway.test_the_process_runs import GatewayProcess
from tests.integration.gateway.test_the_process_runs import gateway as gateway
from tests.integration.gateway.test_what_happens_is_counted import figures
from tests.integration.objects.bad_networks import relay

MEBIBYTE = 1024 * 1024
LARGE = WAV[:44] + random.Random(1).randbytes(12 * MEBIBYTE)
LARGE_SHA256 = hashlib.sha256(LARGE).hexdigest()


async def recorded(client: httpx.AsyncClient, audio: bytes = LARGE, transcript: bytes = SRT) -> dict[str, Any]:
    files = {"audio": ("a.wav", audio), "transcript": ("t.srt", transcript)}
    answer = await client.post("/tts/datasets", data={"name": 'Kapitel "1"/ä'}, files=files)
    assert answer.status_code == 201, answer.text
    dataset: dict[str, Any] = answer.json()
    return dataset


def parts_of(answer: httpx.Response) -> list[tuple[str, str, bytes]]:
    """Content-Type, Content-Range and bytes of each, as the standard library reads a multipart message."""
    head = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + answer.content, policy=email.policy.HTTP)
    boundary = b"--" + str(message.get_boundary()).encode()
    bodies = [part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for part in answer.content.split(boundary)[1:-1]]
    heads = [(str(part["content-type"]), str(part["content-range"])) for part in message.iter_parts()]
    return [(kind, place, body) for (kind, place), body in zip(heads, bodies, strict=True)]


async def test_everything_is_served_as_it_is_stored(alice: httpx.AsyncClient, maker: Maker) -> None:
    dataset = await recorded(alice)
    made = await maker.make(dataset, 3)
    expected = {
        "audio": (LARGE, "audio/wav", "inline; filename*=UTF-8''Kapitel%20%221%22%2F%C3%A4.wav"),
        "transcript": (SRT, "text/plain; charset=utf-8", "attachment; filename*=UTF-8''Kapitel%20%221%22%2F%C3%A4.srt"),
        "manifest": (made.manifest, "application/x-ndjson", "attachment; filename*=UTF-8''training_data.jsonl"),
        "segments/2/audio": (wav(2), "audio/wav", "inline; filename*=UTF-8''segment_00002.wav"),
    }
    for path, (body, content_type, disposition) in expected.items():
        got, head = await alice.get(f"{made.path}/{path}"), await alice.head(f"{made.path}/{path}")
        assert (got.status_code, got.content) == (200, body)
        assert got.headers["etag"] == f'"{hashlib.sha256(body).hexdigest()}"'
        assert got.headers["content-type"] == content_type
        assert got.headers["content-disposition"] == disposition
        assert got.headers["accept-ranges"] == "bytes"
        assert got.headers["content-length"] == str(len(body))
        assert got.headers["x-content-type-options"] == "nosniff"
        assert (head.status_code, head.content) == (200, b"")
        same = set(got.headers) - {"date", "x-request-id"}
        assert {name: head.headers[name] for name in same} == {name: got.headers[name] for name in same}


@pytest.mark.parametrize("path", ["audio", "segments/1/audio", "manifest"])
async def test_parts_are_exact(alice: httpx.AsyncClient, maker: Maker, path: str) -> None:
    made = await maker.make(await recorded(alice), 20)
    url = f"{made.path}/{path}"
    body = (await alice.get(url)).content
    size, tag = len(body), (await alice.head(url)).headers["etag"]
    for asked, first, last in (
        ("0-", 0, size),
        ("100-199", 100, 200),
        ("-300", size - 300, size),
        ("5-999999999", 5, size),
    ):
        part = await alice.get(url, headers={"range": f"bytes={asked}", "if-range": tag})
        assert (part.status_code, part.content) == (206, body[first:last])
        assert part.headers["content-range"] == f"bytes {first}-{last - 1}/{size}"
        assert part.headers["content-length"] == str(last - first)
        assert part.headers["etag"] == tag
    assert (await alice.get(url, headers={"range": "bytes=0-9", "if-range": '"other"'})).content == body
    assert (await alice.get(url, headers={"range": "bytes=0-9", "if-none-match": tag})).status_code == 304
    assert (await alice.get(url, headers={"range": "lines=0-9"})).status_code == 200
    head = await alice.head(url, headers={"range": "bytes=0-9"})
    assert (head.status_code, head.headers["content-length"]) == (200, str(size))
    beyond = await alice.get(url, headers={"range": f"bytes={size}-"})
    assert refusal(beyond)[:2] == (416, "range-not-satisfiable")
    assert beyond.headers["content-range"] == f"bytes */{size}"


@pytest.mark.parametrize("path", ["audio", "segments/1/audio"])
async def test_several_parts_come_in_one_answer(alice: httpx.AsyncClient, maker: Maker, path: str) -> None:
    made = await maker.make(await recorded(alice), 3)
    body = (await alice.get(f"{made.path}/{path}")).content
    size = len(body)
    answer = await alice.get(f"{made.path}/{path}", headers={"range": "bytes=-10, 0-9, 500-799, 700-899"})
    assert answer.status_code == 206
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert parts_of(answer) == [
        ("audio/wav", f"bytes {first}-{last - 1}/{size}", body[first:last])
        for first, last in ((0, 10), (500, 900), (size - 10, size))
    ]
    many = ",".join(f"{n * 50}-{n * 50}" for n in range(17))
    near = await alice.get(f"{made.path}/{path}", headers={"range": f"bytes={many}"})
    assert (near.status_code, near.content) == (206, body[:801])


async def test_what_breaks_off_is_resumed_to_the_same_bytes(alice: httpx.AsyncClient) -> None:
    url = f"/tts/datasets/{(await recorded(alice))['id']}/audio"
    tag, chance = (await alice.head(url)).headers["etag"], random.Random(2)
    got, tries = b"", 0
    while len(got) < len(LARGE):
        headers = {"range": f"bytes={len(got)}-", "if-range": tag} if got else {}
        async with alice.stream("GET", url, headers=headers) as answer:
            assert answer.status_code == (206 if got else 200)
            ends_after = len(got) + chance.randrange(1, 4 * MEBIBYTE)
            async for piece in answer.aiter_raw():
                got += piece
                if len(got) >= ends_after:
                    break  # the client hangs up
        tries += 1
    assert hashlib.sha256(got).hexdigest() == LARGE_SHA256
    assert tag == f'"{LARGE_SHA256}"'
    print(f"12 MiB in {tries} tries, cut off at random: the same sha256")


@asynccontextmanager
async def slowly(url: str, path: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A client that has asked, has read the answer's head, and takes the rest when the test does."""
    where = urlsplit(url)
    # A small window, so that what the gateway has sent is not all on its way.
    reader, writer = await asyncio.open_connection(where.hostname, where.port, limit=65_536)
    token = tokens.issue("alice", SECRET, lifetime_seconds=600)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 20)
    assert head.startswith(b"HTTP/1.1 200 ")
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def broken_off(client: httpx.AsyncClient, reason: str) -> float:
    return (await figures(client)).get(("cuecutter_downloads_broken_off_total", reason), 0)


async def under_way(client: httpx.AsyncClient) -> float:
    return (await figures(client))["cuecutter_downloads_under_way",]


async def test_a_client_that_is_gone_is_no_longer_served(url: str, alice: httpx.AsyncClient) -> None:
    path = f"/tts/datasets/{(await recorded(alice))['id']}/audio"
    before = await broken_off(alice, "client-gone")
    async with slowly(url, path):
        assert await under_way(alice) == 1
    await until(lambda: none_under_way(alice), seconds=5)
    assert await broken_off(alice, "client-gone") == before + 1


async def none_under_way(client: httpx.AsyncClient) -> bool:
    return await under_way(client) == 0


async def test_a_client_that_takes_nothing_is_parted_with(
    url: str, alice: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "DELETION_CHECK_SECONDS", 0.1)
    monkeypatch.setattr(delivery, "STALL_SECONDS", 0.5)
    path = f"/tts/datasets/{(await recorded(alice))['id']}/audio"
    before = await broken_off(alice, "stalled")
    async with slowly(url, path) as (reader, _):
        await until(lambda: none_under_way(alice), seconds=10)
        with suppress(ConnectionResetError):
            assert len(await asyncio.wait_for(reader.read(), 10)) < len(LARGE)
    assert await broken_off(alice, "stalled") == before + 1


async def test_a_download_ends_when_its_dataset_is_deleted(
    url: str, alice: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "DELETION_CHECK_SECONDS", 0.2)
    dataset = await recorded(alice)
    before = await broken_off(alice, "deleted")
    async with slowly(url, f"/tts/datasets/{dataset['id']}/audio") as (reader, _):
        await alice.delete(f"/tts/datasets/{dataset['id']}")
        await until(lambda: none_under_way(alice), seconds=10)
        assert len(await asyncio.wait_for(reader.read(), 10)) < len(LARGE)
    assert await broken_off(alice, "deleted") == before + 1


async def test_a_damaged_recording_never_looks_complete(
    alice: httpx.AsyncClient, store: ObjectStore, caplog: pytest.LogCaptureFixture
) -> None:
    dataset = await recorded(alice)
    path, key = f"/tts/datasets/{dataset['id']}/audio", dataset["audio_s3_key"]
    for damaged in (LARGE[:-1] + bytes([LARGE[-1] ^ 1]), LARGE[:5_000_000], b"\0" + LARGE[1:]):
        await store.put(key, damaged)
        before = await broken_off(alice, "damaged")
        assert len(await until_it_breaks_off(alice, path)) < len(LARGE)
        assert await broken_off(alice, "damaged") == before + 1
        assert caplog.records
    await store.delete([key])
    with pytest.raises(httpx.RemoteProtocolError):
        await alice.get(path)


async def until_it_breaks_off(client: httpx.AsyncClient, path: str) -> bytes:
    """What a client gets of a download that is not completed."""
    got = b""
    with suppress(httpx.RemoteProtocolError):
        async with client.stream("GET", path) as answer:
            async for piece in answer.aiter_raw():
                got += piece
        pytest.fail("it was complete")
    return got


async def test_a_damaged_slice_is_not_served_at_all(alice: httpx.AsyncClient, maker: Maker, store: ObjectStore) -> None:
    made = await maker.make(await create(alice), 3)
    for damaged in (wav(1), wav(0)[:-1], wav(0) + b"\0", b""):
        await store.put(made.slice_key(0), damaged)
        for headers in ({}, {"range": "bytes=0-9"}):
            answer = await alice.get(f"{made.path}/segments/0/audio", headers=headers)
            assert refusal(answer)[:2] == (500, "object-damaged")
    await store.delete([made.slice_key(0)])
    assert refusal(await alice.get(f"{made.path}/segments/0/audio"))[:2] == (500, "object-damaged")
    await store.put(made.result.training_data_key, made.manifest.replace(b"late", b"soon"))
    assert refusal(await alice.get(f"{made.path}/manifest"))[:2] == (500, "object-damaged")
    assert refusal(await alice.get(f"{made.path}/segments?q=soon"))[:2] == (500, "object-damaged")


async def test_head_reads_no_object(alice: httpx.AsyncClient, maker: Maker, gateway_env: dict[str, str]) -> None:
    made = await maker.make(await recorded(alice), 3)
    asked: list[str] = []

    def listening(data: bytes) -> bytes:
        if data.startswith((b"GET ", b"HEAD ")):
            asked.append(data.split(b"\r\n", 1)[0].decode())
        return data

    async with relay(gateway_env["AWS_ENDPOINT_URL_S3"], to_store=listening) as port:
        env = gateway_env | {"AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}"}
        async with serving(env) as url, as_user(url, "alice") as client:
            await until_connected(url)
            for path in ("audio", "transcript", "manifest", "segments/0/audio"):
                assert (await client.head(f"{made.path}/{path}")).status_code == 200
    read = [line for line in asked if line.startswith("GET ") and "/users/" in line]
    # The index says how long the manifest is, and a row how long its slice.
    assert all("training_data." in line for line in read), read
    assert sum("training_data.index" in line for line in read) == 1
    assert sum("training_data.jsonl" in line for line in read) == 1


async def test_what_is_sent_is_counted_by_kind(alice: httpx.AsyncClient, maker: Maker) -> None:
    made = await maker.make(await create(alice), 3)
    before = await figures(alice)
    await alice.get(f"{made.path}/segments/0/audio", headers={"range": "bytes=0-9"})
    await alice.get(f"{made.path}/manifest")
    await alice.head(f"{made.path}/manifest")
    await alice.get(f"{made.path}/audio")
    grown = {name: value - before.get(name, 0) for name, value in (await figures(alice)).items()}
    sent = {name[1]: value for name, value in grown.items() if name[0] == "cuecutter_download_bytes_total" and value}
    assert sent == {"segment": 10, "manifest": len(made.manifest), "recording": len(WAV)}


@pytest.mark.alone
async def test_twenty_slow_clients_take_little_memory(gateway: GatewayProcess, alice: httpx.AsyncClient) -> None:
    size = 64 * MEBIBYTE
    audio = WAV[:44] + random.Random(3).randbytes(MEBIBYTE) * 64
    # Uploaded by another gateway: memory that an upload leaves would be used again, and hide what downloads need.
    path = f"/tts/datasets/{(await recorded(alice, audio))['id']}/audio"
    async with as_user(gateway.url, "alice") as client:
        await client.get(path.replace("audio", "transcript"))  # what the first request loads is not a download's
        gateway.forget_peak()
        before = gateway.peak_bytes()
        assert len((await client.get(path)).content) == size + 44
        alone = gateway.peak_bytes() - before
        gateway.forget_peak()
        before = gateway.peak_bytes()
        await asyncio.gather(*(take_slowly(gateway.url, path) for _ in range(20)))
        grown = gateway.peak_bytes() - before
    print(f"20 slow clients: {grown / 20 / MEBIBYTE:.1f} MiB each; one fast: {alone / MEBIBYTE:.1f} MiB")
    assert grown / 20 < 32 * MEBIBYTE
    assert alone < 32 * MEBIBYTE


async def take_slowly(url: str, path: str) -> None:
    """Some megabytes at first, then a little at a time, for two seconds."""
    async with slowly(url, path) as (reader, _):
        await reader.readexactly(8 * MEBIBYTE)
        for _ in range(20):
            await reader.readexactly(16_384)
            await asyncio.sleep(0.1)


async def test_a_gateway_that_stops_breaks_downloads_off_in_time(gateway: GatewayProcess) -> None:
    async with as_user(gateway.url, "alice") as client:
        path = f"/tts/datasets/{(await recorded(client))['id']}/audio"
    async with slowly(gateway.url, path):
        os.kill(gateway.process.pid, signal.SIGTERM)
        await until(lambda: gateway.process.poll() is not None, seconds=15)
    log = gateway.log.read_text(encoding="utf-8")
    assert "Traceback" not in log
    assert '"reason":"stopping"' in log
    assert "without completing" not in log

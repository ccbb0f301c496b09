"""What no HTTP library would send, over bare sockets: each is answered, with a problem, and leaves nothing."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from bus.stream import Stream
from gateway.http import request_body
from gateway.server import protocol
from objects import ObjectStore
from stack import tokens
from tests.integration.gateway.forms import BOUNDARY, form, part
from tests.integration.gateway.running import SECRET, SRT, WAV, create, serving, until_connected
from tests.integration.gateway.test_uploads_are_refused import assert_nothing_stays

FORM = form(part("name", "n"), part("transcript", SRT), part("audio", WAV))
CONTENT_TYPE = f"Content-Type: multipart/form-data; boundary={BOUNDARY}"

NO_HTTP = (
    b"hello\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100),  # TLS
    b"GET /tts/datasets HTTP/1.1\r\n\r\n",  # no Host
    b"GET /tts/datasets/\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX Y: z\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 300_000 + b"\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        assert self.headers["content-type"] == "application/problem+json"
        read: dict[str, Any] = json.loads(self.body)
        assert read["remedy"]
        assert read["request_id"] == self.headers["x-request-id"]
        return read

    @property
    def error(self) -> tuple[int, str, list[tuple[str, str]]]:
        return self.status, self.problem["code"], [(x["field"], x["code"]) for x in self.problem.get("errors", [])]


def head(method: str, path: str, *headers: str) -> bytes:
    token = tokens.issue("alice", SECRET, lifetime_seconds=600)
    lines = (f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {token}", *headers)
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


async def said(url: str, *sent: bytes, close: bool = False) -> Answer:
    """What the gateway answers to bytes that come one after the other; with `close`, no more can follow."""
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    for piece in sent:
        writer.write(piece)
        await writer.drain()
    if close:
        writer.write_eof()
    async with asyncio.timeout(20):
        status, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("ascii").split("\r\n")[:-2]
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        body = await reader.readexactly(int(headers["content-length"]))
    writer.close()
    return Answer(int(status.split()[1]), headers, body)


async def test_what_is_no_http_is_a_problem(url: str) -> None:
    for sent in NO_HTTP:
        answer = await said(url, sent)
        assert answer.error == (400, "malformed-request", []), sent[:80]
        assert answer.headers["connection"] == "close"


async def test_a_body_whose_sender_says_that_no_more_will_come_names_the_field_it_ends_in(
    url: str, store: ObjectStore, observer: Stream
) -> None:
    truncated = (400, "malformed-body", [("audio", "truncated")])
    upload = head("POST", "/tts/datasets", CONTENT_TYPE, f"Content-Length: {len(FORM)}")
    assert (await said(url, upload + FORM[:-3_000], close=True)).error == truncated
    assert (await said(url, upload, FORM[:5_000], FORM[5_000:9_000], close=True)).error == truncated
    chunked = head("POST", "/tts/datasets", CONTENT_TYPE, "Transfer-Encoding: chunked")
    assert (await said(url, chunked + chunk(FORM[:9_000]), close=True)).error == truncated
    # The form is whole, but not the body: what else was to come is not known.
    announced = head("POST", "/tts/datasets", CONTENT_TYPE, f"Content-Length: {len(FORM) + 9}")
    assert (await said(url, announced + FORM, close=True)).error == (400, "malformed-body", [("body", "truncated")])
    await assert_nothing_stays(store, observer)


async def test_a_body_of_process_that_breaks_off_begins_no_run(url: str, alice: httpx.AsyncClient) -> None:
    path = f"/tts/datasets/{(await create(alice))['id']}"
    cut = await said(url, head("POST", f"{path}/process", "Content-Length: 50") + b"{}", close=True)
    assert cut.error == (400, "client-gone", [])
    assert (await alice.post(f"{path}/cancel")).json()["code"] == "not-processing"


async def test_a_whole_request_is_answered_although_no_more_can_follow(url: str, alice: httpx.AsyncClient) -> None:
    upload = head("POST", "/tts/datasets", CONTENT_TYPE, f"Content-Length: {len(FORM)}")
    assert (await said(url, upload + FORM, close=True)).status == 201
    assert (await said(url, head("GET", "/schema/openapi.json"), close=True)).status == 200


async def test_a_chunk_that_is_none_ends_the_upload(url: str, store: ObjectStore, observer: Stream) -> None:
    upload = head("POST", "/tts/datasets", CONTENT_TYPE, "Transfer-Encoding: chunked")
    assert (await said(url, upload + chunk(FORM[:9_000]) + b"zz\r\n")).error == (400, "malformed-request", [])
    # Here the answer is given already when the framing breaks: it must arrive all the same.
    refused = await said(url, upload + chunk(part("language", "en") + bytes(100)) + b"zz\r\n")
    assert refused.error in ((400, "invalid-request", [("language", "unknown")]), (400, "malformed-request", []))
    await assert_nothing_stays(store, observer)


async def to_the_end(url: str, *sent: bytes) -> bytes:
    """All that the gateway says until it closes the connection; a reset would raise."""
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(b"".join(sent))
    async with asyncio.timeout(20):
        answered = await reader.read()
    writer.close()
    return answered


async def test_a_request_of_two_lengths_is_refused_and_nothing_behind_it_is_read(
    url: str, store: ObjectStore, observer: Stream
) -> None:
    body = chunk(FORM) + b"0\r\n\r\n"
    both = head("POST", "/tts/datasets", CONTENT_TYPE, f"Content-Length: {len(body)}", "Transfer-Encoding: chunked")
    answered = await to_the_end(url, both, body, head("GET", "/healthz"))
    assert answered.startswith(b"HTTP/1.1 400 ")
    assert b'"malformed-request"' in answered
    assert answered.count(b"HTTP/1.1 ") == 1
    await assert_nothing_stays(store, observer)


async def test_a_host_that_is_none_is_no_error_of_a_parameter(url: str) -> None:
    answer = await said(url, b"GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n")
    assert answer.error == (400, "malformed-request", [])


async def test_who_still_sends_what_is_no_http_reads_the_answer_to_its_end(url: str) -> None:
    answered = await to_the_end(url, b"GET / HTTP/1.1\r\nX: " + b"y" * 3_000_000)
    assert answered.startswith(b"HTTP/1.1 400 ")


@pytest.mark.alone
async def test_a_request_that_does_not_begin_is_not_waited_for(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    assert (await said(url, b"GET /healthz HTTP/1.1\r\nX:")).error == (408, "head-timeout", [])
    assert await to_the_end(url) == b""
    where = urlsplit(url)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(head("GET", "/healthz"))
    assert (await reader.readuntil(b"}")).startswith(b"HTTP/1.1 200 ")
    writer.write(b"GET /healthz")
    async with asyncio.timeout(3):  # less than uvicorn keeps an idle connection
        assert b'"head-timeout"' in await reader.read()
    writer.close()


async def test_a_request_under_way_is_not_taken_for_one_that_does_not_begin(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.2)
    monkeypatch.setattr(request_body, "BODY_SECONDS", 1.0)
    answer = await said(url, head("POST", f"/tts/datasets/{uuid4()}/process", "Content-Length: 50"), b"{")
    assert answer.error == (408, "body-timeout", [])


async def test_an_upload_that_falls_silent_is_ended(
    declared: None, gateway_env: dict[str, str], store: ObjectStore, observer: Stream
) -> None:
    upload = head("POST", "/tts/datasets", CONTENT_TYPE, f"Content-Length: {len(FORM)}")
    async with serving(gateway_env | {"UPLOAD_WINDOW_SECONDS": "0.3"}) as url:
        await until_connected(url)
        assert (await said(url, upload + FORM[:9_000])).error == (408, "upload-too-slow", [])
    await assert_nothing_stays(store, observer)


async def test_a_small_body_is_not_waited_for_long(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "BODY_SECONDS", 0.2)
    answer = await said(url, head("POST", f"/tts/datasets/{uuid4()}/process", "Content-Length: 50"), b"{")
    assert answer.error == (408, "body-timeout", [])


async def test_a_large_body_where_none_belongs_is_not_read(url: str) -> None:
    for method, path, status in (("GET", "/healthz", 200), ("DELETE", f"/tts/datasets/{uuid4()}", 404)):
        answer = await said(url, head(method, path, "Content-Length: 100000000"))
        assert (answer.status, answer.headers["connection"]) == (status, "close")
    process = head("POST", f"/tts/datasets/{uuid4()}/process", "Content-Length: 100000000")
    assert (await said(url, process)).error == (413, "body-too-large", [])


async def test_options_names_every_method_of_a_path(alice: httpx.AsyncClient) -> None:
    dataset = f"/tts/datasets/{uuid4()}"
    for path, methods in (
        ("/tts/datasets", "GET, HEAD, OPTIONS, POST"),
        (dataset, "DELETE, GET, HEAD, OPTIONS, PATCH"),
        (f"{dataset}/cues", "GET, HEAD, OPTIONS, PUT"),
        (f"{dataset}/process", "OPTIONS, POST"),
        (f"{dataset}/cancel", "OPTIONS, POST"),
        ("/healthz", "GET, HEAD, OPTIONS"),
        ("/readyz", "GET, HEAD, OPTIONS"),
        ("/metrics", "GET, HEAD, OPTIONS"),
        ("/schema/openapi.json", "GET, HEAD, OPTIONS"),
    ):
        answer = await alice.options(path)
        assert (answer.status_code, answer.content, answer.headers["allow"]) == (204, b"", methods), path
        refused = await alice.request("TRACE", path)
        assert sorted(refused.headers["allow"].split(", ")) == methods.split(", "), path

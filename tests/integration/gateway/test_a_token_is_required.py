"""The door stands before the router: unknown paths, HEAD and look-alikes of open paths are behind it."""

import httpx
import pytest

from stack import tokens
from tests.integration.gateway.running import SECRET, SRT, WAV, create

CLOSED = (
    ("GET", "/tts/datasets"),
    ("HEAD", "/tts/datasets"),
    ("POST", "/tts/datasets"),
    ("OPTIONS", "/tts/datasets"),
    ("PATCH", "/tts/datasets/"),
    ("GET", "/tts/datasets/x"),
    ("HEAD", "/tts/datasets/x"),
    ("DELETE", "/tts/datasets/x"),
    ("GET", "/tts//datasets/0b2f3a52-7e4b-4f0a-9c55-0f4f7f3b9a01"),
    ("POST", "/tts/datasets/x/process"),
    ("POST", "/tts/datasets/x/cancel"),
    ("GET", "//healthz"),
    ("GET", "/healthz/../tts/datasets"),
)
NOWHERE = (
    ("GET", "/tts/datasets/x/schema"),
    ("GET", "/tts/datasets/x/healthz"),
    ("GET", "/tts"),
    ("POST", "/tts/datasets/x/process/y"),
    ("GET", "/"),
    ("HEAD", "/"),
    ("POST", "/"),
    ("GET", "/nothing/here"),
    ("HEAD", "/nothing/here"),
    ("GET", "/schema"),
    ("GET", "/schema/"),
    ("GET", "/schema/-"),
    ("GET", "/schema/openapi.json/x"),
    ("GET", "/schema/openapi.yaml"),
    ("GET", "/healthzz"),
    ("GET", "/healthz%2f..%2ftts/datasets"),
)


async def asked(client: httpx.AsyncClient, method: str, path: str) -> httpx.Response:
    request = client.build_request(method, "/")
    request.url = request.url.copy_with(raw_path=path.encode())
    return await client.send(request)


@pytest.fixture
async def stranger(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, trust_env=False)


async def test_a_request_without_a_token_is_challenged(stranger: httpx.AsyncClient) -> None:
    for method, path in CLOSED:
        answer = await asked(stranger, method, path)
        assert answer.status_code == 401, path
        assert answer.headers["www-authenticate"] == 'Bearer realm="cuecutter"', path
        assert answer.headers["content-type"] == "application/problem+json", path
        if method != "HEAD":
            assert answer.json()["code"] == "unauthenticated", path
            assert answer.json()["request_id"] == answer.headers["x-request-id"], path


async def test_a_path_that_leads_nowhere_is_not_found_with_a_token_and_without(
    stranger: httpx.AsyncClient, alice: httpx.AsyncClient
) -> None:
    for method, path in NOWHERE:
        without, known = await asked(stranger, method, path), await asked(alice, method, path)
        assert (without.status_code, known.status_code) == (404, 404), path
        assert "www-authenticate" not in without.headers, path
        if method != "HEAD":
            answer = without.json()
            assert answer | {"request_id": ""} == known.json() | {"request_id": ""}, path
            assert answer["detail"] == "There is nothing at this address.", path


async def test_what_is_open_needs_no_token(stranger: httpx.AsyncClient) -> None:
    assert (await stranger.get("/healthz")).status_code == 200
    assert (await stranger.head("/healthz")).status_code == 200
    assert (await stranger.get("/readyz")).status_code == 503
    assert (await stranger.get("/metrics")).status_code == 200
    assert (await stranger.get("/schema/openapi.json")).status_code == 200


async def test_another_scheme_or_another_token_does_not_open(stranger: httpx.AsyncClient) -> None:
    token = tokens.issue("alice", SECRET, lifetime_seconds=600)
    for authorization in (f"Basic {token}", token, f"Bearer {token}x", "Bearer", f"Token {token}"):
        answer = await stranger.get("/tts/datasets/x", headers={"authorization": authorization})
        assert answer.status_code == 401, authorization


async def test_an_expired_token_is_an_invalid_token(stranger: httpx.AsyncClient) -> None:
    headers = {"authorization": f"Bearer {tokens.issue('alice', SECRET, lifetime_seconds=-60)}"}
    answer = await stranger.head("/tts/datasets", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="cuecutter", error="invalid_token"'


async def test_a_stranger_who_sends_a_large_body_still_reads_the_answer(stranger: httpx.AsyncClient) -> None:
    files = {"audio": ("a.wav", WAV + bytes(20_000_000)), "transcript": ("t.srt", SRT)}
    answer = await stranger.post("/tts/datasets", data={"name": "x"}, files=files)
    assert answer.status_code == 401
    assert answer.headers["connection"] == "close"


async def test_the_connection_stays_open_after_a_refusal_without_a_body(alice: httpx.AsyncClient) -> None:
    answer = await alice.get("/tts/datasets/x")
    assert answer.status_code == 404
    assert "connection" not in answer.headers
    await create(alice)

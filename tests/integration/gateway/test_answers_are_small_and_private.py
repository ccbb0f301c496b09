"""Answers do not grow with the request, and no cache or browser keeps what is one caller's."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.integration.gateway.forms import form, part, send
from tests.integration.gateway.running import CatalogPlayer, create
from tests.integration.gateway.test_odd_requests_are_answered import said

MAX_BYTES = 16 * 1024
MANY = "&".join(f"{n:x}" for n in range(10_000))  # 50 kB


@pytest.fixture
async def stranger(url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=url, trust_env=False)


def assert_small(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code in (400, 401, 404, 413), answer.text[:300]
    assert len(answer.content) + len(str(answer.headers)) <= MAX_BYTES
    problem: dict[str, Any] = answer.json()
    return problem


async def test_a_long_query_gets_a_short_answer_that_counts_what_it_leaves_out(stranger: httpx.AsyncClient) -> None:
    problem = assert_small(await stranger.get(f"/healthz?{MANY}"))
    assert len(problem["errors"]) + problem["errors_left_out"] == 10_000
    assert 50 <= len(problem["errors"]) <= 100
    for query in ("x" * 50_000, "%00" * 16_000, "%F0%9F%98%80" * 4_000, "a=" + "b" * 50_000):
        problem = assert_small(await stranger.get(f"/readyz?{query}"))
        assert (len(problem["errors"]), "errors_left_out" in problem) == (1, False)


async def test_no_door_gives_back_what_is_thrown_at_it(
    url: str, stranger: httpx.AsyncClient, alice: httpx.AsyncClient
) -> None:
    long = "x" * 50_000
    for client in (stranger, alice):
        assert_small(await client.get(f"/{long}"))
        assert_small(await client.get("/" + "%00" * 16_000))
        assert_small(await client.get(f"/tts/datasets/{'%E2%82%AC' * 5_000}"))
        assert_small(await client.get(f"/tts/datasets?limit={long}"))
        assert_small(await client.get("/nothing", headers=dict.fromkeys(("x-request-id", "accept"), long)))
        assert_small(
            await client.post("/tts/datasets", headers={"content-type": f"multipart/form-data; boundary={long}"})
        )
        assert_small(await client.get("/tts/datasets", headers={"authorization": f"Bearer {long}"}))
    host = await said(url, f"GET /healthz HTTP/1.1\r\nHost: {'a b' * 15_000}\r\n\r\n".encode())
    assert len(host.body) <= MAX_BYTES


async def test_forms_and_bodies_of_many_long_names_get_short_answers(alice: httpx.AsyncClient) -> None:
    for name in ("x" * 3_000, "\x01" * 3_000, "😀" * 700):
        problem = assert_small(await send(alice, form(*(part(f"{n}{name}", "x") for n in range(30)))))
        assert len(problem["errors"]) + problem.get("errors_left_out", 0) in (1, 33)  # a body that can't be read: 1
    problem = assert_small(
        await send(alice, form(part("name", "n"), part("options", '{"' + "\\u0000" * 2_000 + '": 1}')))
    )
    assert [error["field"][:9] for error in problem["errors"]] == ["options.\\", "audio", "transcrip"]
    path = f"/tts/datasets/{uuid4()}/process"
    many = assert_small(await alice.post(path, content=json.dumps({"options": {f"{n:x}": 1 for n in range(6_000)}})))
    assert len(many["errors"]) + many["errors_left_out"] == 6_000
    assert_small(await alice.post(path, content=json.dumps({"x" * 60_000: 1})))


async def test_every_answer_is_the_callers_alone(
    url: str, stranger: httpx.AsyncClient, alice: httpx.AsyncClient, catalog: CatalogPlayer
) -> None:
    dataset = await create(alice)
    path = f"/tts/datasets/{dataset['id']}"
    answers = [
        await alice.get("/tts/datasets"),
        await alice.head("/tts/datasets"),
        await alice.get(path),
        await alice.options(path),
        await alice.post(f"{path}/process"),
        await alice.post(f"{path}/process"),
        await alice.post(f"{path}/cancel"),
        await alice.get(f"{path}?x=1"),
        await alice.put(path),
        await send(alice, b"x"),
        await alice.delete(path),
        await alice.get(path),
        await stranger.get(path),
        await stranger.get("/nothing"),
        await stranger.get("/healthz"),
        await stranger.get("/readyz"),
        await stranger.get("/metrics"),
        await stranger.get("/schema/openapi.json?x=1"),
    ]
    expected = [200, 200, 200, 204, 202, 409, 202, 400, 405, 400, 204, 404, 401, 404, 200]
    assert [answer.status_code for answer in answers][:15] == expected
    every = [dict(answer.headers) for answer in answers]
    every.append((await said(url, b"hello\r\n\r\n")).headers)
    for headers in every:
        assert headers["cache-control"] == "private, no-store", headers
        assert headers["x-content-type-options"] == "nosniff", headers


async def test_the_document_which_is_the_same_for_everybody_may_be_kept(stranger: httpx.AsyncClient) -> None:
    headers = (await stranger.get("/schema/openapi.json")).headers
    assert headers.get_list("cache-control") == ["public, max-age=300"]
    assert headers["x-content-type-options"] == "nosniff"

"""The session cookie: what it is made of, what it serves, and everything that it does not."""

import time
from http.cookies import SimpleCookie
from typing import Any

import httpx
import jwt
import pytest

from stack import tokens
from tests.integration.gateway.forms import refusal
from tests.integration.gateway.running import SECRET, CatalogPlayer, create, serving, until_connected

SESSION = "/tts/session"
NAME = "cuecutter_session"


async def begin(client: httpx.AsyncClient, **headers: str) -> Any:
    answer = await client.post(SESSION, headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    client.cookies.clear()
    return SimpleCookie(answer.headers["set-cookie"])[NAME]


def bearing(url: str, cookie: str, *more: str) -> httpx.AsyncClient:
    headers = {"cookie": "; ".join((f"{NAME}={cookie}", *more))}
    return httpx.AsyncClient(base_url=url, headers=headers, trust_env=False)


async def test_the_cookie_is_for_the_browser_alone_and_ends_with_the_token(alice: httpx.AsyncClient) -> None:
    cookie = await begin(alice)
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/tts", "Strict", True)
    assert not cookie["domain"]
    assert not cookie["secure"]
    assert 500 < int(cookie["max-age"]) <= 600
    long = {"authorization": f"Bearer {tokens.issue('alice', SECRET, lifetime_seconds=30 * 86_400)}"}
    assert int((await begin(alice, **long))["max-age"]) == 86_400


async def test_behind_tls_the_cookie_is_for_tls_alone(alice: httpx.AsyncClient, gateway_env: dict[str, str]) -> None:
    assert (await begin(alice, **{"x-forwarded-proto": "https"}))["secure"]
    assert not (await begin(alice, **{"x-forwarded-proto": "http"}))["secure"]
    async with serving(gateway_env | {"SESSION_COOKIE_SECURE": "always"}) as url:
        await until_connected(url)
        async with httpx.AsyncClient(base_url=url, headers=alice.headers, trust_env=False) as client:
            assert (await begin(client))["secure"]


async def test_it_reads_and_changes_nothing(alice: httpx.AsyncClient, url: str, catalog: CatalogPlayer) -> None:
    dataset = await create(alice)
    path = f"/tts/datasets/{dataset['id']}"
    async with bearing(url, (await begin(alice)).value, "other=1") as browser:
        for one in ("/tts/datasets", path, f"{path}/audio", f"{path}/transcript"):
            assert (await browser.get(one)).status_code == 200
            assert (await browser.head(one)).status_code == 200
        for method, one in (
            ("POST", "/tts/datasets"),
            ("DELETE", path),
            ("POST", f"{path}/process"),
            ("POST", f"{path}/cancel"),
            ("PUT", f"{path}/transcript"),
            ("PATCH", path),
            ("POST", SESSION),
            ("DELETE", SESSION),
        ):
            for headers in ({}, {"x-http-method-override": "GET"}):
                assert refusal(await browser.request(method, one, headers=headers))[:2] == (401, "unauthenticated")
    assert (await alice.get(path)).json()["status"] == "pending"


async def test_it_is_no_bearer_token_and_a_token_is_no_cookie(alice: httpx.AsyncClient, url: str) -> None:
    cookie = (await begin(alice)).value
    answer = await alice.get("/tts/datasets", headers={"authorization": f"Bearer {cookie}"})
    assert refusal(answer)[:2] == (401, "unauthenticated")
    async with bearing(url, str(alice.headers["authorization"]).removeprefix("Bearer ")) as browser:
        assert refusal(await browser.get("/tts/datasets"))[:2] == (401, "unauthenticated")


def signed(secret: str = SECRET, **changes: Any) -> str:
    claims = {"sub": "alice", "aud": "cuecutter:read", "exp": time.time() + 60} | changes
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, secret, algorithm="HS256")


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "x",
        signed("another secret that is as long as ours is"),
        signed(exp=time.time() - 1),
        signed(exp=None),
        signed(aud=None),
        signed(aud="cuecutter:write"),
        signed(sub="-alice"),
        signed(sub=None),
        jwt.encode({"sub": "alice", "aud": "cuecutter:read", "exp": time.time() + 60}, "", algorithm="none"),
    ],
)
async def test_what_is_no_session_of_ours_reads_nothing(url: str, cookie: str) -> None:
    async with bearing(url, cookie) as browser:
        answer = await browser.get("/tts/datasets")
    assert refusal(answer)[:2] == (401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_two_sessions_are_none_and_a_token_goes_first(
    alice: httpx.AsyncClient, bob: httpx.AsyncClient, url: str, catalog: CatalogPlayer
) -> None:
    dataset = await create(alice)
    path = f"/tts/datasets/{dataset['id']}"
    cookie = (await begin(alice)).value
    async with bearing(url, cookie, f"{NAME}={signed()}") as browser:
        assert (await browser.get(path)).status_code == 401
    async with bearing(url, cookie) as browser:
        assert (await browser.get(path, headers={"authorization": bob.headers["authorization"]})).status_code == 404
        assert (await browser.get(path, headers={"authorization": "Bearer x"})).status_code == 401


async def test_it_is_cleared(alice: httpx.AsyncClient) -> None:
    answer = await alice.delete(SESSION)
    cookie = SimpleCookie(answer.headers["set-cookie"])[NAME]
    assert (answer.status_code, cookie.value, cookie["max-age"], cookie["path"]) == (204, "", "0", "/tts")

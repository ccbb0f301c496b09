"""Something the gateway needs is unavailable: it says so at once, and continues when it is back."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from time import monotonic
from typing import Any

import httpx
import pytest

from bus import topology
from bus.connection import close, connect
from bus.errors import BusUnavailable
from gateway.datasets.lives import Lives
from objects import ObjectStore
from stack import ports
from tests.integration.gateway.forms import form, part, refusal, send
from tests.integration.gateway.running import SECRET, SRT, WAV, CatalogPlayer, as_user, create, serving, until
from tests.integration.objects.bad_networks import mute
from tests.integration.objects.bad_networks import serving as serving_nothing

pytestmark = pytest.mark.alone
UPLOAD = form(part("audio", WAV), part("transcript", SRT), part("name", "n"))
MAKE_IT = "run `python -m migrations`, which makes it"
BUS: tuple[int, str, list[Any]] = (503, "bus-unavailable", [])
CATALOG: tuple[int, str, list[Any]] = (503, "catalog-unavailable", [])


async def refused_in_time(answer: Any) -> tuple[int, str, Any]:
    started = monotonic()
    answered: httpx.Response = await answer
    assert monotonic() - started < 5
    assert answered.headers["retry-after"] == "2"
    return refusal(answered)


def calls(client: httpx.AsyncClient, dataset_id: str) -> list[Any]:
    path = f"/tts/datasets/{dataset_id}"
    return [
        client.get(path),
        client.delete(path),
        client.post(f"{path}/process"),
        client.post(f"{path}/cancel"),
        send(client, UPLOAD),
    ]


async def readiness(url: str) -> tuple[int, list[str]]:
    async with httpx.AsyncClient(base_url=url, trust_env=False) as anybody:
        answer = await anybody.get("/readyz")
    if answer.status_code == 503:
        assert answer.headers["content-type"] == "application/problem+json"
        assert (answer.json()["code"], answer.json()["ready"]) == ("not-ready", False)
    return answer.status_code, answer.json()["missing"]


async def test_without_a_catalog_all_but_lists_is_served(url: str, alice: httpx.AsyncClient) -> None:
    dataset = await create(alice)
    path = f"/tts/datasets/{dataset['id']}"
    assert (await alice.post(f"{path}/process")).status_code == 202
    processing = (await alice.get(path)).json()
    assert (processing["status"], processing["progress"]) == ("processing", None)
    assert (await alice.post(f"{path}/cancel")).status_code == 202
    assert (await alice.get(path)).json()["status"] == "pending"
    assert await refused_in_time(alice.get("/tts/datasets")) == CATALOG
    assert await readiness(url) == (503, ["catalog: CatalogUnavailable"])
    assert (await alice.delete(path)).status_code == 204
    assert (await alice.get(path)).status_code == 404


async def test_a_catalog_that_answers_unavailable_is_unavailable(
    url: str, alice: httpx.AsyncClient, catalog: CatalogPlayer
) -> None:
    dataset = await create(alice)
    assert await readiness(url) == (200, [])
    catalog.unavailable = True
    assert (await alice.get(f"/tts/datasets/{dataset['id']}")).json() == dataset
    assert await refused_in_time(alice.get("/tts/datasets")) == CATALOG
    assert await readiness(url) == (503, ["catalog: CatalogUnavailable"])


async def test_a_catalog_that_receives_and_does_not_answer_is_unavailable(
    alice: httpx.AsyncClient, catalog: CatalogPlayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(*_: Any) -> None:
        return None

    monkeypatch.setattr(CatalogPlayer, "_answer", silent)
    assert await refused_in_time(alice.get("/tts/datasets")) == CATALOG


async def test_while_nats_is_dead_nothing_waits_and_afterwards_all_is_well(
    url: str, alice: httpx.AsyncClient, catalog: CatalogPlayer, nats_server: Any
) -> None:
    dataset = await create(alice)
    nats_server.kill()
    await until(lambda: _is_down(alice))
    for call in [alice.get("/tts/datasets"), *calls(alice, dataset["id"])]:
        assert await refused_in_time(call) == BUS
    assert await readiness(url) == (503, ["nats: BusUnavailable", "catalog: BusUnavailable"])
    assert (await alice.get("/healthz")).status_code == 200
    nats_server.start()

    async def all_is_well() -> bool:
        return await readiness(url) == (200, [])

    await until(all_is_well)
    assert (await alice.get(f"/tts/datasets/{dataset['id']}")).json() == dataset


async def _is_down(client: httpx.AsyncClient) -> bool:
    return (await client.get("/tts/datasets")).status_code == 503


async def test_while_nats_is_frozen_every_request_ends_within_five_seconds(
    alice: httpx.AsyncClient, catalog: CatalogPlayer, nats_server: Any
) -> None:
    dataset = await create(alice)
    os.kill(nats_server.pid, signal.SIGSTOP)
    try:
        answers = await asyncio.gather(*(refused_in_time(call) for call in calls(alice, dataset["id"])))
    finally:
        os.kill(nats_server.pid, signal.SIGCONT)
    assert answers == [BUS] * 5

    async def back() -> bool:
        return (await alice.get(f"/tts/datasets/{dataset['id']}")).status_code == 200

    await until(back)


async def test_a_gateway_starts_without_nats_and_connects_when_it_comes(
    nats_server: Any, gateway_env: dict[str, str]
) -> None:
    nats_server.kill()
    async with serving(gateway_env) as url, as_user(url, "alice") as client:
        assert (await client.get("/healthz")).status_code == 200
        assert await refused_in_time(client.get("/tts/datasets")) == BUS
        nats_server.start()

        async def stream_is_asked_for() -> bool:
            return any("stream TTS is missing" in line for line in (await readiness(url))[1])

        await until(stream_is_asked_for)
        admin = await connect(nats_server.url("topology"), "topology")
        await topology.declare(admin)
        await close(admin)
        assert await readiness(url) == (503, ["catalog: CatalogUnavailable"])
        await create(client)


async def test_a_store_that_is_unavailable_is_reported_and_no_life_begins(
    catalog: CatalogPlayer, gateway_env: dict[str, str]
) -> None:
    away = {"AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{ports.choose()}"}
    async with serving(gateway_env | away) as url, as_user(url, "alice") as client:

        async def connected() -> bool:
            return await readiness(url) == (503, ["storage: StoreUnavailable"])

        await until(connected)
        assert refusal(await send(client, UPLOAD)) == (503, "storage-unavailable", [])
        assert (await client.get("/tts/datasets")).json() == []


async def test_a_store_that_hangs_is_reported_in_time(catalog: CatalogPlayer, gateway_env: dict[str, str]) -> None:
    async with serving_nothing(mute) as port:
        hangs = {"AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}"}
        async with serving(gateway_env | hangs) as url, as_user(url, "alice") as client:

            async def connected() -> bool:
                return (await client.get("/tts/datasets")).status_code == 200

            await until(connected)
            several_parts = WAV + bytes(20 * 2**20)
            body = form(part("audio", several_parts), part("transcript", SRT), part("name", "n"))
            assert await refused_in_time(send(client, body)) == (503, "storage-unavailable", [])
            assert (await client.get("/tts/datasets")).json() == []


async def test_a_bucket_that_is_missing_is_named(catalog: CatalogPlayer, gateway_env: dict[str, str]) -> None:
    async with serving({**gateway_env, "S3_BUCKET_NAME": "no-such-bucket", "JWT_SECRET_KEY": SECRET}) as url:

        async def named() -> bool:
            return await readiness(url) == (503, [f"storage: the bucket is missing; {MAKE_IT}"])

        await until(named)


async def test_objects_stay_when_it_is_unclear_whether_their_life_began(
    alice: httpx.AsyncClient, store: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unclear(*_: Any) -> None:
        raise BusUnavailable("no clear answer in time")

    monkeypatch.setattr(Lives, "append_upload", unclear)
    assert await refused_in_time(send(alice, UPLOAD)) == BUS
    assert len([found.key async for found in store.list("")]) == 2


async def test_objects_go_when_the_bus_went_away_while_they_were_sent(
    alice: httpx.AsyncClient, store: ObjectStore, nats_server: Any
) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield UPLOAD[:-10]
        nats_server.kill()
        await until(lambda: _is_down(alice))
        yield UPLOAD[-10:]

    assert refusal(await send(alice, body())) == BUS
    assert [found.key async for found in store.list("")] == []

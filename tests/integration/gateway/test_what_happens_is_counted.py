"""Prometheus sees requests by route and refusals by code, and no client can grow the number of series."""

from uuid import uuid4

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from runtime.logs import JsonLines
from tests.integration.gateway.forms import form, part, send
from tests.integration.gateway.running import SRT, WAV, create
from tests.integration.gateway.test_odd_requests_are_answered import said

Figures = dict[tuple[str, ...], float]

DATASET = "/tts/datasets/{dataset_id}"


async def figures(client: httpx.AsyncClient) -> Figures:
    """By name and the values of the labels in the order of their names; without the buckets."""
    answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
        if not sample.name.endswith(("_bucket", "_created"))
    }


async def test_uploads_answers_and_refusals_are_counted(alice: httpx.AsyncClient) -> None:
    before = await figures(alice)
    await create(alice)
    for _ in range(2):
        await alice.get(f"/tts/datasets/{uuid4()}")
    await alice.get("/tts/datasets", headers={"authorization": "Basic x"})
    after = await figures(alice)

    grown = {name: value - before.get(name, 0) for name, value in after.items()}
    assert grown["cuecutter_request_seconds_count", "POST", "/tts/datasets", "201"] == 1
    assert 0 < grown["cuecutter_request_seconds_sum", "POST", "/tts/datasets", "201"] < 5
    assert grown["cuecutter_request_seconds_count", "GET", DATASET, "404"] == 2
    assert grown["cuecutter_refusals_total", "not-found"] == 2
    assert grown["cuecutter_refusals_total", "unauthenticated"] == 1
    assert grown["cuecutter_upload_bytes_total", "audio"] == len(WAV)
    assert grown["cuecutter_upload_bytes_total", "transcript"] == len(SRT)


async def test_paths_and_methods_of_a_clients_making_make_no_series(alice: httpx.AsyncClient) -> None:
    await alice.get(f"/{uuid4()}")
    await alice.request("BREW", f"/{uuid4()}")
    before = set(await figures(alice))
    for _ in range(10):
        await alice.get(f"/{uuid4()}/{uuid4()}")
        await alice.request(f"X{uuid4().hex}".upper(), f"/{uuid4()}")
    assert set(await figures(alice)) == before


async def test_every_refused_request_is_counted_by_its_code_and_is_one_line(
    url: str, alice: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "gateway.access")
    secret, long = "eyJhbGciOiJIUzI1NiJ9.secret", "s3cret" * 1_000
    stranger = httpx.AsyncClient(base_url=url, trust_env=False)
    no_audio = form(part("audio", f"{secret}\n{long}"), part("transcript", SRT), part("name", "n"))
    requests = (
        (400, "invalid-request", lambda: stranger.get(f"/healthz?{secret}=1&{long}")),
        (401, "unauthenticated", lambda: stranger.get("/tts/datasets", headers={"authorization": f"Bearer {secret}"})),
        (404, "not-found", lambda: stranger.get(f"/{long}%0a{secret}")),
        (404, "not-found", lambda: alice.head(f"/tts/datasets/{long}%0a{secret}")),
        (405, "method-not-allowed", lambda: alice.patch("/tts/datasets")),
        (400, "malformed-body", lambda: alice.post("/tts/datasets", headers={"content-type": secret})),
        (400, "invalid-request", lambda: alice.post(f"/tts/datasets/{uuid4()}/process", json={secret: long})),
        (413, "body-too-large", lambda: alice.post(f"/tts/datasets/{uuid4()}/process", content=b"x" * 70_000)),
        (415, "not-audio", lambda: send(alice, no_audio)),
        (400, "invalid-request", lambda: send(alice, form(part(secret, long), part("options", f'{{"{secret}": 1}}')))),
        (400, "malformed-request", lambda: said(url, f"{secret}\r\n\r\n".encode())),
    )
    for status, code, request in requests:
        before = (await figures(alice)).get(("cuecutter_refusals_total", code), 0)
        caplog.clear()
        await request()
        (line,) = [record.__dict__["fields"] for record in caplog.records if record.name == "gateway.access"]
        assert (line["status"], line["code"]) == (status, code)
        assert len(line["correlation_id"]) == 36
        written = JsonLines("gateway").format(caplog.records[-1])
        assert "s3cret" not in written
        assert "secret" not in written
        assert len(written) < 600
        assert (await figures(alice))["cuecutter_refusals_total", code] == before + 1


async def test_a_request_that_succeeds_has_no_code(alice: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "gateway.access")
    await alice.get("/healthz")
    assert [record.__dict__["fields"]["code"] for record in caplog.records] == [None]

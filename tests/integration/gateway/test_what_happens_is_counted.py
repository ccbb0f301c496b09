"""Prometheus sees requests by route and refusals by code, and no client can grow the number of series."""

from uuid import uuid4

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.integration.gateway.running import SRT, WAV, create

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

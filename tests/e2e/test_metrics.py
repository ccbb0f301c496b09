"""A run can be seen in the figures of the services that did it."""

import asyncio
import json

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.conftest import RATE, User, noise, srt, wav
from tests.stacks import RunningStack


async def figures(stack: RunningStack, service: str) -> dict[str, float]:
    """By name and labels, as in `cuecutter_runs_ended_total{outcome=ready}`."""
    port = json.loads((stack.folder / "state.json").read_bytes())["ports"][service]
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.get(f"http://127.0.0.1:{port}/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    found = {}
    for family in text_string_to_metric_families(answer.text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


async def grown(stack: RunningStack, service: str, before: dict[str, float], name: str, by: float) -> None:
    async with asyncio.timeout(15):
        while (await figures(stack, service)).get(name, 0) - before.get(name, 0) < by:
            await asyncio.sleep(0.1)


async def test_a_run_is_counted_where_it_happened(alice: User, running_stack: RunningStack) -> None:
    before = {name: await figures(running_stack, name) for name in ("segmenter", "manifest", "catalog")}
    await alice.made(wav(noise(10)), srt(*((n * 1000, n * 1000 + 900, "x") for n in range(10))))

    await grown(running_stack, "segmenter", before["segmenter"], "cuecutter_segments_total", 10)
    await grown(running_stack, "segmenter", before["segmenter"], "cuecutter_segment_audio_seconds_total", 9)
    await grown(running_stack, "segmenter", before["segmenter"], "cuecutter_segment_bytes_total", 9 * RATE * 2)
    await grown(running_stack, "manifest", before["manifest"], "cuecutter_runs_ended_total{outcome=ready}", 1)
    await grown(running_stack, "catalog", before["catalog"], "cuecutter_datasets{status=ready}", 1)
    await grown(running_stack, "catalog", before["catalog"], "cuecutter_catalog_position", 5)
    now = await figures(running_stack, "segmenter")
    assert now["cuecutter_durable_pending{durable=segmenter-span}"] == 0
    assert now["cuecutter_message_seconds_count{durable=segmenter-span,outcome=done}"] >= 1


async def test_a_failure_is_counted_by_its_code(alice: User, running_stack: RunningStack) -> None:
    before = await figures(running_stack, "segmenter")
    dataset = await alice.made(wav(noise(1)), srt((5_000, 6_000, "beyond")))
    assert dataset["status"] == "failed"
    await grown(running_stack, "segmenter", before, "cuecutter_runs_ended_total{outcome=no-usable-cue}", 1)

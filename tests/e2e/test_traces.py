"""One request is one trace, from its first byte to the ready dataset; a collector that is away changes nothing."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from tests.collector import Collector, Seen, collecting
from tests.e2e.conftest import User, noise, srt, wav
from tests.stacks import RunningStack, StackProcess

TRACE, CALLER = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CALL = f"00-{TRACE}-{CALLER}-01"
SECRET_TEXT = "Nobody but the trainer reads this sentence"
STORY = [
    ("gateway", "POST /tts/datasets/{dataset_id}/process"),
    ("segmenter", "segmenter-plan"),
    ("segmenter", "segmenter-span"),
    ("manifest", "manifest-done"),
    ("catalog", "project tts.dataset.ready.v1"),
]


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@pytest.fixture(scope="module")
def traced_stack(server_folder: Path, collector: Collector) -> Iterator[RunningStack]:
    folder = server_folder / "traced"
    env = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    process = StackProcess(folder, env)
    yield process.wait_running()
    process.end()


def story(spans: dict[str, Seen], last: Seen) -> list[tuple[str, str]]:
    """(service, name) from the caller's child down to `last`; fails where a link is missing."""
    told = [last]
    while told[0].parent != CALLER:
        told.insert(0, spans[told[0].parent])
    return [(span.service, span.name) for span in told]


async def test_a_process_call_is_one_trace_through_all_services(
    traced_stack: RunningStack, collector: Collector
) -> None:
    user = User(traced_stack, "alice")
    cues = srt(*((n * 1000, n * 1000 + 900, SECRET_TEXT) for n in range(5)))
    dataset = await user.upload(wav(noise(5)), cues)
    path = f"/tts/datasets/{dataset['id']}/process"
    assert (await user.http.post(path, headers={"traceparent": CALL})).status_code == 202
    assert (await user.until(dataset["id"], "ready", "failed"))["status"] == "ready"
    await user.http.aclose()

    async with asyncio.timeout(20):
        while not set(STORY) <= {(span.service, span.name) for span in collector.trace(TRACE).values()}:
            await asyncio.sleep(0.05)
    spans = collector.trace(TRACE)
    assert story(spans, next(span for span in spans.values() if span.name == STORY[-1][1])) == STORY
    for span in spans.values():
        assert story(spans, span)[0] == STORY[0]
    asked = next(span for span in spans.values() if (span.service, span.name) == STORY[0])
    assert asked.attributes["cuecutter.dataset_id"] == dataset["id"]
    assert asked.attributes["cuecutter.status"] == "202"
    assert not any(SECRET_TEXT.encode() in body for body in collector.bodies)


async def test_a_collector_that_is_away_harms_nothing(traced_stack: RunningStack, collector: Collector) -> None:
    collector.stop()
    user = User(traced_stack, "bob")
    dataset = await user.made(wav(noise(5)), srt((0, 900, "x"), (1000, 1900, "y")))
    await user.http.aclose()
    assert dataset["status"] == "ready"
    started = monotonic()
    assert traced_stack.process.end() == 0
    assert monotonic() - started < 10

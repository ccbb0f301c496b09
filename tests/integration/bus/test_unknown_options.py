"""An order with an option of a newer release: nobody of this release cuts, joins or decides without it."""

import asyncio
from typing import Any, cast

import msgspec
import pytest

from bus.deliveries import Ack
from bus.life_log import LifeLog
from bus.messages import MessageFactory
from bus.stream import Stream
from contracts import envelope, events, subjects
from contracts.dataset import Options
from contracts.warnings import WarningSummary
from manifest.adapters.facts import Facts
from tests.integration.bus import test_settlement
from tests.integration.bus.test_settlement import Desk
from tests.lives import span_order, upload

pytestmark = pytest.mark.asyncio

desk = test_settlement.desk  # the fixture

WORK: dict[str, Any] = {"dataset_id": "d", "user_id": "u", "run": 1, "correlation_id": "co", "cause": "ca"}


def newer(event: events.AnyEvent) -> bytes:
    body = msgspec.json.decode(envelope.encode(event))
    return msgspec.json.encode(body | {"options": {"padding_ms": 100, **body["options"]}})


def plan() -> events.SegmentationPlanned:
    return events.SegmentationPlanned(
        **WORK,
        plan_id="p",
        plan_version="1",
        prefix="x/",
        plan_key="x/plan.jsonl",
        plan_sha256="00",
        plan_bytes=1,
        segment_count=1,
        span_count=1,
        dropped_count=0,
        source_rate_hz=16_000,
        sample_rate=16_000,
        options=Options(),
        warnings=WarningSummary(),
    )


async def test_a_worker_hands_an_order_back_whose_option_it_does_not_know(desk: Desk) -> None:
    await desk.start(lambda delivery: Ack())
    await desk.send(newer(span_order("d", run=1)))
    await desk.send(span=1)
    await desk.until(lambda: desk.seen == [1])
    async with asyncio.timeout(15):
        while await _handed_out(desk) < 3:
            await asyncio.sleep(0.01)
    assert desk.seen == [1], "the order behind it is done, and it itself never reached the handler"
    assert desk.poisoned == []


async def _handed_out(desk: Desk) -> int:
    info = await desk.admin.jetstream().consumer_info(subjects.STREAM, subjects.DURABLE_SPAN)
    return info.delivered.consumer_seq if info.delivered else 0


async def test_the_manifest_hands_back_what_belongs_to_a_plan_with_such_an_option(desk: Desk) -> None:
    await desk.admin.jetstream().publish(subjects.plan("d", 1), newer(plan()))
    facts = Facts(Stream(desk.admin), cast(Any, None))
    with pytest.raises(envelope.NewerEvent, match="padding_ms"):
        await facts.plan("d", 1)


async def test_nobody_decides_upon_a_life_with_such_an_option(desk: Desk) -> None:
    command = upload("d")
    uploaded = events.DatasetUploaded(
        **(WORK | {"run": None}), at=command.at, source=command.source, options=command.options
    )
    await desk.admin.jetstream().publish(subjects.life("d"), newer(uploaded))
    with pytest.raises(envelope.NewerEvent, match="padding_ms"):
        await LifeLog(Stream(desk.admin), MessageFactory("test")).head("d")

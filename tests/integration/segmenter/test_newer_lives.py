"""A life whose last event a newer version wrote: older workers keep their hands off it."""

from datetime import timedelta

import pytest

from bus.deliveries import Ack
from bus.messages import Message
from contracts import keys, subjects
from segmenter.sweeping import sweeper
from tests.integration.segmenter.conftest import World

pytestmark = pytest.mark.asyncio

TRANSCRIPT = b"1\n00:00:00,000 --> 00:00:01,000\nOne\n"


async def archived(world: World) -> None:
    """Appends an event of a type that this version does not know."""
    body = b'{"type":"DatasetArchived","dataset_id":"%s"}' % world.dataset_id.encode()
    await world.stream.publish(Message(subjects.life(world.dataset_id), "newer", body, {"ce-id": "newer"}))


async def test_the_sweeper_leaves_its_objects_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeper, "UPLOAD_ENDS", timedelta(0))
    await world.upload(TRANSCRIPT)
    await archived(world)
    assert await world.swept() == []
    assert [found.key async for found in world.store.list(keys.dataset_prefix("u", world.dataset_id))]


async def test_its_run_is_over_for_an_order_that_comes_late(world: World) -> None:
    await world.upload(TRANSCRIPT)
    request = await world.request()
    await world.handlers().on_process_requested(request)
    (order,) = await world.orders(request.seq)
    await archived(world)
    assert await world.handlers().on_span_planned(order) == Ack("run is over")
    assert await world.segments(request.seq) == []

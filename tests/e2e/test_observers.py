"""An observer of the running system tries everything; datasets take as long as before, workers stay as they are."""

import json
from time import monotonic
from typing import Any

import pytest

from bus.connection import close, connect, flush
from bus.topology import DURABLES
from contracts import subjects
from tests import attacks
from tests.e2e.conftest import User, noise, srt, wav
from tests.stacks import RunningStack

pytestmark = pytest.mark.asyncio


async def seconds_of_a_dataset(user: User) -> float:
    begun = monotonic()
    dataset = await user.made(wav(noise(2)), srt((0, 900, "one"), (1_000, 1_900, "two")))
    assert dataset["status"] == "ready"
    return monotonic() - begun


async def configs(stack: RunningStack) -> list[Any]:
    admin = await connect(stack.nats_url("topology"), "test")
    found = []
    for durable in DURABLES:
        answer = await admin.request(f"$JS.API.CONSUMER.INFO.{subjects.STREAM}.{durable.name}", b"", timeout=5)
        told = json.loads(answer.data)
        found.append((told["name"], told["created"], told["config"], told.get("paused")))
    await close(admin)
    return found


@pytest.mark.parametrize("user", ["observer", "catalog"])
async def test_a_dataset_is_ready_in_its_usual_time_after_everything_that_may_be_tried(
    alice: User, running_stack: RunningStack, user: str
) -> None:
    usual = max([await seconds_of_a_dataset(alice) for _ in range(3)])
    before = await configs(running_stack)
    client = await connect(running_stack.nats_url(user), "stranger")
    for subject, body in attacks.requests():
        await client.publish(subject, body, reply=client.new_inbox())
    await flush(client)
    after = [await seconds_of_a_dataset(alice) for _ in range(3)]
    print(f"usual {usual:.2f} s, afterwards {', '.join(f'{seconds:.2f}' for seconds in after)} s")
    assert min(after) < usual + 1
    assert await configs(running_stack) == before
    if user == "observer":
        await every_consumer_goes(client)
    await close(client)


async def every_consumer_goes(observer: Any) -> None:
    """Other tests read the same mirror."""
    js = observer.jetstream()
    for info in await js.consumers_info(subjects.STREAM):
        await js.delete_consumer(subjects.STREAM, info.name)

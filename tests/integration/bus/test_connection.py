"""A connection whose server has taken what was sent on it."""

from typing import Any

from bus.connection import close, connect, flush
from contracts import subjects
from tests.sluice import sluice


async def test_a_subscription_can_be_asked_once_the_line_is_flushed(nats_server: Any) -> None:
    """On a slow line, where the server reads what overtook the subscription long before the subscription."""
    asking = await connect(nats_server.url("gateway"), "gateway")
    async with sluice(nats_server.url("catalog"), narrow=True) as line:
        answering = await connect(line.url, "catalog")

        async def answer(question: Any) -> None:
            await question.respond(b"here")

        await answering.subscribe(subjects.CATALOG_GET, queue=300 * "q", cb=answer)
        await flush(answering)
        assert (await asking.request(subjects.CATALOG_GET, timeout=5)).data == b"here"
        await close(answering)
    await close(asking)

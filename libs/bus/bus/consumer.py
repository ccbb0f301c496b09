"""A service's table of routes, made into FastStream pull subscribers on durables that exist already.

One message at a time per subscriber: FastStream's `max_workers` holds messages in memory before the heartbeat starts
and then has long jobs done twice (its issue 2563). So a route with more `concurrency` gets as many subscribers.
"""

from collections.abc import Sequence
from typing import Any

from faststream import AckPolicy
from faststream.nats import JStream, NatsBroker, NatsMessage, PullSub

from bus.deliveries import Route
from bus.settlement import Settler
from bus.topology import filter_subject
from contracts import subjects

_STREAM = JStream(subjects.STREAM, declare=False)


async def _as_it_came(message: NatsMessage) -> NatsMessage:
    return message


def subscribe(broker: NatsBroker, routes: Sequence[Route[Any]], settler: Settler) -> None:
    """Registers every route on a connected broker; messages flow once it starts."""
    for route in routes:
        for _ in range(route.concurrency):
            _subscribe(broker, route, settler)


def _subscribe(broker: NatsBroker, route: Route[Any], settler: Settler) -> None:
    async def consume(message: NatsMessage) -> None:
        await settler.settle(message.raw_message, route)

    broker.subscriber(
        filter_subject(route.durable),
        stream=_STREAM,
        durable=route.durable,
        pull_sub=PullSub(batch_size=1, timeout=5.0),
        ack_policy=AckPolicy.MANUAL,
        decoder=_as_it_came,
        # FastStream's pull subscribers do not take the connection's own prefix.
        inbox_prefix=bytes(settler.client._inbox_prefix) + b".",
        include_in_schema=False,
    )(consume)

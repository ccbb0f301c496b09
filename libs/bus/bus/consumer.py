"""A service's table of routes as FastStream subscribers, with settlement as a middleware around every handler.

They pull from durables that exist already, one message at a time: FastStream's `max_workers` holds messages in memory
before the middleware's heartbeat begins, and long jobs are then done twice (its issue 2563). So a route with more
`concurrency` gets as many subscribers.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from faststream import AckPolicy, BaseMiddleware, ContextRepo
from faststream.nats import JStream, NatsBroker, NatsMessage, PullSub
from nats.aio.msg import Msg

from bus.accounts import inbox_prefix
from bus.deliveries import Delivery, Route, Settlement
from bus.settlement import Settler
from bus.topology import filter_subject
from contracts import envelope, subjects

_STREAM = JStream(subjects.STREAM, declare=False)


def subscribe(broker: NatsBroker, routes: Sequence[Route[Any]], settler: Settler) -> None:
    """Registers every route on a connected broker; messages flow once it starts."""

    def settling(message: Msg | None, /, *, context: ContextRepo) -> _Settlement:
        return _Settlement(settler, message, context=context)

    broker.add_middleware(settling)
    for route in routes:
        for _ in range(route.concurrency):
            _subscribe(broker, route, settler.service)


def _subscribe(broker: NatsBroker, route: Route[Any], service: str) -> None:
    async def consume(delivery: Delivery[Any]) -> Settlement:
        return await route.handle(delivery)

    broker.subscriber(
        filter_subject(route.durable),
        stream=_STREAM,
        durable=route.durable,
        pull_sub=PullSub(batch_size=1, timeout=5.0),
        # Its other policies ack, nak at once or drop what a handler could not do (docs/decisions).
        ack_policy=AckPolicy.MANUAL,
        decoder=delivery_of,
        # FastStream's pull subscribers do not take the connection's own prefix.
        inbox_prefix=f"{inbox_prefix(service)}.".encode(),
        include_in_schema=False,
    )(consume)


async def delivery_of(message: NatsMessage) -> Delivery[Any]:
    """FastStream's decoder: what a handler is given.

    Raises: envelope.NewerEvent, envelope.UndecodableEvent.
    """
    where = message.raw_message.metadata
    event = envelope.decode(message.body)
    event_id = message.headers.get(envelope.CE_ID, "")
    return Delivery(event, event_id, message.raw_message.subject, where.sequence.stream, where.num_delivered)


class _Settlement(BaseMiddleware[Any, Msg | None]):
    """Settles every message of a broker, whatever its handler returns or raises."""

    def __init__(self, settler: Settler, message: Msg | None, *, context: ContextRepo) -> None:
        super().__init__(message, context=context)
        self._settler = settler

    async def consume_scope(self, call_next: Callable[[Any], Awaitable[Any]], msg: Any) -> None:
        async def handle(_: Delivery[Any]) -> Settlement:
            settlement: Settlement = await call_next(msg)
            return settlement

        await self._settler.settle(msg.raw_message, msg.decode, handle)

"""From a delivery to its settlement: heartbeat, handler, then ack, delayed nak, silence, or a dead letter.

The only place that catches broadly. Nothing is retried for ever unless a dependency is away, and nothing vanishes:
what can't be handled becomes a dead letter with its reason, and the service is told to end the run it belongs to. So
does a message whose handler ends its process again and again: that is asked before the handler runs. What a newer
version wrote is left to a newer worker for some minutes; no run is ended for it.
"""

import asyncio
import logging
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from bus import metrics
from bus.deliveries import Ack, Delivery, GiveUp, NoAck, Retry, Route, Settlement
from bus.delivery_attempts import AttemptCounts, DeliveryAttempts
from bus.errors import BusError, BusUnavailable
from bus.topology import ACK_WAIT_SECONDS
from contracts import envelope, subjects
from runtime import tracing
from runtime.tasks import end

MAX_FAILURES: Final = 8  # of a kind nobody foresaw; with the pauses below about a minute
# Deliveries that took their worker with them. Each costs an ack wait, so this is ten minutes; a worker that is killed
# or frozen by chance loses a message once or twice.
MAX_CRASHES: Final = 20
NEWER_ATTEMPTS: Final = 24  # of an event of a newer version; with the pauses below ten minutes of rolling upgrade
_PAUSES_SECONDS: Final = (0.5, 1, 2, 4, 8, 15, 30)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settler:
    """Settles one service's deliveries.

    `transient` are errors of a dependency that is away: retried until it is back. `on_give_up` ends the run of a
    delivery that is given up.
    """

    service: str
    client: Client
    transient: tuple[type[Exception], ...]
    on_give_up: GiveUp

    @property
    def _waiting(self) -> tuple[type[Exception], ...]:
        return (BusUnavailable, nats.errors.Error, *self.transient)

    async def settle(self, message: Msg, route: Route[Any]) -> None:
        started = monotonic()
        heart = asyncio.create_task(_beat(message))
        try:
            delivery, trouble = _delivery(message)
            with tracing.span(route.durable, "consumer", message.headers or {}) as span:
                span.note(**_whose(message, delivery), attempt=message.metadata.num_delivered)
                settlement = await self._run(message, route, delivery, trouble)
                span.note(outcome=settlement.outcome)
            await self._count(message, settlement)
            await _apply(message, settlement)
        except asyncio.CancelledError:
            # The process stops: hand the message back so that another worker has it now, not after the ack wait.
            with suppress(nats.errors.Error):
                await message.nak()
            await self._count(message, Retry(0, "handed back"))
            raise
        finally:
            await end(heart)
        _tell(message, route, delivery, settlement, monotonic() - started)

    async def _run(
        self, message: Msg, route: Route[Any], delivery: Delivery[Any] | None, trouble: envelope.UndecodableEvent | None
    ) -> Settlement:
        if isinstance(trouble, envelope.NewerEvent):
            return await self._leave_to_newer(message, trouble)
        if delivery is None:
            return await self._give_up(message, None, f"undecodable: {trouble}")
        attempt, counts = delivery.attempt, AttemptCounts()
        try:
            counts = await self._attempts.of(message)
            if (crashed := counts.crashed(attempt)) >= MAX_CRASHES:
                return await self._give_up(message, delivery, f"WorkerLost: {crashed} workers did not survive it")
            return await route.handle(delivery)
        except envelope.NewerEvent as exc:
            return await self._leave_to_newer(message, exc)
        except self._waiting as exc:
            return Retry(pause_seconds(attempt), f"{type(exc).__name__}: {exc}")
        except Exception as exc:
            fields = {"durable": route.durable, "attempt": attempt, **_whose(message, delivery)}
            _log.exception("handler failed", extra={"fields": fields})
            reason = f"{type(exc).__name__}: {exc}"
        if counts.failed + 1 < MAX_FAILURES:
            return Retry(pause_seconds(counts.failed + 1), reason, failed=True)
        return await self._give_up(message, delivery, reason)

    async def _leave_to_newer(self, message: Msg, problem: envelope.NewerEvent) -> Settlement:
        """Hands back what a worker of the newer version can handle; buries it when none came. Its run lives on."""
        attempt, reason = message.metadata.num_delivered, f"written by a newer version: {problem}"
        if attempt < NEWER_ATTEMPTS:
            return Retry(pause_seconds(attempt), reason)
        return await self._give_up(message, None, reason)

    @property
    def _attempts(self) -> DeliveryAttempts:
        return DeliveryAttempts(self.client)

    async def _count(self, message: Msg, settlement: Settlement) -> None:
        if isinstance(settlement, Ack):
            return
        # A count that is lost makes the delivery one that crashed, of which many are allowed.
        with suppress(BusError):
            await self._attempts.count(message, failed=isinstance(settlement, Retry) and settlement.failed)

    async def _give_up(self, message: Msg, delivery: Delivery[Any] | None, reason: str) -> Settlement:
        try:
            await self._store_dead_letter(message, reason)
            metrics.dead_letters.labels(message.metadata.consumer).inc()
            if delivery is not None:
                await self.on_give_up(delivery, reason)
        except self._waiting as exc:
            return Retry(pause_seconds(MAX_FAILURES), f"dead letter not stored yet: {type(exc).__name__}")
        return Ack(f"dead letter: {reason}")

    async def _store_dead_letter(self, message: Msg, reason: str) -> None:
        where = message.metadata
        headers = {
            # The same letter twice is stored once; a replay long after is a new letter.
            "Nats-Msg-Id": f"dead:{where.stream}:{where.sequence.stream}:{where.consumer}",
            "x-original-subject": message.subject,
            "x-original-sequence": str(where.sequence.stream),
            "x-consumer": where.consumer,
            "x-attempts": str(where.num_delivered),
            "x-reason": " ".join(reason.split())[:500],
            **tracing.outgoing(),
        }
        await self.client.jetstream(timeout=5).publish(subjects.dead(self.service), message.data, headers=headers)


async def look(at: Awaitable[str], fields: dict[str, Any]) -> None:
    """One step of a loop over many datasets: one's trouble, foreseen or not, is told and keeps nobody else waiting."""
    try:
        outcome = await at
    except Exception as exc:
        _log.warning("look put off", extra={"fields": fields | {"error": f"{type(exc).__name__}: {exc}"}})
    else:
        _log.info("looked", extra={"fields": fields | {"outcome": outcome}})


def pause_seconds(attempt: int) -> float:
    """How long to wait after failed delivery number `attempt` (from 1): half a second growing to thirty."""
    return _PAUSES_SECONDS[min(attempt, len(_PAUSES_SECONDS)) - 1]


def _delivery(message: Msg) -> tuple[Delivery[Any] | None, envelope.UndecodableEvent | None]:
    """The message as a delivery, or None and why it is none."""
    where = message.metadata
    try:
        event = envelope.decode(message.data)
    except envelope.UndecodableEvent as exc:
        return None, exc
    event_id = (message.headers or {}).get(envelope.CE_ID, "")
    return Delivery(event, event_id, message.subject, where.sequence.stream, where.num_delivered), None


async def _beat(message: Msg) -> None:
    while True:
        await asyncio.sleep(ACK_WAIT_SECONDS / 3)
        with suppress(nats.errors.Error):
            await message.in_progress()


async def _apply(message: Msg, settlement: Settlement) -> None:
    # Acks are flow control, not truth: one that is lost brings the message again, and the handler sees it is done.
    with suppress(nats.errors.Error):
        match settlement:
            case Ack():
                await message.ack()
            case Retry():
                await message.nak(delay=settlement.delay_seconds)
            case NoAck():
                pass


def _whose(message: Msg, delivery: Delivery[Any] | None) -> dict[str, str | int | None]:
    """What finds the lines of one dataset, one run, one request; of a message that can't be read, its header's word."""
    if delivery is None:
        return {"dataset_id": (message.headers or {}).get(envelope.CE_SUBJECT)}
    event = delivery.event
    return {"dataset_id": event.dataset_id, "run": delivery.run, "correlation_id": event.correlation_id}


def _tell(
    message: Msg, route: Route[Any], delivery: Delivery[Any] | None, settlement: Settlement, seconds: float
) -> None:
    fields = {
        **_whose(message, delivery),
        "durable": route.durable,
        "subject": message.subject,
        "sequence": message.metadata.sequence.stream,
        "type": (message.headers or {}).get(envelope.CE_TYPE, ""),
        "attempt": message.metadata.num_delivered,
        "outcome": settlement.why,
        "ms": round(seconds * 1000, 1),
    }
    metrics.message_seconds.labels(route.durable, settlement.outcome).observe(seconds)
    if message.metadata.num_delivered > 1:
        metrics.redeliveries.labels(route.durable).inc()
    level = logging.WARNING if isinstance(settlement, Retry) else logging.INFO
    _log.log(level, "message", extra={"fields": fields})

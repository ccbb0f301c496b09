"""From a delivery to its settlement: heartbeat, handler, then ack, delayed nak, no ack, or a dead letter.

The only place that catches broadly. A message is retried without limit only while a dependency is unavailable, and none
is dropped: one that can't be handled becomes a dead letter with its reason, and the run it belongs to is ended. So does
a message whose handler crashes its process again and again, which is checked before the handler runs. What a newer
version wrote is left to a newer worker for some minutes; no run is ended for it.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

import nats.errors
from nats.aio.client import Client
from nats.aio.msg import Msg

from bus import dead_letter_store, metrics
from bus.deliveries import Ack, Delivery, GiveUp, Handle, NoAck, Retry, Settlement
from bus.delivery_attempts import AttemptCounts, DeliveryAttempts
from bus.errors import BusError, BusUnavailable, NotFound
from bus.topology import ACK_WAIT_SECONDS
from contracts import envelope
from runtime import tracing
from runtime.tasks import cancel_and_wait

MAX_FAILURES: Final = 8  # by unforeseen errors; with the pauses below about a minute
# Deliveries that crashed their worker. Each costs an ack wait, so this is ten minutes; one or two may be
# chance, as when a worker is killed.
MAX_CRASHES: Final = 20
NEWER_ATTEMPTS: Final = 24  # of an event of a newer version; with the pauses below ten minutes of rolling upgrade
_PAUSES_SECONDS: Final = (0.5, 1, 2, 4, 8, 15, 30)

Decode = Callable[[], Awaitable[Delivery[Any]]]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Settler:
    """Settles one service's deliveries.

    `transient` are the errors of a dependency that is unavailable: retried until it is back. `on_give_up` ends the run
    of a delivery that became a dead letter.
    """

    service: str
    client: Client
    transient: tuple[type[Exception], ...]
    on_give_up: GiveUp

    async def settle(self, message: Msg, decode: Decode, handle: Handle) -> None:
        """Handles one message of a durable and settles it. `decode` may raise `envelope.UndecodableEvent`."""
        started = monotonic()
        heartbeat = asyncio.create_task(_beat(message))
        try:
            delivery, undecodable = await _decoded(decode)
            with tracing.span(message.metadata.consumer, "consumer", message.headers or {}) as span:
                span.note(**_identifiers(message, delivery), attempt=message.metadata.num_delivered)
                settlement = await self._run(message, handle, delivery, undecodable)
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
            await cancel_and_wait(heartbeat)
        _log_settlement(message, delivery, settlement, monotonic() - started)

    @property
    def _unavailable(self) -> tuple[type[Exception], ...]:
        return (BusUnavailable, NotFound, nats.errors.Error, *self.transient)

    @property
    def _attempts(self) -> DeliveryAttempts:
        return DeliveryAttempts(self.client)

    async def _run(
        self,
        message: Msg,
        handle: Handle,
        delivery: Delivery[Any] | None,
        undecodable: envelope.UndecodableEvent | None,
    ) -> Settlement:
        if isinstance(undecodable, envelope.NewerEvent):
            return await self._leave_to_newer(message, undecodable)
        if delivery is None:
            return await self._give_up(message, None, f"undecodable: {undecodable}")
        attempt, counts = delivery.attempt, AttemptCounts()
        try:
            counts = await self._attempts.of(message)
            if (crashed := counts.crashed(attempt)) >= MAX_CRASHES:
                return await self._give_up(message, delivery, f"WorkerLost: {crashed} workers did not survive it")
            return await handle(delivery)
        except envelope.NewerEvent as exc:
            return await self._leave_to_newer(message, exc)
        except self._unavailable as exc:
            return Retry(pause_seconds(attempt), f"{type(exc).__name__}: {exc}")
        except Exception as exc:
            fields = {"durable": message.metadata.consumer, "attempt": attempt, **_identifiers(message, delivery)}
            _log.exception("handler failed", extra={"fields": fields})
            reason = f"{type(exc).__name__}: {exc}"
        if counts.failed + 1 < MAX_FAILURES:
            return Retry(pause_seconds(counts.failed + 1), reason, failed=True)
        return await self._give_up(message, delivery, reason)

    async def _leave_to_newer(self, message: Msg, newer: envelope.NewerEvent) -> Settlement:
        """Hands back what a worker of the newer version can handle; after ten minutes without one, a dead letter."""
        attempt, reason = message.metadata.num_delivered, f"written by a newer version: {newer}"
        if attempt < NEWER_ATTEMPTS:
            return Retry(pause_seconds(attempt), reason)
        return await self._give_up(message, None, reason)

    async def _count(self, message: Msg, settlement: Settlement) -> None:
        if isinstance(settlement, Ack):
            return
        # A count that is lost makes the delivery look like a crash, of which many are allowed.
        with suppress(BusError):
            await self._attempts.count(message, failed=isinstance(settlement, Retry) and settlement.failed)

    async def _give_up(self, message: Msg, delivery: Delivery[Any] | None, reason: str) -> Settlement:
        try:
            await dead_letter_store.store(self.client, self.service, message, reason)
            metrics.dead_letters.labels(message.metadata.consumer).inc()
            if delivery is not None:
                await self.on_give_up(delivery, reason)
        except self._unavailable as exc:
            return Retry(pause_seconds(MAX_FAILURES), f"dead letter not stored yet: {type(exc).__name__}")
        return Ack(f"dead letter: {reason}")


async def check_and_log(check: Awaitable[str], fields: dict[str, Any]) -> None:
    """One step of a loop over many datasets: the failure of one, foreseen or not, is logged and the loop continues."""
    try:
        outcome = await check
    except Exception as exc:
        _log.warning("check postponed", extra={"fields": fields | {"error": f"{type(exc).__name__}: {exc}"}})
    else:
        _log.info("checked", extra={"fields": fields | {"outcome": outcome}})


def pause_seconds(attempt: int) -> float:
    """How long to wait after failed delivery number `attempt` (from 1): half a second growing to thirty."""
    return _PAUSES_SECONDS[min(attempt, len(_PAUSES_SECONDS)) - 1]


async def _decoded(decode: Decode) -> tuple[Delivery[Any] | None, envelope.UndecodableEvent | None]:
    """The delivery, or None and why there is none."""
    try:
        return await decode(), None
    except envelope.UndecodableEvent as exc:
        return None, exc


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


def _identifiers(message: Msg, delivery: Delivery[Any] | None) -> dict[str, str | int | None]:
    """What finds the lines of one dataset, run or request; of a message that can't be decoded, what its header says."""
    if delivery is None:
        return {"dataset_id": (message.headers or {}).get(envelope.CE_SUBJECT)}
    event = delivery.event
    return {"dataset_id": event.dataset_id, "run": delivery.run, "correlation_id": event.correlation_id}


def _log_settlement(message: Msg, delivery: Delivery[Any] | None, settlement: Settlement, seconds: float) -> None:
    durable = message.metadata.consumer
    fields = {
        **_identifiers(message, delivery),
        "durable": durable,
        "subject": message.subject,
        "sequence": message.metadata.sequence.stream,
        "type": (message.headers or {}).get(envelope.CE_TYPE, ""),
        "attempt": message.metadata.num_delivered,
        "outcome": settlement.why,
        "ms": round(seconds * 1000, 1),
    }
    metrics.message_seconds.labels(durable, settlement.outcome).observe(seconds)
    if message.metadata.num_delivered > 1:
        metrics.redeliveries.labels(durable).inc()
    level = logging.WARNING if isinstance(settlement, Retry) else logging.INFO
    _log.log(level, "message", extra={"fields": fields})

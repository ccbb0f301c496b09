"""What a handler is given and what it may answer: a delivery in, a settlement out, and the table between them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from contracts.events import AnyEvent, ProcessRequested

E = TypeVar("E", bound=AnyEvent)


@dataclass(frozen=True, slots=True)
class Ack:
    """Settled. `why` goes to the log."""

    why: str = "done"
    outcome = "done"  # the metric's label, which is public


@dataclass(frozen=True, slots=True)
class Retry:
    """Deliver again after `delay_seconds`; `failed` by an error that was not foreseen."""

    delay_seconds: float
    why: str = "again"
    failed: bool = False
    outcome = "again"


@dataclass(frozen=True, slots=True)
class NoAck:
    """Neither ack nor nak: another worker is ahead on the same message and will settle it."""

    why: str = "left to another worker"
    outcome = "leave"


Settlement = Ack | Retry | NoAck


@dataclass(frozen=True, slots=True)
class Delivery(Generic[E]):
    """One delivered event; `seq` is its stream sequence, `attempt` counts deliveries from 1."""

    event: E
    event_id: str
    subject: str
    seq: int
    attempt: int

    @property
    def run(self) -> int | None:
        """The run the event belongs to; a ProcessRequested opens the run of its own sequence."""
        return self.seq if isinstance(self.event, ProcessRequested) else self.event.run


Handle = Callable[[Delivery[Any]], Awaitable[Settlement]]
GiveUp = Callable[[Delivery[Any], str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Route(Generic[E]):
    """One line of a service's table: a durable, the messages of it that are handled, and by what.

    Others on the durable's subject are acknowledged unseen. `concurrency` is how many a process handles at a time.
    """

    durable: str
    message_type: type[E]
    handler: Callable[[Delivery[E]], Awaitable[Settlement]]
    concurrency: int = 1

    async def handle(self, delivery: Delivery[Any]) -> Settlement:
        if not isinstance(delivery.event, self.message_type):
            return Ack(f"not {self.message_type.__name__}")
        return await self.handler(delivery)

"""What a handler is given and what it may answer: a delivery in, a settlement out, and the table between them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from contracts.events import AnyEvent, ProcessRequested


@dataclass(frozen=True, slots=True)
class Ack:
    """Settled: acknowledge. `why` goes to the log."""

    why: str = "done"


@dataclass(frozen=True, slots=True)
class Retry:
    """Deliver again after `delay_seconds`; `failed` by an error that nobody foresaw."""

    delay_seconds: float
    why: str = "again"
    failed: bool = False


@dataclass(frozen=True, slots=True)
class NoAck:
    """Neither ack nor nak: another worker is ahead on the same message and will settle it."""

    why: str = "left to another worker"


Settlement = Ack | Retry | NoAck


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivered event; `seq` is its stream sequence, `attempt` counts deliveries from 1."""

    event: AnyEvent
    event_id: str
    subject: str
    seq: int
    attempt: int

    @property
    def run(self) -> int | None:
        """The run the event belongs to; a ProcessRequested opens the run of its own sequence."""
        return self.seq if isinstance(self.event, ProcessRequested) else self.event.run


Handler = Callable[[Delivery], Awaitable[Settlement]]
Poison = Callable[[Delivery, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Route:
    """A durable and the handler of its messages: one line of a service's table.

    `at_once` messages are under way in a process at a time.
    """

    durable: str
    subject: str
    handler: Handler
    at_once: int = 1

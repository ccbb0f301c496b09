"""A message that is not stored yet, with the condition under which the server may store it.

The event id is chosen here, before the first try, and kept through every retry: finding it in the stream is the only
proof that an unclear publish was stored.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from contracts import envelope, subjects
from contracts.events import AnyEvent, Life
from runtime import tracing

EXPECTED: Final = "Nats-Expected-Last-Subject-Sequence"
EXPECTED_ON: Final = "Nats-Expected-Last-Subject-Sequence-Subject"
TTL: Final = "Nats-TTL"


@dataclass(frozen=True, slots=True)
class Message:
    """`headers` hold its conditions, its CloudEvents attributes (`event_id` is one of them) and its trace."""

    subject: str
    event_id: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MessageFactory:
    """Makes a service's messages. Work messages stay in the stream for `work_ttl_seconds`; lives stay indefinitely."""

    service: str
    work_ttl_seconds: int = 48 * 3600
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def life(self, event: Life, *, after: int | None) -> Message:
        """Rule 1: stored only while the last life event is the one at sequence `after` (0: none).

        None states no condition, for a second event of the same batch.
        """
        condition = {} if after is None else {EXPECTED: str(after)}
        return self._message(subjects.life(event.dataset_id), event, condition)

    def once(self, subject: str, event: AnyEvent, *, ttl: bool = True) -> Message:
        """Rule 3: stored only while nothing is stored on `subject`."""
        condition = {EXPECTED: "0"}
        return self._message(subject, event, condition | (self._ttl() if ttl else {}))

    def fenced(self, subject: str, event: AnyEvent, *, run: int) -> Message:
        """Rule 2: stored only while the dataset's last life event is the ProcessRequested at sequence `run`."""
        return self._message(subject, event, _while_head(event, run) | self._ttl())

    def lasting(self, subject: str, event: AnyEvent, *, head: int) -> Message:
        """Rule 1 for a fact beside the life: stored only while the last life event is the one at `head`, and kept."""
        return self._message(subject, event, _while_head(event, head))

    def _ttl(self) -> dict[str, str]:
        return {TTL: str(self.work_ttl_seconds)}

    def _message(self, subject: str, event: AnyEvent, conditions: dict[str, str]) -> Message:
        event_id = str(uuid4())
        attributes = envelope.headers(event, event_id=event_id, source=self.service, at=self.now())
        return Message(subject, event_id, envelope.encode(event), attributes | conditions | tracing.outgoing())


def _while_head(event: AnyEvent, seq: int) -> dict[str, str]:
    return {EXPECTED: str(seq), EXPECTED_ON: subjects.life(event.dataset_id)}

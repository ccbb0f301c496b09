"""Rules 2 and 3: everything a run writes is one atomic batch, fenced by the run and made of facts written once.

However late a frozen worker continues, the server refuses a batch of a run that is over and one whose facts are
stored.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Final

from bus.backoff import Backoff
from bus.errors import BatchAbandoned, BusUnavailable, ConditionFailed, InFlight
from bus.messages import Message
from bus.stream import Stream
from contracts import subjects

DEADLINE_SECONDS: Final = 10.0


class Outcome(Enum):
    STORED = "stored"
    RUN_OVER = "run over"  # cancelled, deleted, ended or replaced: stop at once
    AHEAD = "another worker is ahead"  # the facts are stored already: stop, without ack or nak


class RunWriter:
    """Writes the batches of one run. Every batch must hold at least one message made by `MessageFactory.once`."""

    def __init__(self, stream: Stream, dataset_id: str, run: int, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._stream = stream
        self._life = subjects.life(dataset_id)
        self._run = run
        self._deadline_seconds = deadline_seconds

    async def write(self, messages: Sequence[Message], *, probe: Message) -> Outcome:
        """Stores the batch. `probe` is one of its facts that are written once: it is looked up after an unclear answer.

        Raises: BusUnavailable when no clear answer came in time; the batch may or may not be stored then.
        """
        backoff = Backoff(self._deadline_seconds)
        while True:
            try:
                await self._stream.commit(messages)
                return Outcome.STORED
            except (InFlight, BatchAbandoned) as exc:
                await backoff.after(exc)
            except (BusUnavailable, ConditionFailed) as exc:
                outcome = await self._after_unclear(probe)
                if outcome is not None:
                    return outcome
                await backoff.after(exc)

    async def _after_unclear(self, probe: Message) -> Outcome | None:
        """None: nothing of the batch is stored and the run is current, so the same batch may be sent again."""
        try:
            stored = await self._stream.last(probe.subject)
            if stored is not None:
                return Outcome.STORED if stored.event_id == probe.event_id else Outcome.AHEAD
            head = await self._stream.last(self._life)
        except BusUnavailable:
            return None
        return None if head is not None and head.seq == self._run else Outcome.RUN_OVER

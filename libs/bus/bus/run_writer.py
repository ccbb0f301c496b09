"""Rules 2 and 3: everything a run writes is one atomic batch, fenced by the run and made of facts written once.

However late a worker wakes, the server refuses a batch of a run that is over, and a batch whose facts are stored.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Final

from bus.backoff import Patience
from bus.errors import BatchAbandoned, BusUnavailable, ConditionFailed, InFlight
from bus.messages import Draft
from bus.stream import Stream
from contracts import subjects

PATIENCE_SECONDS: Final = 10.0


class Outcome(Enum):
    STORED = "stored"
    RUN_OVER = "run over"  # cancelled, deleted, ended or replaced: stop at once
    AHEAD = "another worker is ahead"  # the facts stand already: stop, without ack or nak


class RunWriter:
    """Writes the batches of one run. Every batch must hold at least one draft made by `Drafter.once`."""

    def __init__(self, stream: Stream, dataset_id: str, run: int, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._stream = stream
        self._life = subjects.life(dataset_id)
        self._run = run
        self._patience = patience_seconds

    async def write(self, drafts: Sequence[Draft], *, probe: Draft) -> Outcome:
        """Stores the batch. `probe` is one of its facts that are written once: it tells after an unclear answer.

        Raises: BusUnavailable when no clear answer came in time; the batch may or may not be stored then.
        """
        patience = Patience(self._patience)
        while True:
            try:
                await self._stream.commit(drafts)
                return Outcome.STORED
            except (InFlight, BatchAbandoned) as problem:
                await patience.after(problem)
            except (BusUnavailable, ConditionFailed) as problem:
                outcome = await self._after_unclear(probe)
                if outcome is not None:
                    return outcome
                await patience.after(problem)

    async def _after_unclear(self, probe: Draft) -> Outcome | None:
        """None: nothing of the batch is stored and the run stands, so the same batch may be sent again."""
        try:
            stored = await self._stream.last(probe.subject)
            if stored is not None:
                return Outcome.STORED if stored.event_id == probe.event_id else Outcome.AHEAD
            head = await self._stream.last(self._life)
        except BusUnavailable:
            return None
        return None if head is not None and head.seq == self._run else Outcome.RUN_OVER

"""Rule 1: a life event is appended only to the life its writer saw. An unclear answer is resolved, or reported as such.

An event, if stored, is the very next one after the sequence it named. So one read after an unclear answer decides:
our id is there (stored), another one is (lost the race, decide again), or none is (send the same again).
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bus import metrics
from bus.backoff import Backoff
from bus.errors import BatchAbandoned, BusUnavailable, ConditionFailed, InFlight
from bus.messages import Message, MessageFactory
from bus.stored import Stored
from bus.stream import Stream
from contracts import commands, envelope, events, life, subjects
from contracts.failure import RunFailure

DEADLINE_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Head:
    """The last life event of a dataset and the state it gives; `event` is None for a dataset that never existed."""

    state: life.State
    event: events.Life | None
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class Appended:
    """An event that is stored, at stream sequence `seq`."""

    event: events.Life
    seq: int
    state: life.State
    event_id: str


class LifeLog:
    """Reads lives from the stream leader and appends to them."""

    def __init__(self, stream: Stream, factory: MessageFactory, deadline_seconds: float = DEADLINE_SECONDS) -> None:
        self._stream = stream
        self._factory = factory
        self._deadline_seconds = deadline_seconds

    async def head(self, dataset_id: str) -> Head:
        """Raises: BusUnavailable; envelope.UndecodableEvent for a life event of a newer version."""
        stored = await self._stream.last(subjects.life(dataset_id))
        if stored is None:
            return Head(life.Absent(), None)
        event = envelope.decode_life(stored.body)
        return Head(life.state_of(event, stored.seq), event, stored.event_id)

    async def every(self, dataset_id: str) -> AsyncIterator[events.Life]:
        """The whole life in its order, a read for each event.

        Raises: BusUnavailable; envelope.UndecodableEvent for a life event of a newer version.
        """
        async for stored in self._stream.every(subjects.life(dataset_id)):
            yield envelope.decode_life(stored.body)

    async def run_is_current(self, dataset_id: str, run: int) -> bool:
        """Whether the last life event is still this run's ProcessRequested.

        Raises: BusUnavailable.
        """
        stored = await self._stream.last(subjects.life(dataset_id))
        return stored is not None and stored.seq == run

    async def submit(self, command: commands.AnyCommand) -> Appended | life.Refused:
        """Reads the life, decides, appends; decides again when another writer was first.

        Raises: BusUnavailable when no clear answer came in time; the event may or may not be stored then.
        """
        backoff = Backoff(self._deadline_seconds)
        while True:
            state = (await self.head(command.dataset_id)).state
            decision = life.decide(state, command)
            if isinstance(decision, life.Refused):
                return decision
            appended = await self._append([decision], state.seq, backoff)
            if appended is not None:
                return appended

    async def submit_upload(
        self, upload: commands.Upload, request: commands.RequestProcess | None = None
    ) -> Appended | life.Refused:
        """Begins the life of an id that was just drawn, without reading it; with `request` also its first run.

        Both are one atomic batch. Raises: BusUnavailable, as `submit`.
        """
        state: life.State = life.Absent()
        new: list[events.Life] = []
        for command in (upload, request) if request else (upload,):
            decision = life.decide(state, command)
            if isinstance(decision, life.Refused):
                return decision
            new.append(decision)
            state = life.state_of(decision, 0)
        appended = await self._append(new, 0, Backoff(self._deadline_seconds))
        return appended or life.Refused(code=life.ALREADY_EXISTS)

    async def _append(self, new: Sequence[events.Life], after: int, backoff: Backoff) -> Appended | None:
        """None means that another event follows `after`: the decision must be made again."""
        messages = [self._factory.life(new[0], after=after)] + [self._factory.life(e, after=None) for e in new[1:]]
        while True:
            try:
                seq = await self._store(messages)
            except (InFlight, BatchAbandoned) as exc:
                await backoff.after(exc)
            except (BusUnavailable, ConditionFailed) as exc:
                stored = await self._after_unclear(messages[0].subject, after, backoff)
                if stored is not None and stored.event_id != messages[0].event_id:
                    return None
                if stored is not None:
                    return await self._confirmed(messages, new[-1], stored)
                await backoff.after(exc)
            else:
                return Appended(new[-1], seq, life.state_of(new[-1], seq), messages[-1].event_id)

    async def _store(self, messages: Sequence[Message]) -> int:
        return await (self._stream.publish(messages[0]) if len(messages) == 1 else self._stream.commit(messages))

    async def _after_unclear(self, subject: str, after: int, backoff: Backoff) -> Stored | None:
        while True:
            try:
                return await self._stream.following(subject, after + 1)
            except BusUnavailable as exc:
                await backoff.after(exc)

    async def _confirmed(self, messages: Sequence[Message], event: events.Life, first: Stored) -> Appended:
        """Our first event is stored, so by atomicity all are; the last one's sequence is still to be found."""
        stored: Stored | None = first
        while stored is not None and stored.event_id != messages[-1].event_id:
            stored = await self._stream.following(messages[0].subject, stored.seq + 1)
        if stored is None:
            raise BusUnavailable("the life changed while an unclear answer was being resolved")
        return Appended(event, stored.seq, life.state_of(event, stored.seq), stored.event_id)


async def fail_run(lives: LifeLog, event: events.Event, run: int, failure: RunFailure, *, cause: str) -> None:
    """Ends `run` as failed, unless it has ended; `event` is any event of its dataset and gives the identity.

    Raises: BusUnavailable, as `LifeLog.submit`.
    """
    command = commands.FailRun(**event.identity(cause=cause), at=datetime.now(UTC), run=run, error=failure)
    if isinstance(await lives.submit(command), Appended):
        metrics.runs_ended.labels(failure.code).inc()

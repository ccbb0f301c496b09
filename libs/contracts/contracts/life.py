"""The life of a dataset: `evolve` folds an event into a state, `decide` turns a command into an event or a refusal.

Nothing else in Cuecutter decides which event may follow which. The last life event alone gives the whole state, because
each one carries the whole state; appending is compare-and-set on its sequence (rule 1), so a decision can't go stale.
"""

from typing import Any, assert_never

from msgspec import Struct, structs

from contracts import commands as c
from contracts import events as e
from contracts.dataset import Options, Result, Source, Status
from contracts.failure import RunFailure


class Absent(Struct, frozen=True):
    seq: int = 0


class Living(Struct, frozen=True, kw_only=True):
    """`seq` is the stream sequence of the last life event. `result` is the last ready result, if there is one."""

    seq: int
    dataset_id: str
    user_id: str
    source: Source
    options: Options
    result: Result | None = None


class Pending(Living, frozen=True, kw_only=True):
    pass


class Processing(Living, frozen=True, kw_only=True):
    @property
    def run(self) -> int:
        return self.seq


class Ready(Living, frozen=True, kw_only=True):
    pass


class Failed(Living, frozen=True, kw_only=True):
    run: int | None
    error: RunFailure


class Deleted(Struct, frozen=True, kw_only=True):
    seq: int
    dataset_id: str
    user_id: str


Alive = Pending | Processing | Ready | Failed
State = Absent | Alive | Deleted


class Refused(Struct, frozen=True, kw_only=True):
    """A command that the state does not allow. `run` names the run in the way, where there is one."""

    code: str
    run: int | None = None


NOT_FOUND = "not-found"
ALREADY_EXISTS = "already-exists"
ALREADY_PROCESSING = "already-processing"
NOT_PROCESSING = "not-processing"
STALE_RUN = "stale-run"
PRECONDITION_FAILED = "precondition-failed"


def state_of(event: e.Life, seq: int) -> State:
    """The state after `event`, stored at stream sequence `seq`."""
    common: dict[str, Any] = {"seq": seq, "dataset_id": event.dataset_id, "user_id": event.user_id}
    match event:
        case e.DatasetDeleted():
            return Deleted(**common)
        case e.DatasetUploaded():
            return Pending(**common, source=event.source, options=event.options)
        case e.ProcessRequested():
            return Processing(**common, source=event.source, options=event.options, result=event.result)
        case e.ProcessCancelled() | e.TranscriptReplaced() | e.DatasetRenamed():
            kind = Pending if event.result is None else Ready
            return kind(**common, source=event.source, options=event.options, result=event.result)
        case e.DatasetReady():
            return Ready(**common, source=event.source, options=event.result.options, result=event.result)
        case e.DatasetFailed():
            return Failed(
                **common,
                source=event.source,
                options=event.options,
                result=event.result,
                run=event.run,
                error=event.error,
            )
        case _:
            assert_never(event)


def evolve(state: State, event: e.Life, seq: int) -> State:
    """Folds one event; `state` is not needed because each event carries the whole state, and is here for tests."""
    if seq <= state.seq:
        raise ValueError(f"life event {seq} does not follow {state.seq}")
    return state_of(event, seq)


def status_of(state: Alive) -> Status:
    match state:
        case Pending():
            return Status.PENDING
        case Processing():
            return Status.PROCESSING
        case Ready():
            return Status.READY
        case Failed():
            return Status.FAILED
        case _:
            assert_never(state)


def decide(state: State, command: c.AnyCommand) -> e.Life | Refused:
    """Pure: the same state and command give the same result. Another user's dataset is `not-found`."""
    if isinstance(command, c.Upload):
        return _upload(state, command)
    if isinstance(state, Absent | Deleted) or state.user_id != command.user_id:
        return Refused(code=NOT_FOUND)
    match command:
        case c.RequestProcess():
            return _request(state, command)
        case c.CancelProcess():
            return _cancel(state, command)
        case c.DeleteDataset():
            return e.DatasetDeleted(**_stamp(command), run=_run(state))
        case c.ReplaceTranscript():
            return _replace(state, command)
        case c.RenameDataset():
            return _rename(state, command)
        case c.FinishRun():
            return _finish(state, command)
        case c.FailRun():
            return _fail(state, command)
        case _:
            assert_never(command)


def _stamp(command: c.Command) -> dict[str, Any]:
    """What the event takes over from the command that led to it."""
    return {**command.identity(), "at": command.at}


def _run(state: Alive) -> int | None:
    return state.run if isinstance(state, Processing) else None


def _upload(state: State, command: c.Upload) -> e.Life | Refused:
    if not isinstance(state, Absent):
        return Refused(code=ALREADY_EXISTS)
    return e.DatasetUploaded(**_stamp(command), source=command.source, options=command.options)


def _request(state: Alive, command: c.RequestProcess) -> e.Life | Refused:
    if isinstance(state, Processing):
        return Refused(code=ALREADY_PROCESSING, run=state.run)
    options = command.options or state.options
    return e.ProcessRequested(**_stamp(command), source=state.source, options=options, result=state.result)


def _cancel(state: Alive, command: c.CancelProcess) -> e.Life | Refused:
    if not isinstance(state, Processing):
        return Refused(code=NOT_PROCESSING)
    return e.ProcessCancelled(
        **_stamp(command), run=state.run, source=state.source, options=_options(state), result=state.result
    )


def _options(state: Alive) -> Options:
    """What the dataset shows once a run is over: its result's options, not those of a run that made none."""
    return state.result.options if state.result else state.options


def _replace(state: Alive, command: c.ReplaceTranscript) -> e.Life | Refused:
    refused = _not_correctable(state, command.seen_seq)
    if refused is not None:
        return refused
    if command.seen_sha256 not in (None, state.source.transcript_sha256):
        return Refused(code=PRECONDITION_FAILED)
    given = command.transcript
    source = structs.replace(
        state.source,
        transcript_key=given.key,
        transcript_bytes=given.size_bytes,
        transcript_sha256=given.sha256,
        transcript_type=given.type,
        transcript_encoding=given.encoding,
    )
    # A result of an earlier release does not say what it was made from. No transcript was replaced before now.
    result = state.result and _made_from(state.source, state.result)
    return e.TranscriptReplaced(**_stamp(command), source=source, options=_options(state), result=result)


def _rename(state: Alive, command: c.RenameDataset) -> e.Life | Refused:
    refused = _not_correctable(state, command.seen_seq)
    if refused is not None:
        return refused
    given = {"name": command.name, "description": command.description}
    source = structs.replace(state.source, **{field: text for field, text in given.items() if text is not None})
    return e.DatasetRenamed(**_stamp(command), source=source, options=_options(state), result=state.result)


def _not_correctable(state: Alive, seen_seq: int | None) -> Refused | None:
    if isinstance(state, Processing):
        return Refused(code=ALREADY_PROCESSING, run=state.run)
    return Refused(code=PRECONDITION_FAILED) if seen_seq not in (None, state.seq) else None


def _made_from(source: Source, result: Result) -> Result:
    if result.transcript_sha256:
        return result
    return structs.replace(result, transcript_key=source.transcript_key, transcript_sha256=source.transcript_sha256)


def _finish(state: Alive, command: c.FinishRun) -> e.Life | Refused:
    if not isinstance(state, Processing) or state.run != command.run:
        return Refused(code=STALE_RUN, run=command.run)
    # No transcript is replaced while a run is in progress, so it was made from this one.
    result = _made_from(state.source, command.result)
    return e.DatasetReady(**_stamp(command), run=command.run, source=state.source, result=result)


def _fail(state: Alive, command: c.FailRun) -> e.Life | Refused:
    if not isinstance(state, Processing) or state.run != command.run:
        return Refused(code=STALE_RUN, run=command.run)
    return e.DatasetFailed(
        **_stamp(command),
        run=command.run,
        source=state.source,
        options=state.options,
        result=state.result,
        error=command.error,
    )

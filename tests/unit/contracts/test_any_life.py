"""Any order of commands, from its owner and from others, for this run and for earlier ones, keeps the invariants."""

from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from contracts import commands as c
from contracts import events as e
from contracts import life
from contracts.dataset import Options, Source, Status, TranscriptFile, TranscriptType
from tests.unit.contracts.test_life import ERROR, OPTIONS, SOURCE, WHO, result


def who(user: str) -> dict[str, Any]:
    return WHO | {"user_id": user}


class Ask(NamedTuple):
    """What is asked, by whom. A run's command or a correction names the last life event's sequence, or one `ago` before
    it.
    """

    kind: str
    user: str = "u"
    ago: int = 0
    options: Options | None = None

    def command(self, seq: int) -> c.AnyCommand:
        told, run = who(self.user), seq - self.ago
        match self.kind:
            case "upload":
                return c.Upload(**told, source=SOURCE, options=OPTIONS)
            case "request":
                return c.RequestProcess(**told, options=self.options)
            case "finish":
                return c.FinishRun(**told, run=run, result=result(run))
            case "fail":
                return c.FailRun(**told, run=run, error=ERROR)
            case "replace":
                return c.ReplaceTranscript(**told, transcript=transcript(seq), seen_seq=run)
            case "rename":
                return c.RenameDataset(**told, name=f"name {seq}", seen_seq=run)
            case "cancel":
                return c.CancelProcess(**told)
            case _:
                return c.DeleteDataset(**told)


def transcript(seq: int) -> TranscriptFile:
    """No two of a story are the same."""
    return TranscriptFile(key=f"t{seq}", size_bytes=seq, sha256=f"{seq:x}", type=TranscriptType.CUES, encoding="utf-8")


# Weighed so that stories get far: mostly requests and ends of runs, seldom a deletion, which ends the story.
_kinds = st.sampled_from(
    ["request"] * 8
    + ["finish"] * 5
    + ["fail"] * 3
    + ["cancel"] * 3
    + ["replace"] * 3
    + ["rename"] * 2
    + ["upload", "delete"]
)
_asks = st.builds(
    Ask,
    _kinds,
    st.sampled_from(["u"] * 9 + ["eve"]),
    st.sampled_from([0, 0, 0, 0, 1, 2, 3]),
    st.sampled_from([None, Options(sample_rate=8_000), Options(sample_rate=22_050)]),
)
_asked = st.lists(_asks, min_size=8, max_size=40)


@settings(max_examples=200)
@given(st.sampled_from([True, True, True, False]), _asked)
def test_any_order_of_commands_keeps_the_invariants(uploaded: bool, asked: list[Ask]) -> None:
    state: life.State = life.Absent()
    happened: list[e.Life] = []
    for ask in [*([Ask("upload")] if uploaded else []), *asked]:
        command = ask.command(state.seq)
        decision = life.decide(state, command)
        assert decision == life.decide(state, command), "the same question has two answers"
        if isinstance(decision, life.Refused):
            continue
        happened.append(decision)
        state = life.evolve(state, decision, len(happened))
        check_the_last(happened, state)
    check_the_whole(happened)


def check_the_last(happened: list[e.Life], state: life.State) -> None:
    """Every event is its owner's, and the last one alone gives all that stands."""
    assert state == life.state_of(happened[-1], len(happened))
    assert happened[-1].user_id == happened[0].user_id, "somebody else changed the dataset"
    if not isinstance(state, life.Alive):
        return
    results = [event.result for event in happened if isinstance(event, e.DatasetReady)]
    assert state.result == (results[-1] if results else None), "the last ready result was lost"
    assert state.source == corrected(happened), "a correction was lost, or reached what it does not concern"
    if state.result is not None:
        made = [n for n, event in enumerate(happened) if isinstance(event, e.DatasetReady)][-1]
        assert state.result.transcript_sha256 == corrected(happened[:made]).transcript_sha256
        assert state.result.is_outdated_by(state.source) == any(
            isinstance(event, e.TranscriptReplaced) for event in happened[made:]
        )
    assert (life.status_of(state) is Status.PROCESSING) == isinstance(happened[-1], e.ProcessRequested)
    if life.status_of(state) is Status.READY:
        assert state.result is not None
        assert state.options == state.result.options, "a ready dataset shows other options than its result's"


def corrected(happened: list[e.Life]) -> Source:
    """The upload's source with every correction, in order, of what each one is about."""
    source = SOURCE
    for seq, event in enumerate(happened):
        if isinstance(event, e.TranscriptReplaced):
            source = structs.replace(
                source,
                transcript_key=f"t{seq}",
                transcript_bytes=seq,
                transcript_sha256=f"{seq:x}",
                transcript_type=TranscriptType.CUES,
            )
        elif isinstance(event, e.DatasetRenamed):
            source = structs.replace(source, name=f"name {seq}")
    return source


def check_the_whole(happened: list[e.Life]) -> None:
    """It begins once, ends at most once, and between two requests there is the one end of the first run."""
    assert all(isinstance(event, e.DatasetUploaded) == (n == 0) for n, event in enumerate(happened))
    assert all(not isinstance(event, e.DatasetDeleted) for event in happened[:-1]), "something happened after the end"
    run: int | None = None
    for seq, event in enumerate(happened, start=1):
        match event:
            case e.ProcessRequested():
                assert run is None, "two runs at once"
                run = seq
            case e.DatasetReady() | e.DatasetFailed() | e.ProcessCancelled():
                assert event.run == run, "a run ended that was not under way"
                run = None
            case e.TranscriptReplaced() | e.DatasetRenamed():
                assert run is None, "corrected while a run was in progress"
            case e.DatasetDeleted():
                assert event.run == run, "a deletion names another run than the one it ends"

"""Since when nothing needs what earlier runs wrote, by any life: never what is current, and never taken back."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from contracts import commands, events, life
from segmenter.domain.supersession import Supersession
from tests.unit.contracts.test_life import ERROR, OPTIONS, SOURCE, WHO, result

ROOT = "users/u/datasets/d/"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Story:
    """A life by words, an hour each: `run`, `cancel`, `fail`, `rename`; `root` and `own` are a result there."""

    def __init__(self, *words: str) -> None:
        self.state: life.State = life.Absent()
        self.told, self.hours = Supersession(ROOT), 0
        for word in ("upload", *words):
            self.go_on(word)

    def go_on(self, word: str) -> bool:
        """Whether it was allowed."""
        event = life.decide(self.state, self._command(word))
        if isinstance(event, life.Refused):
            return False
        self.hours += 1
        self.state = life.state_of(event, self.hours)
        self.told.fold(structs.replace(event, at=NOON + timedelta(hours=self.hours)))
        return True

    @property
    def over(self) -> dict[int, int]:
        """Run → since which hour."""
        return {run: round((at - NOON) / timedelta(hours=1)) for run, at in self.told.over.items()}

    @property
    def root_left(self) -> int | None:
        at = self.told.root_left_at
        return None if at is None else round((at - NOON) / timedelta(hours=1))

    def _command(self, word: str) -> commands.AnyCommand:
        run = self.state.seq
        match word:
            case "upload":
                return commands.Upload(**WHO, source=SOURCE, options=OPTIONS)
            case "run":
                return commands.RequestProcess(**WHO, options=None)
            case "cancel":
                return commands.CancelProcess(**WHO)
            case "fail":
                return commands.FailRun(**WHO, run=run, error=ERROR)
            case "rename":
                return commands.RenameDataset(**WHO, name="n", seen_seq=None)
            case _:
                prefix = ROOT if word == "root" else f"{ROOT}runs/{run}/"
                return commands.FinishRun(**WHO, run=run, result=structs.replace(result(run), prefix=prefix))


def test_a_result_is_superseded_when_the_next_one_is_ready() -> None:
    story = Story("run", "root", "run", "own", "rename", "run", "own")
    assert story.over == {2: 5, 4: 8}
    assert story.root_left == 5, "counted from the first result elsewhere, not from the last"


def test_runs_without_a_result_are_over_at_their_end_and_supersede_nothing() -> None:
    story = Story("run", "root", "run", "cancel", "run", "fail", "run")
    assert story.over == {4: 5, 6: 7}
    assert story.root_left is None


def test_a_root_that_is_the_result_again_is_not_left() -> None:
    story = Story("run", "root", "run", "own", "run", "root")
    assert story.over == {2: 5, 4: 7}
    assert story.root_left is None


WORDS = ["run", "run", "run", "own", "own", "root", "cancel", "fail", "rename"]


@given(st.lists(st.sampled_from(WORDS), max_size=40))
def test_what_is_current_is_never_over_and_what_is_over_stays_so(words: list[str]) -> None:
    story = Story()
    for word in words:
        before = dict(story.told.over)
        story.go_on(word)
        assert isinstance(story.state, life.Living)
        current = {story.state.result.run} if story.state.result else set()
        current |= {story.state.run} if isinstance(story.state, life.Processing) else set()
        assert not current & story.told.over.keys()
        assert story.told.over.items() >= before.items()
        in_root = story.state.result is not None and story.state.result.prefix == ROOT
        assert not (in_root and story.told.root_left_at is not None)


def test_every_event_of_a_life_is_read() -> None:
    """One that is added must be thought of here, too."""
    thought_of = {"DatasetReady", "ProcessCancelled", "DatasetFailed"}
    changes_no_result = {
        "DatasetUploaded",
        "ProcessRequested",
        "DatasetDeleted",
        "TranscriptReplaced",
        "DatasetRenamed",
    }
    assert {kind.__name__ for kind in events.Life.__args__} == thought_of | changes_no_result

"""Events and rows of one dataset, as short as a test wants them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from catalog.domain.projection import Fact
from contracts import commands, events, life
from contracts.dataset import Options, Result, Source, TranscriptFile, TranscriptType
from contracts.failure import RunFailure
from contracts.warnings import WarningSummary

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
DATASET = "0b2f3a52-7e4b-4f0a-9c55-0f4f7f3b9a01"
OTHER = "0b2f3a52-7e4b-4f0a-9c55-0f4f7f3b9a02"


def at(seq: int) -> datetime:
    """The clock of these tests: event n happens n seconds after noon and is stored half a second later."""
    return NOON + timedelta(seconds=seq)


def stored(event: events.AnyEvent, seq: int) -> Fact:
    return Fact(event, seq, at(seq) + timedelta(milliseconds=500))


def told(seq: int, dataset_id: str = DATASET) -> dict[str, Any]:
    return {"dataset_id": dataset_id, "user_id": "u", "correlation_id": "co", "cause": "ca", "at": at(seq)}


def source() -> Source:
    return Source(
        name="A talk",
        description="",
        created_at=NOON,
        audio_key="a.wav",
        audio_bytes=1,
        audio_sha256="00",
        transcript_key="t.srt",
        transcript_bytes=1,
        transcript_sha256="11",
        transcript_type=TranscriptType.SRT,
        transcript_encoding="utf-8",
    )


def result(run: int, segments: int = 3) -> Result:
    return Result(
        run=run,
        options=Options(),
        plan_id="p",
        prefix="x/",
        training_data_key="x/training_data.jsonl",
        training_data_sha256="00",
        segment_count=segments,
        total_frames=24_000 * segments,
        sample_rate=16_000,
        warnings=WarningSummary({"empty": 2}),
    )


def problem() -> RunFailure:
    return RunFailure(code="no-audio", title="No audio", detail="The file holds no audio.", stage="plan")


class Story:
    """A life told by commands, so that only histories that can happen are told; work is put in beside it."""

    def __init__(self, dataset_id: str = DATASET, first_seq: int = 1) -> None:
        self.dataset_id, self.seq = dataset_id, first_seq - 1
        self.state: life.State = life.Absent()
        self.run = 0
        self.facts: list[Fact] = []

    def uploaded(self) -> "Story":
        return self._decided(commands.Upload(**self._told(), source=source(), options=Options()))

    def requested(self) -> "Story":
        self._decided(commands.RequestProcess(**self._told()))
        self.run = self.seq
        return self

    def cancelled(self) -> "Story":
        return self._decided(commands.CancelProcess(**self._told()))

    def ready(self) -> "Story":
        return self._decided(commands.FinishRun(**self._told(), run=self.run, result=result(self.run)))

    def replaced(self) -> "Story":
        """Another transcript each time."""
        new = TranscriptFile(
            key=f"t{self.seq}", size_bytes=1, sha256=f"new-{self.seq}", type=TranscriptType.CUES, encoding="utf-8"
        )
        return self._decided(commands.ReplaceTranscript(**self._told(), transcript=new))

    def renamed(self, name: str) -> "Story":
        return self._decided(commands.RenameDataset(**self._told(), name=name))

    def failed(self) -> "Story":
        return self._decided(commands.FailRun(**self._told(), run=self.run, error=problem()))

    def deleted(self) -> "Story":
        return self._decided(commands.DeleteDataset(**self._told()))

    def planned(self, segments: int, run: int | None = None) -> "Story":
        return self._put(
            events.SegmentationPlanned(
                **self._work(run),
                plan_id="p",
                plan_version="1",
                prefix="x/",
                plan_key="x/plan.jsonl",
                plan_sha256="00",
                plan_bytes=1,
                segment_count=segments,
                span_count=1,
                dropped_count=0,
                source_rate_hz=16_000,
                sample_rate=16_000,
                options=Options(),
                warnings=WarningSummary(),
            )
        )

    def progressed(self, added: int, run: int | None = None) -> "Story":
        return self._put(
            events.SpanProgressed(**self._work(run), span=0, worker="w", written=added, added=added, rows=())
        )

    def span_done(self, run: int | None = None) -> "Story":
        return self._put(events.SpanWritten(**self._work(run), span=0, segment_count=1))

    def _told(self) -> dict[str, Any]:
        return told(self.seq + 1, self.dataset_id)

    def _work(self, run: int | None) -> dict[str, Any]:
        who = {name: value for name, value in self._told().items() if name != "at"}
        return {**who, "run": self.run if run is None else run}

    def _decided(self, command: commands.AnyCommand) -> "Story":
        event = life.decide(self.state, command)
        assert not isinstance(event, life.Refused), event
        self._put(event)
        self.state = life.state_of(event, self.seq)
        return self

    def _put(self, event: events.AnyEvent) -> "Story":
        self.seq += 1
        self.facts.append(stored(event, self.seq))
        return self

"""One campaign: every source once in peace, then many under faults, then the reckoning."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from runtime.tasks import cancel_and_wait
from tests.chaos import staging, witness
from tests.chaos.faults import Striker
from tests.chaos.feed import Feed
from tests.chaos.findings import Code, Finding, judge, taken_over
from tests.chaos.report import Report
from tests.chaos.schedule import Fault
from tests.chaos.sources import Source, every
from tests.chaos.wires import Wire
from tests.chaos.witness import Seen
from tests.e2e.conftest import User
from tests.stacks import ROOT

LATENCY_SECONDS = 0.1  # of the store while faults strike: workers wait for it, and are struck in the middle
_REFUSED = ('"left to another worker"', '"run over"')  # what a worker logs whose batch came too late


@dataclass(frozen=True)
class Campaign:
    """`in_flight` datasets are kept processing while `faults` strike. Without `fenced` it is the control."""

    title: str
    seed: int
    faults: tuple[Fault, ...]
    ack_wait_seconds: float
    fenced: bool = True
    in_flight: int = 8


async def run(campaign: Campaign, folder: Path) -> Report:
    """Leaves no process; what is in `folder` is left for whoever wants to look."""
    clock = Clock()
    sources = await asyncio.to_thread(every)
    async with staging.stage(folder, ack_wait_seconds=campaign.ack_wait_seconds, fenced=campaign.fenced) as on_stage:
        clock.lap("start")
        stack, wires = on_stage
        user = User(stack, "alice")
        try:
            feed = Feed(user, sources, campaign.seed)
            return await _Trial(campaign, wires, sources, user, feed, Striker(folder, wires), clock).run()
        finally:
            await user.http.aclose()


@dataclass
class Clock:
    """How long each part of a campaign took, in seconds."""

    seconds: dict[str, float] = field(default_factory=dict)
    _lap_began: float = field(default_factory=monotonic)

    def lap(self, part: str) -> None:
        now = monotonic()
        self.seconds[part], self._lap_began = now - self._lap_began, now


@dataclass(frozen=True)
class _Trial:
    """A campaign on its stage."""

    campaign: Campaign
    wires: Mapping[str, Wire]
    sources: Sequence[Source]
    user: User
    feed: Feed
    striker: Striker
    clock: Clock

    async def run(self) -> Report:
        manifests = {source.name: await self._in_peace(source) for source in self.sources}
        self.clock.lap("peace")
        await self._under_faults()
        self.clock.lap("faults")
        await self.feed.quiet(self.campaign.ack_wait_seconds * 4 + 90)
        self.clock.lap("rest")
        async with staging.trainer(self.user.stack) as trainer:
            seen = await witness.everything(self.user, trainer, self.user.stack.folder)
        findings = [*self._judged(seen, manifests), *await asyncio.to_thread(_catalog, self.user.stack.admin)]
        self.clock.lap("reckoning")
        return self._report(seen, findings)

    async def _in_peace(self, source: Source) -> bytes:
        """The manifest of an undisturbed run, which must name what was cut here."""
        dataset_id = await self.feed.upload(source)
        assert dataset_id is not None, self.feed.answers
        dataset = await self.user.until(dataset_id, "ready", "failed")
        assert dataset["status"] == "ready", dataset
        async with staging.trainer(self.user.stack) as trainer:
            lines = await trainer.manifest(dataset)
            assert [line["sha256"] for line in lines] == list(source.slices), source.name
            return await trainer.store.get(dataset["training_data_s3_key"])

    async def _under_faults(self) -> None:
        self.wires["s3"].latency_seconds = LATENCY_SECONDS
        feeding = asyncio.create_task(self.feed.run(self.campaign.in_flight))
        try:
            await self.striker.play(self.campaign.faults)
        finally:
            await cancel_and_wait(feeding)
            self.wires["s3"].latency_seconds = 0.0

    def _judged(self, seen: Sequence[Seen], manifests: Mapping[str, bytes]) -> Iterator[Finding]:
        sources = {source.name: source for source in self.sources}
        for dataset in seen:
            yield from judge(dataset, sources[dataset.name], manifests[dataset.name])
        for lost in {*self.feed.accepted} - {dataset.dataset_id for dataset in seen}:
            yield Finding(Code.LOST, lost, "its upload was answered 201")
        if failed := self.feed.answers["500"]:
            yield Finding(Code.GATEWAY_FAILED, "", f"{failed} times")

    def _report(self, seen: Sequence[Seen], findings: Sequence[Finding]) -> Report:
        counts = {source.name: len(source.slices) for source in self.sources}
        logs = list((self.user.stack.folder / "logs").glob("segmenter*.log*"))
        return Report(
            title=self.campaign.title,
            seed=self.campaign.seed,
            fenced=self.campaign.fenced,
            ack_wait_seconds=self.campaign.ack_wait_seconds,
            seconds=self.clock.seconds,
            struck=self.striker.struck,
            missed=self.striker.missed,
            answers=self.feed.answers,
            datasets=len(seen),
            runs=sum(len(dataset.runs) for dataset in seen),
            told=sum(counts[dataset.name] * len(dataset.runs) for dataset in seen),
            stored=sum(self.wires["s3"].slices.values()),
            taken_over=sum(map(taken_over, seen)),
            refused=sum(log.read_text(encoding="utf-8").count(words) for log in logs for words in _REFUSED),
            findings=tuple(findings),
        )


def _catalog(env: Mapping[str, str]) -> list[Finding]:
    """The rows are compared with what the stream gives from its beginning; nothing is changed."""
    done = subprocess.run(
        [sys.executable, "-m", "catalog", "rebuild", "--check"],
        cwd=ROOT,
        env=dict(env),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    said = " ".join((done.stdout + done.stderr).split())
    return [Finding(Code.CATALOG_DIFFERS, "", said)] if done.returncode else []

"""`make chaos-sweeping`: re-runs, cancels and deletes while every segmenter sweeps each second, under faults.

Each source is processed once in peace with each of the options. Then datasets are processed again and again, while
workers are killed and frozen, servers are cut off, and the store is late. At the end every dataset that is left has its
sources and its current result, and nothing else.
"""

import asyncio
import hashlib
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from runtime.tasks import cancel_and_wait
from stack import choices
from stack.errors import BadSetting
from tests.chaos import altered, leavings, rerun_witness, schedule, staging
from tests.chaos.faults import Striker
from tests.chaos.leavings import Found, Wanted, Wrong
from tests.chaos.rerun_report import Report, table, write
from tests.chaos.rerun_witness import Seen
from tests.chaos.reruns import RATES, Reruns
from tests.chaos.schedule import Fault
from tests.chaos.sources import Source, for_reruns
from tests.chaos.wires import Wire
from tests.e2e.conftest import Trainer, User
from tests.stacks import ROOT

ACK_WAIT_SECONDS = 4.0
HESITATION_SECONDS = 1.5
SETTLING_SECONDS = 90.0
LATENCY_SECONDS, LATE_SHARE = 0.05, 0.02
DATASETS = 10
SEEDS = 4  # one for each keep, 0 to 3 s
CONTROL_SECONDS = 15.0

Made = tuple[str, int | None]  # a source's name and the rate that was asked for


@dataclass(frozen=True)
class Campaign:
    """Without `fenced` it is the control: roots are retired whatever happened meanwhile. `keep_seconds` is 0 to 3.

    After the faults, `returns` new datasets go back to their first options just when their root is to be retired.
    """

    title: str
    seed: int
    faults: tuple[Fault, ...]
    keep_seconds: int
    fenced: bool = True
    returns: int = 20

    @property
    def environment(self) -> dict[str, str]:
        told = {"SWEEP_SECONDS": "1", "KEEP_SUPERSEDED_SECONDS": str(self.keep_seconds)}
        told[altered.HESITATION] = str(HESITATION_SECONDS)
        return told | ({} if self.fenced else {altered.UNFENCED_ROOT: "yes"})


def drawn(seed: int, *, seconds: float, fenced: bool = True) -> Campaign:
    faults = schedule.mixed(seed, seconds=seconds, ack_wait_seconds=ACK_WAIT_SECONDS, every_seconds=1.2)
    return Campaign(f"{seconds:g} seconds of re-runs", seed, faults, seed % 4, fenced)


async def run(campaign: Campaign, folder: Path) -> Report:
    """Leaves no process; what is in `folder` is left for whoever wants to look."""
    sources = await asyncio.to_thread(for_reruns)
    extra, ack = campaign.environment, ACK_WAIT_SECONDS
    async with staging.stage(folder, ack_wait_seconds=ack, fenced=True, extra=extra) as (stack, wires):
        user = User(stack, "alice")
        try:
            async with staging.trainer(stack) as trainer:
                reruns = Reruns(user, sources, campaign.seed)
                return await _Trial(campaign, wires, sources, user, trainer, reruns, Striker(folder, wires)).run()
        finally:
            await user.http.aclose()


@dataclass(frozen=True)
class _Trial:
    """A campaign on its stage."""

    campaign: Campaign
    wires: Mapping[str, Wire]
    sources: Sequence[Source]
    user: User
    trainer: Trainer
    reruns: Reruns
    striker: Striker

    async def run(self) -> Report:
        began = monotonic()
        made = [(source, rate) for source in self.sources for rate in RATES]
        wanted = {(source.name, rate): await self._in_peace(source, rate) for source, rate in made}
        await self._under_faults()
        first, keep = self.sources[0], self.campaign.keep_seconds
        await asyncio.gather(*(self.reruns.return_to_the_root(first, keep) for _ in range(self.campaign.returns)))
        settled = await self.reruns.settle(SETTLING_SECONDS)
        seen, findings = await self._looked(wanted)
        if not settled:
            findings.append(Found(Wrong.NOT_READY, "", f"not all in {SETTLING_SECONDS:g} s"))
        return self._report(monotonic() - began, seen, findings)

    async def _in_peace(self, source: Source, rate: int | None) -> Wanted:
        """What an undisturbed run makes; without options it is compared with what was cut here."""
        dataset_id = await self.reruns.upload(source, rate)
        assert dataset_id is not None, self.reruns.answers
        dataset = await self.user.until(dataset_id, "ready", "failed")
        assert dataset["status"] == "ready", dataset
        slices = tuple(line["sha256"] for line in await self.trainer.manifest(dataset))
        assert rate is not None or slices == source.slices, source.name
        body = await self.trainer.store.get(dataset["training_data_s3_key"])
        names = [dataset[key].rpartition("/")[2] for key in ("audio_s3_key", "transcript_s3_key")]
        kept = dict(zip(names, map(_sha256, (source.audio, source.transcript)), strict=True))
        return Wanted(kept, slices, _sha256(body))

    async def _under_faults(self) -> None:
        store = self.wires["s3"]
        store.latency_seconds, store.late_share = LATENCY_SECONDS, LATE_SHARE
        working = asyncio.create_task(self.reruns.run(DATASETS))
        try:
            await self.striker.play(self.campaign.faults)
        finally:
            await cancel_and_wait(working)
            store.latency_seconds = store.late_share = 0.0

    async def _looked(self, wanted: Mapping[Made, Wanted]) -> tuple[Seen, list[Found]]:
        """Looks until nothing is wrong any more: sweeps and purges need their time, and what is lost stays lost."""
        deadline = monotonic() + SETTLING_SECONDS
        while True:
            seen = await rerun_witness.everything(self.user, self.trainer, self.reruns)
            findings = list(self._judged(seen, wanted))
            if not findings or monotonic() > deadline:
                return seen, findings
            await asyncio.sleep(3)

    def _judged(self, seen: Seen, wanted: Mapping[Made, Wanted]) -> Iterable[Found]:
        for dataset in seen.alive:
            yield from leavings.judge(dataset, wanted[dataset.name, dataset.rate])
        for dataset_id, left in seen.left_of_deleted.items():
            yield Found(Wrong.NOT_GONE, dataset_id, left)
        if failed := self.reruns.answers["500"]:
            yield Found(Wrong.GATEWAY_FAILED, "", f"{failed} times")

    def _report(self, seconds: float, seen: Seen, findings: Sequence[Found]) -> Report:
        kinds = Counter(event["type"] for dataset in seen.alive for _, event in (*dataset.life, *dataset.facts))
        return Report(
            title=self.campaign.title,
            seed=self.campaign.seed,
            fenced=self.campaign.fenced,
            keep_seconds=self.campaign.keep_seconds,
            seconds=seconds,
            struck=self.striker.struck,
            answers=self.reruns.answers,
            datasets=len(seen.alive),
            deleted=len(self.reruns.deleted),
            events=kinds,
            slices_stored=len(self.wires["s3"].slices),
            objects_left=sum(len(dataset.objects) for dataset in seen.alive),
            findings=tuple(findings),
        )


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def main() -> int:
    """A campaign with each of four seeds in a row, then the control with the first of them and few faults."""
    try:
        seed = choices.whole(os.environ, "SEED", 1, 10**12 - 1, example=7)
        minutes = choices.decimal(os.environ, "MINUTES", 0.1, 10_000, example="2")
    except BadSetting as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 2
    return _all(seed or random.SystemRandom().randrange(1, 10**6), (minutes or 2) * 60)


def _all(seed: int, seconds: float) -> int:
    campaigns = [drawn(each, seconds=seconds) for each in range(seed, seed + SEEDS)]
    campaigns.append(drawn(seed, seconds=CONTROL_SECONDS, fenced=False))
    reports = [_run(each) for each in campaigns]
    write(ROOT / "build" / "chaos-sweeping.json", reports)
    as_it_must_be = all(bool(each.findings) != each.fenced for each in reports)
    print("nothing lost, nothing left; the control was found out" if as_it_must_be else "NOT as it must be")
    return 0 if as_it_must_be else 1


def _run(campaign: Campaign) -> Report:
    folder = Path(tempfile.mkdtemp(prefix="cuecutter-chaos-"))
    print(f"{campaign.title}, seed {campaign.seed}: {len(campaign.faults)} faults, in {folder}", flush=True)
    report = asyncio.run(run(campaign, folder / "stack"))
    print(table(report), flush=True)
    if not report.findings:
        shutil.rmtree(folder)
    return report


if __name__ == "__main__":
    sys.exit(main())

"""`make chaos MINUTES=10 SEED=n`: the long form, its control without fences, and what is done twice under kills.

Exit status 0 only when the campaign found nothing and the control found something. `build/chaos.json` has it all.
"""

import asyncio
import os
import random
import shutil
import sys
import tempfile
from pathlib import Path

from stack import choices
from stack.errors import BadSetting
from tests.chaos import campaign, report, schedule
from tests.chaos.campaign import Campaign
from tests.stacks import ROOT

ACK_WAIT_SECONDS = 30.0  # as it is in production
SHORT_ACK_WAIT_SECONDS = 4.0
CONTROL_SECONDS = 60.0
KILLS = 20


def long(seed: int, minutes: float, ack_wait_seconds: float) -> Campaign:
    faults = schedule.mixed(
        seed, seconds=minutes * 60, ack_wait_seconds=ack_wait_seconds, every_seconds=ack_wait_seconds / 8 + 1
    )
    return Campaign(f"chaos for {minutes:g} minutes", seed, faults, ack_wait_seconds)


def short(seed: int, *, seconds: float, fenced: bool = True) -> Campaign:
    faults = schedule.mixed(seed, seconds=seconds, ack_wait_seconds=SHORT_ACK_WAIT_SECONDS, every_seconds=1.4)
    return Campaign(f"chaos for {seconds:g} seconds", seed, faults, SHORT_ACK_WAIT_SECONDS, fenced)


def rework(seed: int) -> Campaign:
    faults = schedule.kills(seed, KILLS, every_seconds=3.0)
    return Campaign(f"{KILLS} kills of segmenters", seed, faults, SHORT_ACK_WAIT_SECONDS)


def main() -> int:
    try:
        seed = choices.whole(os.environ, "SEED", 0, 10**12 - 1, example=7)
        minutes = choices.decimal(os.environ, "MINUTES", 0.1, 10_000, example="10")
        ack_wait_seconds = choices.decimal(os.environ, "ACK_WAIT", 1, 600, example="30")
    except BadSetting as exc:
        print(f"error: {exc}", file=sys.stderr)
        return 2
    return _all(seed or random.SystemRandom().randrange(10**6), minutes or 10, ack_wait_seconds or ACK_WAIT_SECONDS)


def _all(seed: int, minutes: float, ack_wait_seconds: float) -> int:
    campaigns = [
        long(seed, minutes, ack_wait_seconds),
        rework(seed),
        short(seed, seconds=CONTROL_SECONDS),
        short(seed, seconds=CONTROL_SECONDS, fenced=False),
    ]
    reports = [_run(each) for each in campaigns]
    report.write(ROOT / "build" / "chaos.json", reports)
    bitten = all(bool(each.findings) != each.fenced for each in reports)
    print(
        "nothing lost, nothing twice; the control lost its fences and was found out" if bitten else "NOT as it must be"
    )
    return 0 if bitten else 1


def _run(each: Campaign) -> report.Report:
    folder = Path(tempfile.mkdtemp(prefix="cuecutter-chaos-"))
    print(f"{each.title}, seed {each.seed}: {len(each.faults)} faults, in {folder}", flush=True)
    done = asyncio.run(campaign.run(each, folder / "stack"))
    print(report.table(done), flush=True)
    if not done.findings:
        shutil.rmtree(folder)
    return done


if __name__ == "__main__":
    sys.exit(main())

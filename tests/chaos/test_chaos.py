"""The short form of `make chaos`: one seed, under a minute of faults of every kind over the whole stack."""

from pathlib import Path

import pytest

from tests.chaos import campaign, report
from tests.chaos.__main__ import short
from tests.chaos.schedule import Kind
from tests.stacks import ROOT

SEED = 7
SECONDS = 35.0


@pytest.mark.apart
async def test_nothing_is_lost_and_nothing_done_twice_under_kills_freezes_and_cuts(server_folder: Path) -> None:
    done = await campaign.run(short(SEED, seconds=SECONDS), server_folder / "chaos")
    report.write(ROOT / "build" / "chaos-short.json", [done])
    told = report.table(done)
    print(told)
    assert done.findings == (), told
    assert {kind for kind, _ in done.struck} == {kind.value for kind in Kind}, told
    assert done.taken_over > 0, told
    assert done.refused > 0, told

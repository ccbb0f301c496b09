"""The short form of `make chaos-sweeping`: one seed, a few faults, and the store is late."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos import rerun_report, sweeping

SEED = 1
SECONDS = 12.0
RETURNS = 8


@pytest.mark.apart
async def test_reruns_leave_the_current_result_and_nothing_else(server_folder: Path) -> None:
    campaign = replace(sweeping.drawn(SEED, seconds=SECONDS), returns=RETURNS)
    done = await sweeping.run(campaign, server_folder / "sweeping")
    told = rerun_report.table(done)
    print(told)
    assert done.findings == (), told
    assert done.events["RootRetired"] > 0, told
    assert done.events["ProcessCancelled"] > 0, told

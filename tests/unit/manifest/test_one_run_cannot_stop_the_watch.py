"""The watchdog goes on with the next dataset, whatever it meets in one."""

from typing import Any, cast

import pytest

from bus.errors import BusUnavailable
from bus.settlement import check_and_log
from contracts.envelope import NewerEvent
from contracts.queries import DatasetRow
from manifest.errors import PlanDamaged
from objects import StoreUnavailable


class Row:
    id, run = "d", 1


class Troubled:
    def __init__(self, problem: Exception) -> None:
        self.problem = problem

    async def on_quiet_run(self, row: DatasetRow) -> str:
        raise self.problem


@pytest.mark.parametrize(
    "problem", [NewerEvent("a plan"), BusUnavailable("x"), PlanDamaged("x"), StoreUnavailable("x")]
)
async def test_what_one_dataset_is_in_trouble_for_is_logged_and_left(problem: Exception) -> None:
    await check_and_log(Troubled(problem).on_quiet_run(cast(Any, Row())), {})

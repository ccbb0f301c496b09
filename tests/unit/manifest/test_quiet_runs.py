"""The watchdog looks at a run: it finishes it, leaves it, or ends it; one run in trouble keeps no other waiting."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bus.settlement import check_and_log
from contracts import commands, events, life, view
from contracts.queries import DatasetRow
from manifest.errors import RowsMissing
from manifest.handlers import Handlers
from tests.lives import told, upload
from tests.unit.manifest.test_any_order_of_done import RUN, Facts, Life, Store, planned

pytestmark = pytest.mark.asyncio


class Holes(Facts):
    """Every span says it is done, and a row is missing."""

    async def rows(self, dataset_id: str, run: int) -> dict[int, Any]:
        return {}


class Lives(Life):
    async def head(self, dataset_id: str) -> Any:
        return type("Head", (), {"event": self.happened[-1], "state": self.state})


async def world(facts: type[Facts], done: set[int]) -> tuple[Handlers, Lives]:
    lives, spans = Lives(), [[0, 1], [2]]
    await lives.submit(upload("d"))
    await lives.submit(commands.RequestProcess(**told("d")))
    return Handlers(lives, facts(planned(spans), spans, done), Store()), lives  # type: ignore[arg-type]


def row(lives: Lives, *, age: timedelta) -> DatasetRow:
    assert isinstance(lives.state, life.Processing)
    return view.row_of(lives.state, at=datetime.now(UTC) - age, created_seq=1)


async def test_a_run_whose_last_done_message_was_lost_is_finished() -> None:
    handlers, lives = await world(Facts, {0, 1})
    assert await handlers.on_quiet_run(row(lives, age=timedelta(minutes=1))) == "ready"


async def test_a_stalled_run_fails_and_says_which_request_it_goes_back_to() -> None:
    handlers, lives = await world(Facts, {0})
    assert await handlers.on_quiet_run(row(lives, age=timedelta(hours=2))) == "run-stalled"
    failed = lives.happened[-1]
    assert isinstance(failed, events.DatasetFailed)
    assert (failed.run, failed.correlation_id, failed.cause) == (RUN, "co", "watchdog")


async def test_facts_that_do_not_fit_together_are_not_looked_at_for_ever() -> None:
    handlers, lives = await world(Holes, {0, 1})
    with pytest.raises(RowsMissing):
        await handlers.on_quiet_run(row(lives, age=timedelta(minutes=1)))
    assert await handlers.on_quiet_run(row(lives, age=timedelta(hours=2))) == "run-stalled"


async def test_a_look_that_goes_wrong_in_any_way_is_over_and_no_more() -> None:
    async def wrong() -> str:
        raise ZeroDivisionError("a bug")

    await asyncio.wait_for(check_and_log(wrong(), {}), 1)

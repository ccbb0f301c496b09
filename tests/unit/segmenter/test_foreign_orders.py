"""An order of another plan version is handed back: soon at first, rarely later, and only while its run stands."""

from typing import Any, cast

import pytest

from bus.deliveries import Ack, Delivery, Retry, Settlement
from segmenter.handlers import Handlers
from tests.lives import span_order


class Lives:
    def __init__(self, *, stand: bool) -> None:
        self.stand = stand

    async def run_is_current(self, dataset_id: str, run: int) -> bool:
        return self.stand


async def handed(attempt: int, *, stand: bool = True) -> Settlement:
    """What becomes of a foreign order. It may neither be cut nor cost a second look into the stream."""
    nothing = cast(Any, None)
    handlers = Handlers(nothing, cast(Any, Lives(stand=stand)), nothing, nothing, nothing)
    order = span_order("d", run=1, plan_version="another")
    return await handlers.on_span_planned(Delivery(order, "e", "tts.dataset.d.run.1.span.0", 2, attempt))


@pytest.mark.parametrize(("attempt", "seconds"), [(1, 0.5), (2, 1.0), (3, 2.0), (4, 3.0), (5, 3.0), (500, 3.0)])
async def test_it_is_handed_back_ever_more_rarely(attempt: int, seconds: float) -> None:
    assert await handed(attempt) == Retry(seconds, "job of plan version another")


async def test_it_is_settled_once_its_run_is_over() -> None:
    assert await handed(7, stand=False) == Ack("run is over")

"""Rivals meet again in milliseconds; a server that does not answer is asked less and less often."""

from time import monotonic

import pytest

from bus.backoff import Backoff
from bus.errors import BusUnavailable, InFlight


@pytest.mark.alone
async def test_a_rival_is_met_again_at_once_and_a_silent_server_later_and_later() -> None:
    backoff = Backoff(10)
    begun = monotonic()
    for _ in range(5):
        await backoff.after(InFlight("10164"))
    assert monotonic() - begun < 0.4
    tries, begun = 0, monotonic()
    while monotonic() - begun < 1:
        await backoff.after(BusUnavailable("full"))
        tries += 1
    assert tries <= 5


@pytest.mark.alone
async def test_when_the_time_is_over_the_answer_stays_unclear() -> None:
    backoff = Backoff(0.2)
    begun = monotonic()
    with pytest.raises(BusUnavailable, match="no clear answer"):
        await _for_ever(backoff)
    assert 0.15 < monotonic() - begun < 0.5


async def _for_ever(backoff: Backoff) -> None:
    while True:
        await backoff.after(BusUnavailable("no answer"))

"""Deliveries that ended with a word are told from those that took their worker with them."""

import pytest

from bus.delivery_attempts import AttemptCounts


@pytest.mark.parametrize(
    ("attempt", "returned", "crashed"),
    [
        (1, 0, 0),
        (2, 1, 0),  # put off once, and here it is again
        (2, 0, 1),  # nothing was heard of the first
        (21, 0, 20),
        (1_000, 999, 0),  # hours of an outage
        (1_000, 990, 9),
        (1, 5, 0),  # the server has forgotten its count, and begins anew
    ],
)
def test_what_was_delivered_and_not_put_off_has_crashed(attempt: int, returned: int, crashed: int) -> None:
    assert AttemptCounts(returned).crashed(attempt) == crashed

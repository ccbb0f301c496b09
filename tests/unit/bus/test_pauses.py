"""A failed delivery comes again after a growing pause."""

from bus.settlement import MAX_FAILURES, pause_seconds


def test_pauses_grow_from_half_a_second_to_thirty() -> None:
    pauses = [pause_seconds(attempt) for attempt in range(1, 12)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (0.5, 30)


def test_an_unknown_failure_is_given_up_after_about_a_minute() -> None:
    assert 30 < sum(pause_seconds(attempt) for attempt in range(1, MAX_FAILURES)) < 90

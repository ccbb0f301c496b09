"""The least rate of an upload: judged over windows of time in which the client was waited for."""

import pytest

from gateway.domain.pace import MinRate, Pace

LEAST = MinRate(bytes_per_second=100, window_seconds=60)
FRESH = Pace(LEAST)


def test_silence_is_accepted_for_one_window() -> None:
    assert FRESH.timeout_seconds == 60
    assert FRESH.after(10, 50).timeout_seconds == 50
    assert FRESH.after(60, 0).is_too_slow


def test_a_byte_now_and_then_buys_no_time() -> None:
    pace = FRESH
    for _ in range(59):
        pace = pace.after(1, 1)
    assert not pace.is_too_slow
    assert pace.timeout_seconds == pytest.approx(1)
    assert pace.after(1, 1).is_too_slow


def test_a_line_at_the_least_rate_lasts_indefinitely() -> None:
    pace = FRESH
    for _ in range(1_000):
        pace = pace.after(1, 100)
        assert not pace.is_too_slow


def test_what_came_in_one_window_does_not_help_in_the_next_but_one() -> None:
    burst = FRESH.after(1, 4_194_304)
    assert burst.timeout_seconds == 60  # enough for this window; silence is borne for one, whatever came before
    assert burst.after(59, 1) == FRESH


def test_the_time_in_which_the_gateway_was_busy_does_not_count() -> None:
    # Nothing is added for the minutes between two chunks in which the gateway did not wait for the client.
    assert not FRESH.after(0, 1).after(0, 1).is_too_slow
    assert FRESH.after(0, 1).timeout_seconds == 60


def test_a_rate_of_zero_asks_for_a_sign_of_life() -> None:
    pace = Pace(MinRate(0, 60))
    assert pace.after(59, 1).timeout_seconds == 60
    assert not pace.after(61, 1).is_too_slow


def test_a_client_is_slow_after_the_grace_by_silence_or_by_rate() -> None:
    assert not FRESH.after(1, 4_194_304).is_slow(9.9, 10)
    assert FRESH.after(1, 4_194_304).is_slow(10, 10)
    assert FRESH.after(9, 9).is_slow(1, 10)
    assert not FRESH.after(9, 10_000).is_slow(1, 10)

"""The queue model against what can be said by hand."""

import random
from itertools import pairwise
from statistics import mean

import pytest

from benchmarks.capacity import PROFILE, Span, a_day, finished, waits


def test_one_worker_takes_orders_as_they_came() -> None:
    spans = [Span(5, 2, dataset=1), Span(0, 4, dataset=0), Span(1, 4, dataset=0)]
    assert finished(spans, workers=1) == {0: 8.0, 1: 10.0}


def test_two_workers_share_a_dataset_and_it_ends_with_its_last_span() -> None:
    assert finished([Span(0, 3, dataset=0)] * 3, workers=2) == {0: 6.0}


def test_random_arrivals_wait_as_long_as_theory_says() -> None:
    """Poisson arrivals, constant service, a worker half busy: a wait of half a service (Pollaczek-Khinchine)."""
    rng, at, spans = random.Random(3), 0.0, []
    for number in range(40_000):
        at += rng.expovariate(0.5)
        spans.append(Span(at, 1.0, number))
    done = finished(spans, workers=1)
    assert mean(done[s.dataset] - s.arrives - s.takes for s in spans) == pytest.approx(0.5, rel=0.1)


def test_a_day_has_the_hours_that_were_asked_for() -> None:
    takes = {"wav": 3600.0, "mp3": 3600.0}
    spans = a_day(500, 0.5, takes)
    assert sum(span.takes for span in spans) / 3600 == pytest.approx(500, abs=12)
    assert mean(span.arrives < 7 * 3600 for span in spans) < 0.1
    assert sum(PROFILE) == pytest.approx(1, abs=0.01)


def test_more_workers_never_make_anybody_wait_longer() -> None:
    spans = a_day(200, 0.7, {"wav": 60.0, "mp3": 120.0})
    found = [waits(spans, workers) for workers in (1, 2, 4, 8)]
    for fewer, more in pairwise(found):
        assert all(b <= a for a, b in zip(fewer, more, strict=True))

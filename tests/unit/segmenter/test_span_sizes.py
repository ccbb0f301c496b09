"""A span is about two minutes of audio or five hundred segments, so that no worker holds much when it dies."""

import pytest

from contracts.plan_lines import PlannedSegment
from segmenter.domain.spans import MAX_SPANS, SPAN_SECONDS, SPAN_SEGMENTS, make_spans

RATE = 8_000


def spans_of(count: int, seconds: float) -> list[int]:
    """Segments a span, for `count` segments of the same length one after another."""
    frames = round(seconds * RATE)
    segments = [
        PlannedSegment(n=n, first_frame=n * frames, last_frame=(n + 1) * frames, text="x") for n in range(count)
    ]
    spans = make_spans(segments, [b"x\n"] * count, rate_hz=RATE, random_access=True)
    assert sum(span.count for span in spans) == count
    return [span.count for span in spans]


@pytest.mark.parametrize(("count", "seconds"), [(720, 5), (10_000, 0.2), (30, 60)])
def test_a_span_is_a_few_minutes_or_a_few_hundred_segments(count: int, seconds: float) -> None:
    counts = spans_of(count, seconds)
    assert max(counts) * seconds <= SPAN_SECONDS + seconds
    assert max(counts) <= SPAN_SEGMENTS
    # Not much less either, but for the last one: every span is an order, a reading and a batch.
    assert min(counts[:-1]) * (seconds / SPAN_SECONDS + 1 / SPAN_SEGMENTS) >= 1


def test_spans_grow_where_there_would_be_too_many() -> None:
    counts = spans_of(100_000, 30)
    assert MAX_SPANS / 2 < len(counts) <= MAX_SPANS


def test_a_source_that_is_decoded_is_one_span() -> None:
    segment = PlannedSegment(n=0, first_frame=0, last_frame=RATE, text="x")
    assert len(make_spans([segment] * 5_000, [b"x\n"] * 5_000, rate_hz=RATE, random_access=False)) == 1

"""A plan's segments, grouped into spans: the unit of segmenter work, a few minutes of audio.

Spans tile the segments without a gap. They grow with the recording so that a plan has at most MAX_SPANS, because
the plan and all its orders are one atomic batch of at most 1,000 messages.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from contracts.plan_lines import PlannedSegment

MAX_SPANS: Final = 900
SPAN_SECONDS: Final = 120
SPAN_SEGMENTS: Final = 500


@dataclass(frozen=True, slots=True)
class Span:
    """Segments `first` … `first` + `count` - 1, and where their lines stand in plan.jsonl (bytes)."""

    k: int
    first: int
    count: int
    lines_offset: int
    lines_bytes: int


def make_spans(
    segments: Sequence[PlannedSegment], lines: Sequence[bytes], *, rate_hz: int, random_access: bool
) -> list[Span]:
    """One span for a source without exact random access: several workers would each decode all of it."""
    groups = list(_groups(segments, _limit(segments, rate_hz) if random_access else float("inf"), rate_hz))
    spans, first, offset = [], 0, 0
    for k, count in enumerate(groups):
        size = sum(map(len, lines[first : first + count]))
        spans.append(Span(k, first, count, offset, size))
        first, offset = first + count, offset + size
    return spans


def _weight(segment: PlannedSegment, rate_hz: int) -> float:
    """A segment's share of a span; its audio counts, and so does its being one more object."""
    seconds = (segment.last_frame - segment.first_frame) / rate_hz
    return seconds / SPAN_SECONDS + 1 / SPAN_SEGMENTS


def _limit(segments: Sequence[PlannedSegment], rate_hz: int) -> float:
    # A group closes once it reaches the limit, so the number of groups is at most total / limit, rounded up.
    total = sum(_weight(segment, rate_hz) for segment in segments)
    return max(1.0, total / (MAX_SPANS - 1))


def _groups(segments: Sequence[PlannedSegment], limit: float, rate_hz: int) -> Iterator[int]:
    count, weight = 0, 0.0
    for segment in segments:
        count, weight = count + 1, weight + _weight(segment, rate_hz)
        if weight >= limit:
            yield count
            count, weight = 0, 0.0
    if count:
        yield count

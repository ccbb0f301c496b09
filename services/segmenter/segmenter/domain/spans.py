"""A plan's segments, grouped into spans: the unit of segmenter work, a few minutes of audio; and the job for a span.

Spans tile the segments without a gap. They grow with the recording so that a plan has at most MAX_SPANS, and all of
them fit into the plan's event. At most JOBS_QUEUED of a run's jobs are in the queue at a time: it is served in turn, so
no dataset, however long, keeps the others waiting for more than that.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import structs

from contracts.events import Span, SpanPlanned
from contracts.plan_lines import PlannedSegment

MAX_SPANS: Final = 900
SPAN_SECONDS: Final = 240
SPAN_SEGMENTS: Final = 500
JOBS_QUEUED: Final = 6  # as many workers can share one dataset; as many spans may stand before a newcomer's first
SPANS_AT_ONCE: Final = 3  # in a process: while one span begins or ends, or is decoded for minutes, the others store


def make_spans(
    segments: Sequence[PlannedSegment], lines: Sequence[bytes], *, rate_hz: int, random_access: bool
) -> tuple[Span, ...]:
    """One span for a source without exact random access: several workers would each decode all of it."""
    groups = list(_groups(segments, _limit(segments, rate_hz) if random_access else float("inf"), rate_hz))
    spans, first, offset = [], 0, 0
    for count in groups:
        part = b"".join(lines[first : first + count])
        spans.append(Span(first, count, offset, len(part), hashlib.sha256(part).hexdigest()))
        first, offset = first + count, offset + len(part)
    return tuple(spans)


def job_for(k: int, spans: Sequence[Span], like: SpanPlanned) -> SpanPlanned:
    """The job for span `k` of the run that `like` is a job of."""
    span, then = spans[k], k + JOBS_QUEUED
    return structs.replace(
        like,
        span=k,
        first_segment=span.first,
        segment_count=span.count,
        lines_offset=span.lines_offset,
        lines_bytes=span.lines_bytes,
        lines_sha256=span.lines_sha256,
        then=then if then < len(spans) else None,
    )


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

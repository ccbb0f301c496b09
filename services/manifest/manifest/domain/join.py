"""The join: every planned segment with the row of its stored slice, in segment order, into manifest lines.

Pure. The same plan and rows give the same bytes, whatever the order in which the rows arrived.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec
from msgspec import Struct

from contracts import keys
from contracts.events import SegmentationPlanned, SegmentRow
from contracts.plan_lines import PlannedSegment
from contracts.warnings import SHOWN, CueWarning, WarningSummary, summarise


class ManifestLine(Struct, frozen=True, kw_only=True):
    """One line of training_data.jsonl. Seconds; `start` and `end` in the recording, `duration` of the slice.

    NeMo reads audio_filepath, duration and text; Hugging Face reads file_name. Paths are relative to the manifest.
    """

    audio_filepath: str
    file_name: str
    text: str
    duration: float
    start: float
    end: float
    sample_rate: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Joined:
    """The manifest's bytes, and the sum of the slices' frames at the plan's sample rate."""

    body: bytes
    total_frames: int
    warnings: WarningSummary


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Planned segments without a row, by number; nothing may be written then."""

    missing: tuple[int, ...]


def join(
    plan: SegmentationPlanned, segments: Iterable[PlannedSegment], rows: Mapping[int, SegmentRow]
) -> Joined | Incomplete:
    """`segments` in order of their numbers; `rows` by segment number."""
    lines, missing, frames, short = [], [], 0, []
    for segment in segments:
        row = rows.get(segment.n)
        if row is None:
            missing.append(segment.n)
            continue
        frames += row.frames
        short += [_short(segment, row, plan.source_rate_hz)] if row.short else []
        lines.append(msgspec.json.encode(_line(plan, segment, row)) + b"\n")
    if missing or len(lines) != plan.segment_count:
        return Incomplete(tuple(missing))
    return Joined(b"".join(lines), frames, _combined(plan.warnings, short))


def _line(plan: SegmentationPlanned, segment: PlannedSegment, row: SegmentRow) -> ManifestLine:
    path = keys.segment_path(segment.n)
    return ManifestLine(
        audio_filepath=path,
        file_name=path,
        text=segment.text,
        duration=row.frames / plan.sample_rate,
        start=segment.first_frame / plan.source_rate_hz,
        end=(segment.last_frame - row.short) / plan.source_rate_hz,
        sample_rate=plan.sample_rate,
        sha256=row.sha256,
    )


def _short(segment: PlannedSegment, row: SegmentRow, rate_hz: int) -> CueWarning:
    detail = f"the audio ended {row.short / rate_hz:.3f} s before the segment's end"
    return CueWarning(code="audio-short", cue=segment.cue, line=segment.line, detail=detail)


def _combined(planned: WarningSummary, more: list[CueWarning]) -> WarningSummary:
    """The plan's warnings and those of cutting; the plan's counts include those of its warnings that are not here."""
    if not more:
        return planned
    own = summarise(more)
    counts = dict(planned.counts)
    for code, count in own.counts.items():
        counts[code] = counts.get(code, 0) + count
    return WarningSummary(counts, (*planned.first, *own.first)[: max(len(planned.first), SHOWN)])

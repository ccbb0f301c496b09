"""The join: every planned segment with the row of its stored slice, in segment order, into manifest lines.

Pure. The same plan and rows give the same bytes, whatever the order in which the rows arrived.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from contracts import keys
from contracts.envelope import NewerEvent
from contracts.events import SegmentationPlanned, SegmentRow
from contracts.flags import Flag
from contracts.plan_lines import PlannedSegment
from contracts.rows import ROWS_VERSION
from contracts.warnings import SHOWN, CueWarning, WarningSummary, summarise
from manifest.domain.flags import Flags
from manifest.domain.row import Row, encode, encode_v1
from manifest.domain.sound_flags import sound_flags, sound_warnings

SPEED_DIGITS: Final = 2  # of chars_per_second
_WITH_SOUND: Final = 3  # since this version of rows


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
    """`segments` in order of their numbers; `rows` by segment number.

    Raises: NewerEvent for a plan whose rows only a newer release can write.
    """
    lines, missing, frames, short, sounds = [], [], 0, [], []
    line_of = _lines(plan)
    for segment in segments:
        row = rows.get(segment.n)
        if row is None:
            missing.append(segment.n)
            continue
        frames += row.frames
        short += [_short(segment, row, plan.source_rate_hz)] if row.short else []
        sounds += [row] if plan.rows_version >= _WITH_SOUND else []
        lines.append(line_of(segment, row))
    if missing or len(lines) != plan.segment_count:
        return Incomplete(tuple(missing))
    return Joined(b"".join(lines), frames, _combined(plan.warnings, [*short, *sound_warnings(sounds)]))


def _lines(plan: SegmentationPlanned) -> Callable[[PlannedSegment, SegmentRow], bytes]:
    """Makes the lines, called once for each segment in order, in the layout that the plan asks for.

    Raises: NewerEvent where this release does not know that layout.
    """
    if plan.rows_version > ROWS_VERSION:
        raise NewerEvent(f"rows of version {plan.rows_version}")
    if plan.rows_version == 1:
        return lambda segment, row: encode_v1(_row(plan, segment, row))
    flags = Flags()
    with_sound = plan.rows_version >= _WITH_SOUND

    def line(segment: PlannedSegment, stored: SegmentRow) -> bytes:
        of_sound = sound_flags(stored) if with_sound else ()
        return encode(_with_what_it_carries(_row(plan, segment, stored), segment, stored, flags, of_sound))

    return line


def _row(plan: SegmentationPlanned, segment: PlannedSegment, row: SegmentRow) -> Row:
    path = keys.segment_path(segment.n)
    return Row(
        audio_filepath=path,
        file_name=path,
        text=segment.text,
        duration=row.frames / plan.sample_rate,
        start=segment.first_frame / plan.source_rate_hz,
        end=(segment.last_frame - row.short) / plan.source_rate_hz,
        sample_rate=plan.sample_rate,
        sha256=row.sha256,
    )


def _with_what_it_carries(
    row: Row, segment: PlannedSegment, stored: SegmentRow, flags: Flags, of_sound: Iterable[Flag]
) -> Row:
    speed = round(len(row.text) / row.duration, SPEED_DIGITS)
    return replace(
        row,
        cues=segment.cues,
        cue=segment.cue,
        line=segment.line,
        speaker=segment.speaker,
        text_raw=segment.text_raw,
        size=stored.size,
        crc32=stored.crc32,
        chars_per_second=speed,
        flags=flags.of(row.text, row.duration, speed, of_sound),
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

"""What a slice's sound shows, by the figures that the segmenter tells of it. Pure; docs/quality.md has the sources."""

from collections.abc import Iterator, Sequence
from typing import Final

from contracts.events import SegmentRow
from contracts.flags import Flag
from contracts.warnings import CueWarning

SILENT_PEAK: Final = 32  # of 32,768: -60 dBFS
CLIPPED_SHARE: Final = 1 / 1000  # of the samples, if none of them are in runs
MEANINGS: Final = {
    Flag.SILENT: "no sound above -60 dBFS, though there is text",
    Flag.CLIPPED: "samples at or above full scale",
    Flag.CHANNELS_CANCEL: "channels that cancel each other where they are mixed",
}


def sound_flags(row: SegmentRow) -> Iterator[Flag]:
    """None for a row of an earlier release, which tells nothing of the sound."""
    if 0 <= row.peak <= SILENT_PEAK:
        yield Flag.SILENT
    if row.clipped or row.full_scale > row.frames * CLIPPED_SHARE:
        yield Flag.CLIPPED
    if row.filled:
        yield Flag.GAP_FILLED
    if row.channels_cancel:
        yield Flag.CHANNELS_CANCEL


def sound_warnings(rows: Sequence[SegmentRow]) -> Iterator[CueWarning]:
    """One for each of the flags that any row has: how many have it, and which is the first."""
    for flag, meaning in MEANINGS.items():
        found = [row for row in rows if flag in sound_flags(row)]
        if found:
            share = f" ({_percent(found)} of them)" if flag is Flag.CLIPPED else ""
            segments = f"{len(found)} of {len(rows)} segments, the first is {found[0].n}"
            yield CueWarning(code=flag.value, detail=f"{segments}: {meaning}{share}")


def _percent(rows: Sequence[SegmentRow]) -> str:
    share = 100 * sum(row.full_scale for row in rows) / sum(row.frames for row in rows)
    return f"{share:.2f} %" if share >= 0.01 else "less than 0.01 %"

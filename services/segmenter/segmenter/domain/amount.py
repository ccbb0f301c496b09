"""How much audio a transcript may ask for. Cues may overlap, but a small upload must not cause unlimited work.

A hundred thousand cues of two hours each are a transcript of 5 MB and would be 23 TB of slices at 16 kHz.
"""

from collections.abc import Iterable
from typing import Final

from contracts.plan_lines import PlannedSegment
from segmenter.domain.pcm import minute_frames

MAX_TIMES: Final = 20  # captions that grow word by word ask for five to ten times the recording
ALWAYS_SECONDS: Final = 3600  # always allowed: so little that overlaps do not matter


def allowed_frames(length: int, rate_hz: int) -> int:
    """The most that may be read or decoded to cut a recording of `length` frames."""
    return max(MAX_TIMES * length, ALWAYS_SECONDS * rate_hz)


def frames_to_read(segments: Iterable[PlannedSegment], rate_hz: int, *, random_access: bool) -> int:
    """What is read or decoded to cut the segments in their order.

    Without random access a segment that begins more than a minute before the last read costs a decode from the
    recording's beginning (`audio/pcm_window.py`); that happens only after one that is streamed.
    """
    total = kept_from = 0
    minute = minute_frames(rate_hz)
    for segment in segments:
        frames = segment.last_frame - segment.first_frame
        total += frames
        if not random_access and segment.first_frame < kept_from:
            total, kept_from = total + segment.first_frame, 0
        last_read = segment.last_frame if frames > minute else segment.first_frame
        kept_from = max(kept_from, last_read - minute)
    return total

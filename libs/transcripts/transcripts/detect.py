"""Whether a text is timed. A single time line decides, also one that cannot be read: times must never end up in a
training text because they could not be read.
"""

from transcripts.characters import unify_line_ends
from transcripts.cues import TranscriptKind
from transcripts.gaps import is_vtt
from transcripts.time_line_search import JOINED_FILE, TIME_LINE


def detect(text: str) -> TranscriptKind:
    """Looks at decoded text with any line ends. WebVTT, also without a cue, is `srt`."""
    text = unify_line_ends(text)
    timed = is_vtt(text) or TIME_LINE.search(text) or JOINED_FILE.search(text)
    return TranscriptKind.SRT if timed else TranscriptKind.TEXT

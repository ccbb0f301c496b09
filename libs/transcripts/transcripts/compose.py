"""Kept cues back to SRT, as any player reads it."""

from collections.abc import Iterable
from datetime import timedelta

import srt  # type: ignore[import-untyped]  # it publishes no types

from transcripts.cues import OPEN_END_US, Cue, Transcript

OPEN_SECONDS = 5  # of a last cue without an end, which SRT can't say


def compose(transcript: Transcript) -> str:
    """The kept cues in file order, numbered from 1, LF line ends. SRT has milliseconds: a start is rounded down and an
    end up, so a cue never becomes empty; more digits would be read as whole milliseconds elsewhere. A text that is
    itself a time line cannot be told from one when read again. Plain text gives "".
    """
    return str(srt.compose(_subtitles(transcript.cues), reindex=False))


def _subtitles(cues: Iterable[Cue]) -> Iterable[srt.Subtitle]:
    for index, cue in enumerate(cues, start=1):
        start = timedelta(milliseconds=cue.start_us // 1000)
        end_us = cue.start_us + OPEN_SECONDS * 1_000_000 if cue.end_us == OPEN_END_US else cue.end_us
        end = timedelta(milliseconds=-(-end_us // 1000))
        yield srt.Subtitle(index, start, end, cue.text)

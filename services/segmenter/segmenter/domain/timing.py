"""What options change of a transcript's times and texts before it is cut, and what its times say of themselves. Pure.

The order is fixed: repeated captions first, for they are told by their times and texts as they stand; then markup, then
the offset, then the scale.
"""

from dataclasses import replace
from fractions import Fraction
from typing import Final

from contracts.dataset import Options
from contracts.events import AudioFacts
from contracts.plan_lines import PlannedNote
from transcripts import OPEN_END_US, Cue, DropCode, DroppedCue, Transcript, clean, collapse

HOUR_US: Final = 3_600_000_000
LONG_TEXT_SECONDS: Final = 60


def moved_and_collapsed(transcript: Transcript, options: Options) -> tuple[Transcript, tuple[PlannedNote, ...]]:
    """The transcript as `options` want it, and a note for each cue that now begins at 0 because it began before.

    Cues that end before 0 are dropped as `negative-time`; times that are final stay.
    """
    if options.text.repeats == "collapse":
        transcript = collapse(transcript)
    tags, entities = options.text.tags == "strip", options.text.entities == "decode"
    if tags or entities:
        transcript = clean(transcript, tags=tags, entities=entities)
    if not options.offset_ms and options.time_scale == 1:
        return transcript, ()
    cues: list[Cue] = []
    dropped, notes = list(transcript.dropped), []
    for cue in transcript.cues:
        moved = cue if cue.fixed else _moved(cue, options.offset_ms, Fraction(options.time_scale))
        if moved.end_us <= max(0, moved.start_us):
            detail = f"from {cue.start_us / 1e6:.3f} s to {cue.end_us / 1e6:.3f} s, moved to before the beginning"
            dropped.append(
                DroppedCue(cue.number, cue.line, DropCode.NEGATIVE_TIME, detail, cue.start_us, cue.end_us, cue.text)
            )
            continue
        if moved.start_us < 0:
            detail = f"begins {-moved.start_us / 1e6:.3f} s before the recording; cut at its beginning"
            notes.append(PlannedNote(code="clamped", cue=cue.number, line=cue.line, detail=detail))
        cues.append(moved._replace(start_us=max(0, moved.start_us)))
    dropped.sort(key=lambda each: each.number)
    return replace(transcript, cues=tuple(cues), dropped=tuple(dropped)), tuple(notes)


def _moved(cue: Cue, offset_ms: int, scale: Fraction) -> Cue:
    start_us = round((cue.start_us + offset_ms * 1000) * scale)
    if cue.end_us == OPEN_END_US:
        return cue._replace(start_us=start_us)
    return cue._replace(start_us=start_us, end_us=round((cue.end_us + offset_ms * 1000) * scale))


def timing_hints(transcript: Transcript, audio: AudioFacts) -> tuple[PlannedNote, ...]:
    """Told once: a programme's clock, and one text for minutes of sound."""
    seconds = audio.frames / audio.rate_hz
    if transcript.plain_text is not None:
        return _long_text(seconds) if seconds > LONG_TEXT_SECONDS else ()
    first = min(transcript.cues, key=lambda cue: cue.start_us, default=None)
    last_us = max((cue.end_us for cue in transcript.cues if cue.end_us != OPEN_END_US), default=0)
    hours = first.start_us // HOUR_US if first else 0
    if first is None or not hours or last_us <= seconds * 1e6:
        return ()
    detail = (
        f"The times begin at hour {hours}, and the recording ends at {seconds:.3f} s. If that is the hour in which it"
        f" begins, process it with options.offset_ms {-hours * 3_600_000}."
    )
    return (PlannedNote(code="starts-at-hour", cue=first.number, line=first.line, detail=detail),)


def _long_text(seconds: float) -> tuple[PlannedNote, ...]:
    detail = (
        f"One segment of {seconds:.0f} s, for plain text has no times. Upload subtitles, made by a recogniser or an"
        " aligner (whisper talk.wav --output_format srt), or the recording in parts."
    )
    return (PlannedNote(code="one-long-segment", detail=detail),)

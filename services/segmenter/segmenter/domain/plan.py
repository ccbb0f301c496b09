"""From cues and the recording's facts to the plan: which frames become which segment, and what is left out.

Pure and exact: the same sources and options always give the same bytes of plan.jsonl (rule 4). Any change that
alters one output byte raises PLAN_VERSION, and so does any change of what a span's job asks of its worker: since "2" it
queues the next job, since "3" the plan notes a missing end, since "4" its segments say which cues they were made of and
its slices' size and CRC-32 are told, since "5" time is what the file says, and slices tell how much of them is filled.
The rows of the manifest have a version of their own, `contracts.rows`.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np
import soxr

from contracts.dataset import Options, Source
from contracts.events import AudioFacts
from contracts.failure import RunFailure
from contracts.plan_lines import PlanLine, PlannedDrop, PlannedNote, PlannedSegment, encode_line
from contracts.rows import ROWS_VERSION
from contracts.warnings import CueWarning, WarningSummary, summarise
from segmenter.domain.amount import allowed_frames, frames_to_read
from segmenter.domain.errors import AudioEndsEarly, SegmentTooLong
from segmenter.domain.failures import audio_failure
from segmenter.domain.pcm import frames_at
from segmenter.domain.resample import output_frames
from segmenter.domain.timing import moved_and_collapsed, timing_hints
from transcripts import OPEN_END_US, Cue, Transcript

PLAN_VERSION: Final = "5"
SHORT_END_SECONDS: Final = 0.1  # a source may end this much before its stated length; if more is missing, it is damaged
MAX_WAV_BYTES: Final = 2**32 - 1  # what the RIFF header can say
WAV_HEADER_BYTES: Final = 44
_CHECK_TIMES: Final = "Check that the transcript belongs to this recording and that its times are right."


@dataclass(frozen=True, slots=True)
class Plan:
    """`segments` are in order of (start, end, file order) and numbered from 0; frames at the source's rate.

    `lines` are those of plan.jsonl: one per segment, then one per dropped cue, then one per note.
    """

    plan_id: str
    plan_version: str
    sample_rate: int
    segments: tuple[PlannedSegment, ...]
    drops: tuple[PlannedDrop, ...]
    notes: tuple[PlannedNote, ...]
    lines: tuple[bytes, ...]

    def warnings(self) -> WarningSummary:
        warnings = [CueWarning(code=d.code, cue=d.cue, line=d.line, detail=d.detail) for d in self.drops]
        warnings += [CueWarning(code=n.code, cue=n.cue, line=n.line, detail=n.detail) for n in self.notes]
        return summarise(warnings)


def plan_version(kind: str, ffmpeg: str, *, resampled: bool) -> str:
    """PLAN_VERSION, and the versions of all that touches the samples of this recording."""
    soxr_versions = f"+soxr {soxr.__version__} {soxr.__libsoxr_version__}" if resampled else ""
    decoder = f"+{ffmpeg}" if kind == "decoded" else ""
    return f"{PLAN_VERSION}+numpy {np.__version__}{soxr_versions}{decoder}"


def make_plan(source: Source, options: Options, audio: AudioFacts, transcript: Transcript) -> Plan | RunFailure:
    """A plan with at least one segment, or the reason why there can be none."""
    transcript, moved = moved_and_collapsed(transcript, options)
    early = _ends_early(audio) or _truncated_before_a_cue(audio, transcript)
    if early is not None:
        return early
    rate, rate_notes = _output_rate(options, audio)
    segments, drops, notes = _cut_at_cues(transcript, audio, rate)
    hints = timing_hints(transcript, audio)
    if not segments:
        return _no_usable_cue(drops, hints)
    too_much = _too_long(segments, audio.rate_hz, rate) or _too_much(segments, audio)
    if too_much is not None:
        return too_much
    version = plan_version(audio.kind, audio.ffmpeg, resampled=rate != audio.rate_hz)
    notes = (*_audio_notes(audio), *_short_note(audio), *notes, *moved, *hints, *rate_notes)
    every: tuple[PlanLine, ...] = (*segments, *drops, *notes)
    lines = tuple(map(encode_line, every))
    return Plan(
        _plan_id(source, lines, _parameters(options, rate), version), version, rate, segments, drops, notes, lines
    )


def _cut_at_cues(
    transcript: Transcript, audio: AudioFacts, sample_rate: int
) -> tuple[tuple[PlannedSegment, ...], tuple[PlannedDrop, ...], tuple[PlannedNote, ...]]:
    notes = [PlannedNote(code=n.code, cue=n.cue, line=n.line, detail=n.detail) for n in transcript.notes]
    if transcript.plain_text is not None:
        whole = PlannedSegment(n=0, first_frame=0, last_frame=audio.frames, text=transcript.plain_text)
        return (whole,) if audio.frames else (), (), tuple(notes)
    drops = [PlannedDrop(cue=d.number, line=d.line, code=d.code, detail=d.detail) for d in transcript.dropped]
    segments: list[PlannedSegment] = []
    for cue in sorted(transcript.cues, key=lambda c: (c.start_us, c.end_us, c.number)):
        first, last = frames_at(cue.start_us, audio.rate_hz), frames_at(cue.end_us, audio.rate_hz)
        if first >= audio.frames:
            drops.append(_drop(cue, "beyond-audio", f"starts at {_s(cue.start_us)}, the audio ends at {_end(audio)}"))
        elif output_frames(min(last, audio.frames) - first, audio.rate_hz, sample_rate) < 1:
            drops.append(_drop(cue, "empty", "is shorter than one sample"))
        else:
            if last > audio.frames and cue.end_us != OPEN_END_US:
                detail = f"ends at {_s(cue.end_us)}, cut at the end of the audio, {_end(audio)}"
                notes.append(PlannedNote(code="clamped", cue=cue.number, line=cue.line, detail=detail))
            segments.append(_segment(len(segments), first, min(last, audio.frames), cue))
    return tuple(segments), tuple(sorted(drops, key=lambda d: d.cue)), tuple(notes)


def _segment(n: int, first: int, last: int, cue: Cue) -> PlannedSegment:
    return PlannedSegment(
        n=n,
        first_frame=first,
        last_frame=last,
        text=cue.text,
        cue=cue.number,
        line=cue.line,
        cues=(cue.number,),
        speaker=cue.speaker,
        text_raw=cue.raw,
    )


def _drop(cue: Cue, code: str, detail: str) -> PlannedDrop:
    return PlannedDrop(cue=cue.number, line=cue.line, code=code, detail=detail)


def _output_rate(options: Options, audio: AudioFacts) -> tuple[int, tuple[PlannedNote, ...]]:
    wanted = options.sample_rate or audio.rate_hz
    if wanted <= audio.rate_hz:
        return wanted, ()
    # Resampling upwards adds no information, only bytes that look like a better recording than it is.
    detail = f"{wanted} Hz was asked for; the source has {audio.rate_hz} Hz, which is kept"
    return audio.rate_hz, (PlannedNote(code="rate-kept", detail=detail),)


def _missing_frames(audio: AudioFacts) -> int:
    return max(0, audio.declared_frames - audio.frames)


def _ends_early(audio: AudioFacts) -> RunFailure | None:
    if _missing_frames(audio) <= SHORT_END_SECONDS * audio.rate_hz:
        return None
    return audio_failure(AudioEndsEarly(audio.frames / audio.rate_hz, audio.declared_frames / audio.rate_hz))


def _truncated_before_a_cue(audio: AudioFacts, transcript: Transcript) -> RunFailure | None:
    """How long a recording was whose end is missing is unknown, so a cue that lasts longer may well be right."""
    last = audio.frames + SHORT_END_SECONDS * audio.rate_hz
    ends = (cue for cue in transcript.cues if audio.broken_off and cue.end_us != OPEN_END_US)
    later = (cue for cue in ends if frames_at(cue.end_us, audio.rate_hz) > last)
    cue = min(later, key=lambda cue: cue.start_us, default=None)
    if cue is None:
        return None
    continues = f"the cue at line {cue.line} lasts until {_s(cue.end_us)}"
    return audio_failure(AudioEndsEarly(audio.frames / audio.rate_hz, continues=continues))


def _audio_notes(audio: AudioFacts) -> tuple[PlannedNote, ...]:
    return tuple(PlannedNote(code=note.code, detail=note.detail) for note in audio.notes)


def _short_note(audio: AudioFacts) -> tuple[PlannedNote, ...]:
    if any(note.code == "length-overstated" for note in audio.notes):
        return ()  # it says what there is to say
    if audio.broken_off:
        return (PlannedNote(code="end-missing", detail=f"the file breaks off at {_end(audio)}"),)
    missing = _missing_frames(audio)
    if not missing:
        return ()
    return (PlannedNote(code="audio-short", detail=f"{missing} samples fewer than the file states"),)


def _no_usable_cue(drops: Sequence[PlannedDrop], hints: Sequence[PlannedNote]) -> RunFailure:
    counts: dict[str, int] = {}
    for drop in drops:
        counts[drop.code] = counts.get(drop.code, 0) + 1
    reasons = ", ".join(f"{count} {code}" for code, count in sorted(counts.items())) or "there are none"
    lines = ", ".join(str(drop.line) for drop in drops[:5])
    where = f" First lines: {lines}." if lines else ""
    return RunFailure(
        code="no-usable-cue",
        title="No cue can be cut",
        detail=f"No cue of the transcript gives a segment: {reasons}.{where}",
        stage="segmenter",
        remedy=hints[0].detail if hints else _CHECK_TIMES,
    )


def _too_long(segments: Sequence[PlannedSegment], rate_hz: int, sample_rate: int) -> RunFailure | None:
    most = (MAX_WAV_BYTES - WAV_HEADER_BYTES) // 2
    for segment in segments:
        frames = output_frames(segment.last_frame - segment.first_frame, rate_hz, sample_rate)
        if frames > most:
            return audio_failure(SegmentTooLong(f"Segment {segment.n} has {frames} samples; a WAV file holds {most}."))
    return None


def _too_much(segments: Sequence[PlannedSegment], audio: AudioFacts) -> RunFailure | None:
    asked = frames_to_read(segments, audio.rate_hz, random_access=audio.kind == "wav")
    allowed = allowed_frames(audio.frames, audio.rate_hz)
    if asked <= allowed:
        return None
    hours, most = asked / audio.rate_hz / 3600, allowed / audio.rate_hz / 3600
    return RunFailure(
        code="too-much-overlap",
        title="The cues overlap too much",
        detail=f"To cut the cues {hours:.1f} h of sound would have to be read; for this recording {most:.1f} h may be.",
        stage="segmenter",
        remedy="Check the ends of the cues, or upload the recording in parts with the cues of each.",
    )


def _parameters(options: Options, sample_rate: int) -> dict[str, int | str | None]:
    return {
        "sample_rate": sample_rate,
        "timeline": options.timeline,
        "track": options.track,
        "channel": options.channel,
    }


def _plan_id(source: Source, lines: Sequence[bytes], parameters: Mapping[str, int | str | None], version: str) -> str:
    """sha256 over what the bytes of every object follow from: the recording, plan.jsonl, every parameter of the cut,
    the versions of what touches the samples, and the layout of the rows.
    """
    plan_sha256 = hashlib.sha256(b"".join(lines)).hexdigest()
    parts = [source.audio_sha256, plan_sha256, parameters, version, ROWS_VERSION]
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def _s(us: int) -> str:
    return f"{us / 1_000_000:.3f} s"


def _end(audio: AudioFacts) -> str:
    return f"{audio.frames / audio.rate_hz:.3f} s"

"""How many frames a file will decode to: by its header or index, else by its packets, else by decoding it. Blocking.

A length is never less than what the decoder gives, unless the file's own header says so.
"""

from typing import Final, NamedTuple

from contracts.events import AudioFacts, AudioNote
from segmenter.domain.errors import AudioError, DamagedAudio, NoAudio, NotAudio, TruncatedHeader, UnsupportedAudio
from segmenter.domain.selection import DEFAULT, Selection
from segmenter.domain.timeline import Silence
from segmenter.ffmpeg.decoder import check_form, check_length, decoded
from segmenter.ffmpeg.source_file import SourceFile
from segmenter.ffmpeg.tracks import several_tracks
from segmenter.probing.containers import Stated
from segmenter.probing.counting import frames_without_decoding
from segmenter.probing.diagnosis import diagnosed
from segmenter.probing.time_notes import time_notes
from segmenter.probing.track import Track, opened_track
from segmenter.probing.truncation import declared_frames, end_unknown, overstated_frames

_NO_SOUND: Final = "The file has an audio track and no sound in it."


def measure(file: SourceFile, most_seconds: int, selection: Selection = DEFAULT) -> AudioFacts:
    """The length of the file's audio on the selected timeline, of at most `most_seconds`.

    Raises: AudioError of any kind; what reading the file raises.
    """
    try:
        audio = measure_without_decoding(file, selection) or measure_by_decoding(file, most_seconds, selection)
    except (NotAudio, NoAudio, DamagedAudio, UnsupportedAudio) as error:
        raise diagnosed(file, error) from error
    check_form(audio.rate_hz, audio.channels)
    selection.channel_of(audio.channels)
    check_length(audio.frames, audio.rate_hz, audio.channels, most_seconds)
    if not audio.frames:
        raise NoAudio(_NO_SOUND)
    return audio


def measure_without_decoding(file: SourceFile, selection: Selection = DEFAULT) -> AudioFacts | None:
    """None where the file must be decoded to be measured.

    Raises: NotAudio, NoAudio, NoSuchTrack, UnsupportedAudio; what reading the file raises.
    """
    with opened_track(file, selection.track) as track:
        frames = frames_without_decoding(track)
        context = track.stream.codec_context
        if frames is None:
            return None
        return _facts(track, selection, _Found(context.sample_rate, context.layout.nb_channels, frames))


def measure_by_decoding(file: SourceFile, most_seconds: int, selection: Selection = DEFAULT) -> AudioFacts:
    """Raises: as `measure`."""
    rate_hz = channels = frames = filled = 0
    with opened_track(file, selection.track) as track:
        sound = decoded(file, track.container, track.stream, track.last.add)
        for frame in track.clock.laid(sound) if track.clock else sound:
            if isinstance(frame, Silence):
                filled += frame.samples
                continue
            if not frames:
                rate_hz, channels = frame.sample_rate, frame.layout.nb_channels
                check_form(rate_hz, channels)
            frames += frame.samples
            check_length(frames + filled, rate_hz, channels, most_seconds)
        if not frames:
            raise _nothing_in(track)
        return _facts(track, selection, _Found(rate_hz, channels, frames, filled))


class _Found(NamedTuple):
    """`frames` were decoded or counted, `filled` are silence between them on the timeline "media"."""

    rate_hz: int
    channels: int
    frames: int
    filled: int = 0


def _facts(track: Track, selection: Selection, sound: _Found) -> AudioFacts:
    media = selection.timeline == "media"
    frames = sound.frames + (sound.filled if media else 0)
    lead = track.clock.lead if track.clock else 0
    beside = lead if media else lead - sound.filled
    overstated = overstated_frames(track, frames, sound.rate_hz)
    return AudioFacts(
        kind="decoded",
        rate_hz=sound.rate_hz,
        channels=sound.channels,
        frames=frames,
        declared_frames=declared_frames(track, frames, sound.rate_hz, beside),
        codec=track.stream.codec_context.name,
        broken_off=bool(overstated) or end_unknown(track.file, track.format, track.last),
        notes=(
            *several_tracks(track.container, track.stream),
            *(time_notes(track.clock, sound.rate_hz) if track.clock and media else ()),
            *_length_notes(overstated, frames, sound.rate_hz),
        ),
    )


def _length_notes(overstated: int | None, frames: int, rate_hz: int) -> tuple[AudioNote, ...]:
    if not overstated:
        return ()
    there, stated = frames / rate_hz, overstated / rate_hz
    return (AudioNote("length-overstated", f"the header states {stated:.3f} s, and there are {there:.3f} s"),)


def _nothing_in(track: Track) -> AudioError:
    """Empty is what states no length; an Ogg's last page may count a few samples though it has none."""
    if track.rules.stated is Stated.NOTHING or not track.stated_frames:
        return NoAudio(_NO_SOUND)
    if track.rules.stated is Stated.DURATION and not track.last.any:
        return TruncatedHeader("The file ends where its audio would begin.")
    return DamagedAudio("The file's header tells of audio, and none of it can be read.")

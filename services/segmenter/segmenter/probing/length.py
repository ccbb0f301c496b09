"""How many frames a file will decode to: by its header or index, else by its packets, else by decoding it. Blocking.

A count of packets is used only for the codecs where it was measured to equal the decode (`containers.py`), and only
while every packet is as it should be; anything odd is decoded instead. So a length is never less than what the decoder
gives, unless the file's own header says so.
"""

from contextlib import suppress
from itertools import islice
from typing import Final

import av

from contracts.events import AudioFacts, AudioNote
from segmenter.domain.errors import AudioError, DamagedAudio, NoAudio, NotAudio, TruncatedHeader, UnsupportedAudio
from segmenter.ffmpeg.decoder import SourceFile, check_form, check_length, decoded
from segmenter.probing.containers import Stated, codec_family
from segmenter.probing.diagnosis import diagnosed
from segmenter.probing.mov_index import equal_packets
from segmenter.probing.packet_frames import AAC_FRAMES, FramesOf, is_plain, ticks_per_frame, trimmed
from segmenter.probing.track import Track, opened_track
from segmenter.probing.truncation import declared_frames, end_unknown, overstated_frames

_FEW_PACKETS: Final = 64  # decoding so little costs nothing and is exact
_FIRST_PACKETS: Final = 16
_NO_SOUND: Final = "The file has an audio track and no sound in it."


def measure(file: SourceFile, most_seconds: int) -> AudioFacts:
    """The length of the file's first audio stream, of at most `most_seconds`.

    Raises: NotAudio, NoAudio, TruncatedHeader, DamagedAudio, UnsupportedAudio, AudioTooLong, AudioEndsEarly; what
    reading the file raises.
    """
    try:
        audio = measure_without_decoding(file) or measure_by_decoding(file, most_seconds)
    except (NotAudio, NoAudio, DamagedAudio, UnsupportedAudio) as error:
        raise diagnosed(file, error) from error
    check_form(audio.rate_hz, audio.channels)
    check_length(audio.frames, audio.rate_hz, audio.channels, most_seconds)
    if not audio.frames:
        raise NoAudio(_NO_SOUND)
    return audio


def measure_without_decoding(file: SourceFile) -> AudioFacts | None:
    """None where the file must be decoded to be measured.

    Raises: NotAudio, NoAudio, UnsupportedAudio; what reading the file raises.
    """
    with opened_track(file) as track:
        frames = _frames_without_decoding(track)
        context = track.stream.codec_context
        return None if frames is None else _facts(track, context.sample_rate, context.layout.nb_channels, frames)


def measure_by_decoding(file: SourceFile, most_seconds: int) -> AudioFacts:
    """Raises: as `measure`."""
    rate_hz = channels = frames = 0
    with opened_track(file) as track:
        for frame in decoded(file, track.container, track.stream, track.last.add):
            if not frames:
                rate_hz, channels = frame.sample_rate, frame.layout.nb_channels
                check_form(rate_hz, channels)
            frames += frame.samples
            check_length(frames, rate_hz, channels, most_seconds)
        if not frames:
            raise _nothing_in(track)
        return _facts(track, rate_hz, channels, frames)


def _facts(track: Track, rate_hz: int, channels: int, frames: int) -> AudioFacts:
    overstated = overstated_frames(track, frames, rate_hz)
    return AudioFacts(
        kind="decoded",
        rate_hz=rate_hz,
        channels=channels,
        frames=frames,
        declared_frames=declared_frames(track, frames, rate_hz),
        codec=track.stream.codec_context.name,
        broken_off=bool(overstated) or end_unknown(track.file, track.format, track.last),
        notes=_notes(overstated, frames, rate_hz),
    )


def _notes(overstated: int | None, frames: int, rate_hz: int) -> tuple[AudioNote, ...]:
    if not overstated:
        return ()
    there, stated = frames / rate_hz, overstated / rate_hz
    return (AudioNote("length-overstated", f"the header states {stated:.3f} s, and there are {there:.3f} s"),)


def _frames_without_decoding(track: Track) -> int | None:
    codec = codec_family(track.stream.codec_context.name)
    if track.rules.length_in_header:
        return _by_header(track)
    if codec in track.rules.indexed and (count := _packets_in_index(track)):
        return _by_index(track, count)
    frames_of = track.rules.counted.get(codec)
    return _by_packets(track, frames_of) if frames_of else None


def _by_header(track: Track) -> int | None:
    """What a FLAC states, or less where its last packets end before that: this finds the end of a truncated file."""
    stated = track.stated_frames
    if not stated or not all(is_plain(packet, track.stream) for packet in islice(track.packets(), _FIRST_PACKETS)):
        return None
    with suppress(av.FFmpegError):  # where it cannot seek, the decoder will find the end
        track.container.seek(max(0, stated - track.stream.codec_context.sample_rate), stream=track.stream)
        for packet in track.packets():
            track.last.add(packet, False)
    return min(stated, track.last.end_ticks or stated)


def _packets_in_index(track: Track) -> int | None:
    """How many packets of AAC there are, where the index says so; None also where they are few."""
    count = equal_packets(track.file, track.stream, AAC_FRAMES * ticks_per_frame(track.stream))
    return count if count and count >= _FEW_PACKETS else None


def _by_index(track: Track, count: int) -> int | None:
    """Of `count` equal packets only the first and the last few are read: those are where frames may be left out."""
    seen = list(islice(track.packets(), _FIRST_PACKETS))
    if not all(is_plain(packet, track.stream) for packet in seen):
        return None
    track.container.seek(track.stream.index_entries[count - 1].timestamp, stream=track.stream)
    seen += [packet for packet in track.packets() if packet.size]
    frames = skip = 0
    for packet in seen:
        track.last.add(packet, False)
        kept, skip = trimmed(packet, AAC_FRAMES, skip)
        frames += kept
    return frames + (count - len(seen)) * AAC_FRAMES


def _by_packets(track: Track, frames_of: FramesOf) -> int | None:
    ticks = ticks_per_frame(track.stream)
    frames = count = skip = 0
    for packet in track.packets():
        if not packet.size:
            continue  # the one that flushes the decoder
        track.last.add(packet, False)
        if packet.is_corrupt or (count < _FIRST_PACKETS and not is_plain(packet, track.stream)):
            return None
        gives = frames_of(packet, ticks)
        if gives is None:
            return None
        kept, skip = trimmed(packet, gives, skip)
        frames, count = frames + kept, count + 1
    return frames if count >= _FEW_PACKETS else None


def _nothing_in(track: Track) -> AudioError:
    """Empty is what states no length; an Ogg's last page may count a few samples though it has none."""
    if track.rules.stated is Stated.NOTHING or not track.stated_frames:
        return NoAudio(_NO_SOUND)
    if track.rules.stated is Stated.DURATION and not track.last.any:
        return TruncatedHeader("The file ends where its audio would begin.")
    return DamagedAudio("The file's header tells of audio, and none of it can be read.")

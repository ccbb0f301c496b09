"""How many frames a file will decode to: by its header or index, else by its packets, else by decoding it. Blocking.

A count of packets is used only for the codecs where it was measured to equal the decode, and only while every packet
is as it should be; anything odd is decoded instead. So a length is never less than what the decoder gives, unless
the file's own header says so.
"""

from contextlib import suppress
from fractions import Fraction
from itertools import islice
from typing import Final, NamedTuple

import av
from av import AudioStream
from av.container import InputContainer

from contracts.events import AudioFacts
from segmenter.domain.errors import NoAudio
from segmenter.ffmpeg.decoder import SourceFile, check_form, check_length, decoded, opened, packets
from segmenter.probing.last_packets import LastPackets
from segmenter.probing.mov_index import equal_packets
from segmenter.probing.packet_frames import (
    AAC_FRAMES,
    MATROSKA,
    MOV,
    FramesOf,
    aac_frames,
    counting,
    is_plain,
    ticks_per_frame,
    trimmed,
)
from segmenter.probing.truncation import broken_off, cut_off

_ROUNDING_SECONDS: Final = Fraction(2, 1000)  # Matroska's times are whole milliseconds, a packet's and the length's
# Containers whose header states the track's own length. Ogg's and MP3's are estimates, Matroska's is of its longest
# track, CAF's counts the encoder's padding: their headers are asked only where the file was cut off.
_STATES_LENGTH: Final = frozenset({"flac", MOV, "aiff", "w64", "wv", "tta"})
_FEW_PACKETS: Final = 64  # decoding so little costs nothing and is exact
_FIRST_PACKETS: Final = 16


def measure(file: SourceFile, most_seconds: int) -> AudioFacts:
    """The length of the file's first audio stream, of at most `most_seconds`.

    Raises: NotAudio, NoAudio, UnsupportedAudio, AudioTooLong, AudioEndsEarly; what reading the file raises.
    """
    audio = measure_without_decoding(file) or measure_by_decoding(file, most_seconds)
    check_form(audio.rate_hz, audio.channels)
    check_length(audio.frames, audio.rate_hz, audio.channels, most_seconds)
    if not audio.frames:
        raise NoAudio("The file has an audio track and no sound in it.")
    return audio


def measure_without_decoding(file: SourceFile) -> AudioFacts | None:
    """None where only decoding tells the length. Raises: NotAudio, NoAudio, UnsupportedAudio; what reading raises."""
    with opened(file) as (container, stream):
        return _without_decoding(file, container, stream)


def measure_by_decoding(file: SourceFile, most_seconds: int) -> AudioFacts:
    """Raises: as `measure`."""
    with opened(file) as (container, stream):
        return _by_decoding(file, container, stream, most_seconds)


def _without_decoding(file: SourceFile, container: InputContainer, stream: AudioStream) -> AudioFacts | None:
    last = _watch(stream)
    name = container.format.name
    frames_of = counting(name, stream.codec_context.name)
    if name == "flac":
        frames = _by_header(file, container, stream, last)
    elif listed := _listed(file, stream, name, frames_of):
        frames = _by_index(file, container, stream, listed, last)
    else:
        frames = _count(file, container, stream, frames_of, last) if frames_of else None
    if frames is None:
        return None
    context = stream.codec_context
    found = _Found(context.sample_rate, context.layout.nb_channels, frames)
    return _length(file, container, stream, found, last)


def _by_header(file: SourceFile, container: InputContainer, stream: AudioStream, last: LastPackets) -> int | None:
    """What a FLAC states, or less where its last packets end before that: the end of a cut-off file is found, too."""
    stated = _stated_frames(stream)
    first = islice(packets(file, container, stream), _FIRST_PACKETS)
    if not stated or not all(is_plain(packet, stream) for packet in first):
        return None
    with suppress(av.FFmpegError):  # without a way there the decoder will find out
        container.seek(max(0, stated - stream.codec_context.sample_rate), stream=stream)
        for packet in packets(file, container, stream):
            last.see(packet, False)
    return min(stated, last.end_ticks or stated)


def _listed(file: SourceFile, stream: AudioStream, container: str, frames_of: FramesOf | None) -> int | None:
    """How many packets there are, where an index tells."""
    if container != MOV or frames_of is not aac_frames:
        return None
    count = equal_packets(file, stream, AAC_FRAMES * ticks_per_frame(stream))
    return count if count and count >= _FEW_PACKETS else None


def _by_index(
    file: SourceFile, container: InputContainer, stream: AudioStream, count: int, last: LastPackets
) -> int | None:
    """Of `count` equal packets only the first and the last few are looked at: there it is where sound is left out."""
    seen = list(islice(packets(file, container, stream), _FIRST_PACKETS))
    if not all(is_plain(packet, stream) for packet in seen):
        return None
    container.seek(stream.index_entries[count - 1].timestamp, stream=stream)
    seen += [packet for packet in packets(file, container, stream) if packet.size]
    frames = skip = 0
    for packet in seen:
        last.see(packet, False)
        kept, skip = trimmed(packet, AAC_FRAMES, skip)
        frames += kept
    return frames + (count - len(seen)) * AAC_FRAMES


def _by_decoding(file: SourceFile, container: InputContainer, stream: AudioStream, most_seconds: int) -> AudioFacts:
    rate_hz = channels = frames = 0
    last = _watch(stream)
    for frame in decoded(file, container, stream, last.see):
        if not frames:
            rate_hz, channels = frame.sample_rate, frame.layout.nb_channels
            check_form(rate_hz, channels)
        frames += frame.samples
        check_length(frames, rate_hz, channels, most_seconds)
    if not frames:
        raise NoAudio("The file has an audio track and no sound in it.")
    return _length(file, container, stream, _Found(rate_hz, channels, frames), last)


class _Found(NamedTuple):
    rate_hz: int
    channels: int
    frames: int


def _length(
    file: SourceFile, container: InputContainer, stream: AudioStream, found: _Found, last: LastPackets
) -> AudioFacts:
    own, whole = _declared_frames(container, stream), _whole_frames(file, container, stream, found, last)
    return AudioFacts(
        kind="decoded",
        rate_hz=found.rate_hz,
        channels=found.channels,
        frames=found.frames,
        declared_frames=max(own or 0, whole or 0),
        codec=stream.codec_context.name,
        broken_off=broken_off(file, container.format.name, last),
    )


def _declared_frames(container: InputContainer, stream: AudioStream) -> int | None:
    if container.format.name not in _STATES_LENGTH:
        return None
    return _stated_frames(stream)


def _stated_frames(stream: AudioStream) -> int | None:
    if not stream.duration or not stream.time_base:
        return None
    return round(stream.duration * stream.time_base * stream.codec_context.sample_rate)


def _whole_frames(
    file: SourceFile, container: InputContainer, stream: AudioStream, found: _Found, last: LastPackets
) -> int | None:
    """How long a file was that is cut off, by its header, else by the share of its bytes; None where it is whole."""
    stretch = cut_off(file, container.format.name)
    if stretch is None:
        return None
    if container.format.name == "mp3":
        return _stated_frames(stream)  # writers do not agree on what they count as bytes; on frames they do
    if container.format.name == MATROSKA and container.duration and stream.time_base:
        # By the last packet's end, so that what the track starts with or leaves out on its way does not count.
        lost = Fraction(container.duration, av.time_base) - last.end_ticks * stream.time_base
        return found.frames + (round(lost * found.rate_hz) if lost > _ROUNDING_SECONDS else 0)
    return found.frames * (stretch.end - stretch.first) // (file.seek(0, 2) - stretch.first)


def _watch(stream: AudioStream) -> LastPackets:
    return LastPackets(stream.codec_context.codec.canonical_name)


def _count(
    file: SourceFile, container: InputContainer, stream: AudioStream, frames_of: FramesOf, last: LastPackets
) -> int | None:
    ticks = ticks_per_frame(stream)
    frames = count = skip = 0
    for packet in packets(file, container, stream):
        if not packet.size:
            continue  # the one that flushes the decoder
        last.see(packet, False)
        if packet.is_corrupt or (count < _FIRST_PACKETS and not is_plain(packet, stream)):
            return None
        gives = frames_of(packet, ticks)
        if gives is None:
            return None
        kept, skip = trimmed(packet, gives, skip)
        frames, count = frames + kept, count + 1
    return frames if count >= _FEW_PACKETS else None

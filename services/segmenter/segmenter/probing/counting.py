"""How many frames a track will decode to, found by its header, its index or its packets. Blocking.

Counts are used only for the codecs where they were measured to equal the decode (`containers.py`), and only while every
packet is as it should be and where time expects it; anything odd has to be decoded.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Final, NamedTuple

import av

from segmenter.domain.timeline import Silence
from segmenter.ffmpeg.stamps import Packet
from segmenter.probing.containers import codec_family
from segmenter.probing.mov_index import equal_packets
from segmenter.probing.packet_frames import (
    AAC_FRAMES,
    FramesOf,
    aac_frames,
    duration_frames,
    is_plain,
    lasts_longer,
    ticks_per_frame,
    trimmed,
)
from segmenter.probing.track import Track

_FEW_PACKETS: Final = 64  # decoding so little costs nothing and is exact
_FIRST_PACKETS: Final = 16


class _Odd(Exception):
    """A packet that has to be decoded to know how many frames it gives."""


class _Sound(NamedTuple):
    """What is known of a packet's audio without decoding it: all that a `Clock` asks for."""

    pts: int | None
    samples: int
    sample_rate: int


def frames_without_decoding(track: Track) -> int | None:
    """How many frames the track will decode to; None where it must be decoded to know.

    Raises: what reading the file raises.
    """
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
    if _laid(track, (sound for packet, sound in _counted(seen, track, aac_frames) if sound.samples)) is None:
        return None
    track.container.seek(track.stream.index_entries[count - 1].timestamp, stream=track.stream)
    seen += [packet for packet in track.packets() if packet.size]
    frames = 0
    for packet, sound in _counted(seen, track, aac_frames):
        track.last.add(packet, False)
        frames += sound.samples
    return frames + (count - len(seen)) * AAC_FRAMES


def _by_packets(track: Track, frames_of: FramesOf) -> int | None:
    count = 0

    def sounds() -> Iterator[_Sound]:
        nonlocal count
        packets = (packet for packet in track.packets() if packet.size)  # the last one only flushes the decoder
        for packet, sound in _counted(packets, track, frames_of):
            track.last.add(packet, False)
            if packet.is_corrupt or (count < _FIRST_PACKETS and not is_plain(packet, track.stream)):
                raise _Odd
            count += 1
            if sound.samples:
                yield sound

    try:
        frames = _laid(track, sounds())
    except _Odd:
        return None
    return frames if count >= _FEW_PACKETS else None


def _laid(track: Track, sounds: Iterator[_Sound]) -> int | None:
    """The length of what follows each other in time; None where there is a hole. Raises: what `sounds` raises."""
    if track.clock is None:
        return sum(sound.samples for sound in sounds)
    whole = not any(isinstance(one, Silence) for one in track.clock.laid(sounds))
    return track.clock.end if whole and not track.clock.restarts.count else None


def _counted(packets: Iterable[Packet], track: Track, frames_of: FramesOf) -> Iterator[tuple[Packet, _Sound]]:
    """Each packet with what of it is heard.

    Raises: _Odd.
    """
    ticks, rate_hz = ticks_per_frame(track.stream), track.stream.codec_context.sample_rate
    per_frame = 1 / (track.stream.time_base * rate_hz) if track.stream.time_base and rate_hz else 0
    skip, begun, first = 0, False, None
    for packet in packets:
        first = first or packet
        gives = frames_of(packet, ticks)
        if gives is None or (frames_of is duration_frames and lasts_longer(packet, first)):
            raise _Odd
        kept, skip = trimmed(packet, gives, skip)
        # What is left out of the first packet that is heard is its beginning.
        before = 0 if begun or packet.pts is None else round((gives - kept) * per_frame)
        begun = begun or kept > 0
        yield packet, _Sound(None if packet.pts is None else packet.pts + before, kept, rate_hz)

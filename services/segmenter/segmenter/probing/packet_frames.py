"""How many frames each packet decodes to, for the codecs that `containers.py` has as counted."""

import struct
from collections.abc import Callable
from typing import Any, Final, TypeAlias, cast

import av
from av import AudioStream

from segmenter.ffmpeg.stamps import Packet

AAC_FRAMES: Final = 1024
_MP3_MASK: Final = 0xFFE6  # eleven bits of sync, two of layer
_MP3_FRAME: Final = 0xFFE2

# How many frames a packet decodes to; None where it is odd and must be decoded. The int is ticks per frame.
FramesOf: TypeAlias = Callable[[Packet, int], int | None]


def trimmed(packet: Packet, gives: int, skip: int) -> tuple[int, int]:
    """How many of a packet's `gives` frames FFmpeg's decoder keeps, and how many it has yet to skip."""
    end = 0
    if packet.has_sidedata("skip_samples"):
        skip, end = struct.unpack_from("<II", bytes(cast(Any, packet.get_sidedata("skip_samples"))))
    if packet.is_discard:
        return 0, max(0, skip - gives)
    skipped = min(skip, gives)
    return max(0, gives - skipped - end), skip - skipped


def duration_frames(packet: Packet, ticks: int) -> int | None:
    """By the duration that the container states, in ticks of which a frame lasts `ticks`."""
    return packet.duration // ticks if packet.duration and ticks and packet.duration % ticks == 0 else None


def lasts_longer(packet: Packet, first: Packet) -> bool:
    """Whether it lasts longer than the track's first, and not because it is larger: a hole after it is counted in."""
    last, size = packet.duration or 0, packet.size
    return last > (first.duration or 0) and last * first.size > (first.duration or 0) * size


def aac_frames(packet: Packet, ticks: int) -> int | None:
    # The stated duration of the last packet often ends where the audio ends; the decoder gives all of the packet.
    return AAC_FRAMES


def mp3_frames(packet: Packet, ticks: int) -> int | None:
    """None for a packet that does not begin as a frame of layer III: it holds junk, as where two files were joined."""
    header = int.from_bytes(memoryview(cast(Any, packet))[:2], "big")
    return duration_frames(packet, ticks) if header & _MP3_MASK == _MP3_FRAME else None


def is_plain(packet: Packet, stream: AudioStream) -> bool:
    """Whether it decodes to the rate the header promises; HE-AAC, for one, may give twice the rate and frames."""
    try:
        frames = packet.decode()
    except av.FFmpegError:
        return False
    context = stream.codec_context
    most = AAC_FRAMES if context.name == "aac" else None
    return all(f.sample_rate == context.sample_rate and (most is None or f.samples <= most) for f in frames)


def ticks_per_frame(stream: AudioStream) -> int:
    """How many units of the stream's time base a frame lasts; 0 where that is no whole number."""
    rate_hz = stream.codec_context.sample_rate
    if not stream.time_base or not rate_hz:
        return 0
    ticks = 1 / (stream.time_base * rate_hz)
    return ticks.numerator if ticks.denominator == 1 else 0

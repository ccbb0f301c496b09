"""How many frames each packet decodes to, for the codecs where that was measured to equal the decode."""

import struct
from collections.abc import Callable
from typing import Any, Final, TypeAlias, cast

import av
from av import AudioStream

from segmenter.ffmpeg.decoder import Packet

MOV: Final = "mov,mp4,m4a,3gp,3g2,mj2"
MATROSKA: Final = "matroska,webm"
AAC_FRAMES: Final = 1024
_MP3_MASK: Final = 0xFFE6  # eleven bits of sync, two of layer
_MP3_FRAME: Final = 0xFFE2

# Frames a packet decodes to; None where it is odd, so that only decoding tells. The int is ticks per frame, 0 for none.
FramesOf: TypeAlias = Callable[[Packet, int], int | None]


def trimmed(packet: Packet, gives: int, skip: int) -> tuple[int, int]:
    """Of `gives` frames how many FFmpeg's decoder keeps, and how many it has yet to skip."""
    end = 0
    if packet.has_sidedata("skip_samples"):
        skip, end = struct.unpack_from("<II", bytes(cast(Any, packet.get_sidedata("skip_samples"))))
    if packet.is_discard:
        return 0, max(0, skip - gives)
    skipped = min(skip, gives)
    return max(0, gives - skipped - end), skip - skipped


def counting(container: str, codec: str) -> FramesOf | None:
    """How a codec's packets are counted in this container; None where a count was not measured to be exact."""
    if codec in ("mp3", "mp3float") and container == "mp3":
        return _mp3_frames
    if codec == "aac" and container in (MOV, MATROSKA, "flv"):
        return aac_frames
    if codec == "alac" and container in (MOV, "caf"):
        return _duration
    plain = codec.startswith("pcm_") or codec in ("adpcm_ima_wav", "adpcm_ms")
    return _duration if plain and container in (MOV, "wav", "w64", "aiff", "caf", "au") else None


def _duration(packet: Packet, ticks: int) -> int | None:
    return packet.duration // ticks if packet.duration and ticks and packet.duration % ticks == 0 else None


def aac_frames(packet: Packet, ticks: int) -> int | None:
    # The stated duration of the last packet is often cut to the sound's end; the decoder gives all of it.
    return AAC_FRAMES


def _mp3_frames(packet: Packet, ticks: int) -> int | None:
    """A packet that does not begin as a frame of layer III holds junk, as where two files were joined."""
    header = int.from_bytes(memoryview(cast(Any, packet))[:2], "big")
    return _duration(packet, ticks) if header & _MP3_MASK == _MP3_FRAME else None


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

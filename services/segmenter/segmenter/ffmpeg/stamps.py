"""What the time stamps of each container mean: where its time begins, and which of them FFmpeg leaves to be mended."""

import re
from collections.abc import Iterator
from enum import Enum
from fractions import Fraction
from typing import Final, TypeAlias

import av
from av import AudioStream
from av.container import InputContainer

from segmenter.domain.timeline import Clock
from segmenter.ffmpeg.avi_index import empty_before
from segmenter.ffmpeg.forms import DEMUXERS
from segmenter.ffmpeg.source_file import SourceFile, reading

_HEX: Final = re.compile(r"[0-9A-Fa-f]{1,8}")


class Zero(Enum):
    """Where time begins: at the container's own 0, with the earliest of its streams, or with the first sample."""

    CONTAINER = "container"
    EARLIEST = "earliest stream"
    SAMPLE = "first sample"


Packet: TypeAlias = "av.Packet[AudioStream]"

# The others have no time stamps: FFmpeg makes them up from the samples or bytes that come.
ZEROS: Final = {
    "M4A, MP4, MOV, 3GP": Zero.CONTAINER,
    "Matroska, WebM": Zero.CONTAINER,
    "FLV": Zero.CONTAINER,
    "AVI": Zero.CONTAINER,
    "MPEG program and transport streams": Zero.EARLIEST,
    "Ogg": Zero.SAMPLE,
    "WMA (ASF)": Zero.SAMPLE,
}
_BY_DEMUXER: Final = {name: zero for form, zero in ZEROS.items() for name in DEMUXERS[form]}


def clock_of(container: InputContainer, stream: AudioStream) -> Clock | None:
    """The timeline of the stream; None where its container has no time stamps."""
    zero = _BY_DEMUXER.get(container.format.name.split(",")[0])
    if zero is None or not stream.time_base:
        return None
    return Clock(stream.time_base, _seconds(zero, container, stream))


def mended(
    packets: Iterator[Packet], file: SourceFile, container: InputContainer, stream: AudioStream
) -> Iterator[Packet]:
    """The packets, with the time stamps that an AVI gives them by its empty chunks.

    Raises: what reading the file raises.
    """
    empty = empty_before(reading(file), stream.index) if container.format.name == "avi" else ()
    for n, packet in enumerate(packets):
        if n < len(empty) and packet.pts is not None:
            packet.pts += int(empty[n])
            packet.dts = packet.pts
        yield packet


def _seconds(zero: Zero, container: InputContainer, stream: AudioStream) -> Fraction | None:
    match zero:
        case Zero.CONTAINER:
            return _delay_by_itunes(container, stream)
        case Zero.EARLIEST:
            return min(_starts(container), default=None)
        case Zero.SAMPLE:
            return None


def _delay_by_itunes(container: InputContainer, stream: AudioStream) -> Fraction:
    """The encoder's delay where only iTunes' comment tells of it: then FFmpeg leaves it out, and stamps count it.

    Where an edit list tells it, too, stamps begin after it. The comment is hexadecimal: 0, delay, padding, length.
    """
    told = container.metadata.get("iTunSMPB", "").split()
    begins, rate_hz = (stream.start_time or 0) * (stream.time_base or Fraction(0)), stream.codec_context.sample_rate
    if len(told) < 2 or not _HEX.fullmatch(told[1]) or not rate_hz:
        return Fraction(0)
    delay = Fraction(int(told[1], 16), rate_hz)
    return delay if begins == delay else Fraction(0)


def _starts(container: InputContainer) -> list[Fraction]:
    streams = [*container.streams.audio, *container.streams.video]
    starts = ((stream.start_time, stream.time_base) for stream in streams)
    return [start * base for start, base in starts if start is not None and base]

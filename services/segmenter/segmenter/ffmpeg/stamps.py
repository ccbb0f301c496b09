"""What the time stamps of each container mean: where its time begins, and which of them FFmpeg leaves to be mended."""

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
    return Clock(stream.time_base, _seconds(zero, container))


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


def _seconds(zero: Zero, container: InputContainer) -> Fraction | None:
    match zero:
        case Zero.CONTAINER:
            return Fraction(0)
        case Zero.EARLIEST:
            return min(_starts(container), default=None)
        case Zero.SAMPLE:
            return None


def _starts(container: InputContainer) -> list[Fraction]:
    streams = [*container.streams.audio, *container.streams.video]
    starts = ((stream.start_time, stream.time_base) for stream in streams)
    return [start * base for start, base in starts if start is not None and base]

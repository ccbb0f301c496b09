"""The audio stream of a file that is cut, opened to be measured. Blocking."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from av import AudioStream
from av.container import InputContainer

from segmenter.domain.timeline import Clock
from segmenter.ffmpeg.decoder import opened, packets
from segmenter.ffmpeg.source_file import SourceFile
from segmenter.ffmpeg.stamps import Packet, clock_of
from segmenter.probing.containers import Container, container
from segmenter.probing.last_packets import LastPackets


class Track(NamedTuple):
    """`rules` are its container's; `last` has seen the packets that were read on the way to the end.

    `clock` is None where the container has no time stamps; otherwise it has laid what was decoded.
    """

    file: SourceFile
    container: InputContainer
    stream: AudioStream
    rules: Container
    last: LastPackets
    clock: Clock | None

    @property
    def format(self) -> str:
        """The container, as FFmpeg calls it."""
        return self.container.format.name

    @property
    def stated_frames(self) -> int | None:
        """The length in the header, where it states one."""
        if not self.stream.duration or not self.stream.time_base:
            return None
        return round(self.stream.duration * self.stream.time_base * self.stream.codec_context.sample_rate)

    def packets(self) -> Iterator[Packet]:
        return packets(self.file, self.container, self.stream)


@contextmanager
def opened_track(file: SourceFile, track: int | None = None) -> Iterator[Track]:
    """Raises: NotAudio, NoAudio, NoSuchTrack, UnsupportedAudio; what reading the file raises."""
    with opened(file, track) as (found, stream):
        last = LastPackets(stream.codec_context.codec.canonical_name)
        yield Track(file, found, stream, container(found.format.name), last, clock_of(found, stream))

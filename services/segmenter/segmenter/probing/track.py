"""A file's first audio stream, opened to be measured. Blocking."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from av import AudioStream
from av.container import InputContainer

from segmenter.ffmpeg.decoder import Packet, SourceFile, opened, packets
from segmenter.probing.containers import Container, container
from segmenter.probing.last_packets import LastPackets


class Track(NamedTuple):
    """`rules` are its container's; `last` has seen the packets that were read on the way to the end."""

    file: SourceFile
    container: InputContainer
    stream: AudioStream
    rules: Container
    last: LastPackets

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
def opened_track(file: SourceFile) -> Iterator[Track]:
    """Raises: NotAudio, NoAudio, UnsupportedAudio; what reading the file raises."""
    with opened(file) as (found, stream):
        last = LastPackets(stream.codec_context.codec.canonical_name)
        yield Track(file, found, stream, container(found.format.name), last)

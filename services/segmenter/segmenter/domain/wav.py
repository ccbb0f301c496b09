"""Finds the samples of a WAV file by reading only its chunk headers, exactly and within bounds.

Reads RIFF, RIFX (whose numbers and samples are big-endian), RF64 and BW64 with PCM of 8 to 32 bits or IEEE floats.
Anything else that may still be audio (A-law, ADPCM, MP3 in a WAV, other RIFF kinds) gives `NotPcm`: FFmpeg reads those.
Samples narrower than their container are taken as left-justified, as the format's specification says and libsndfile
reads them, so the container's width is the sample's; where writers do otherwise, the layout has `choices`.
"""

from dataclasses import dataclass
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from segmenter.domain.errors import TruncatedHeader
from segmenter.domain.sample_format import SampleFormat
from segmenter.domain.wav_format import FMT_BYTES, ByteOrder, Format, OtherFormat, parse_format

MAX_CHUNKS: Final = 1_000  # real files have a dozen; a hostile one could hold millions of empty chunks
WINDOW_BYTES: Final = 64 * 2**10  # one read covers every ordinary header
STEP_BYTES: Final = 4 * 2**10  # after a long chunk: another chunk header or two
LEAST_SHARE: Final = 10  # one of so many
_DS64_BYTES: Final = 24
_EVEN_CODECS: Final = ("pcm_", "adpcm_", "g722", "g726", "gsm")
_KINDS: Final[dict[bytes, ByteOrder]] = {b"RIFF": "little", b"RF64": "little", b"BW64": "little", b"RIFX": "big"}
# Chunks that are looked for one byte earlier as well, where a writer forgot the pad byte of an odd chunk.
_KNOWN_CHUNKS: Final = frozenset({b"fmt ", b"data", b"LIST", b"fact", b"bext", b"iXML", b"id3 ", b"PEAK", b"cue "})


class WavLayout(Struct, frozen=True, kw_only=True):
    """Where the samples are: `frames` whole frames from byte `data_offset` of the object, channels interleaved.

    `declared_frames` is what the header states and may be more than is there; None where its writer could not know.
    `partial_bytes` of an incomplete last frame are left out. `choices` are the forms that the header may mean.
    """

    rate_hz: int
    channels: int
    sample_format: SampleFormat
    data_offset: int
    frames: int
    declared_frames: int | None
    partial_bytes: int = 0
    choices: tuple[SampleFormat, ...] = ()

    @property
    def data_bytes(self) -> int:
        return self.frames * self.frame_bytes + self.partial_bytes

    def as_format(self, sample_format: SampleFormat) -> "WavLayout":
        """The same bytes as samples of another form."""
        if sample_format is self.sample_format:
            return self
        frame_bytes = self.channels * sample_format.width_bytes
        declared = self.declared_frames
        return replace(
            self,
            sample_format=sample_format,
            frames=self.data_bytes // frame_bytes,
            declared_frames=None if declared is None else declared * self.frame_bytes // frame_bytes,
            partial_bytes=self.data_bytes % frame_bytes,
        )

    @property
    def frame_bytes(self) -> int:
        return self.channels * self.sample_format.width_bytes


@dataclass(frozen=True, slots=True)
class Need:
    """The scan continues with these bytes of the object: `count` from `offset`, fewer only at the object's end."""

    offset: int
    count: int


@dataclass(frozen=True, slots=True)
class NotPcm:
    """Not a WAV file of plain samples; `found` says what it is instead.

    Of a WAV file whose samples are coded, `stated_bytes` are what its header promises (0: nothing), `there_bytes` how
    many of them there are.
    """

    found: str
    stated_bytes: int = 0
    there_bytes: int = 0

    @property
    def is_cut_off(self) -> bool:
        return 0 < self.there_bytes < self.stated_bytes

    def stated_frames(self, frames: int, codec: str) -> int | None:
        """Of a recording that decodes to `frames` frames, how many its header promises; None where that is not known.

        By the bytes, because the codecs in WAV files spend as many on every second.
        """
        if not self.is_cut_off or not tells_the_rest(codec, self.there_bytes, self.stated_bytes):
            return None
        return frames * self.stated_bytes // self.there_bytes


class HeaderScan:
    """Walks the chunks of one object of `size_bytes`. Keeps no bytes: each result says what to feed next.

    Begin with `start`, feed the bytes it names, and continue until the result is not a `Need`.
    """

    start: Final = Need(0, WINDOW_BYTES)

    def __init__(self, size_bytes: int) -> None:
        self._size = size_bytes
        self._at = 0  # where the next chunk header (at first: the file header) begins
        self._odd = False  # the chunk before had an odd size
        self._chunks = 0
        self._asked: int | None = None  # asked for twice, the bytes are not there
        self._format: Format | OtherFormat | None = None
        self._order: ByteOrder = "little"
        self._ds64_data_bytes: int | None = None

    def feed(self, offset: int, data: bytes) -> WavLayout | NotPcm | Need:
        """Continues with the bytes that begin at `offset` of the object.

        Raises: TruncatedHeader when the object ends before its samples, or has more than MAX_CHUNKS chunks.
        """
        if self._at == 0:
            stop = self._file_header(data)
            if stop is not None:
                return stop
        while True:
            if self._at + 8 > self._size:
                raise TruncatedHeader("The WAV file ends before its audio begins.")
            start = self._at - offset
            if start + 8 + FMT_BYTES > len(data) and offset + len(data) < self._size:
                return self._need(self._at - self._odd)
            found = self._chunk(data, start)
            if found is not None:
                return found

    def _need(self, offset: int) -> Need:
        if offset == self._asked:
            raise TruncatedHeader(f"The WAV file ends at its byte {offset}, before its audio begins.")
        self._asked = offset
        return Need(offset, STEP_BYTES)

    def _file_header(self, data: bytes) -> NotPcm | None:
        if data[:4] not in _KINDS:
            return NotPcm("not a RIFF file")
        self._order = _KINDS[data[:4]]
        if len(data) < 12:
            raise TruncatedHeader("The WAV file ends before its audio begins.")
        if data[8:12] != b"WAVE":
            return NotPcm("a RIFF file of another kind")
        self._at = 12
        return None

    def _chunk(self, data: bytes, start: int) -> WavLayout | NotPcm | None:
        self._chunks += 1
        if self._chunks > MAX_CHUNKS:
            raise TruncatedHeader(f"The WAV file has no audio within its first {MAX_CHUNKS} chunks.")
        if self._odd and data[start : start + 4] not in _KNOWN_CHUNKS and data[start - 1 : start + 3] in _KNOWN_CHUNKS:
            start, self._at = start - 1, self._at - 1
        name, size = data[start : start + 4], int.from_bytes(data[start + 4 : start + 8], self._order)
        body = data[start + 8 : start + 8 + min(size, FMT_BYTES)]
        self._at += 8
        if name == b"data":
            return self._layout(size)
        if name == b"fmt ":
            self._format = parse_format(body, self._order)
        elif name == b"ds64" and len(body) >= _DS64_BYTES:
            self._ds64_data_bytes = int.from_bytes(body[8:16], "little")
        self._odd = size % 2 == 1
        self._at += size + self._odd
        return None

    def _layout(self, size: int) -> WavLayout | NotPcm:
        if self._format is None:
            return NotPcm("a WAV file whose samples come before their format")
        there = self._size - self._at
        if size == 0xFFFFFFFF and self._ds64_data_bytes:
            size = self._ds64_data_bytes
        known = size != 0 and not (is_placeholder(size) and size > there)
        used = min(size, there) if known else there
        if isinstance(self._format, OtherFormat):
            return NotPcm(f"a WAV file with {self._format.found}", size if known else 0, there)
        frame_bytes = self._format.channels * self._format.sample_format.width_bytes
        return WavLayout(
            rate_hz=self._format.rate_hz,
            channels=self._format.channels,
            sample_format=self._format.sample_format,
            data_offset=self._at,
            frames=used // frame_bytes,
            declared_frames=size // frame_bytes if known else None,
            partial_bytes=used % frame_bytes,
            choices=self._format.choices,
        )


def tells_the_rest(codec: str, there_bytes: int, stated_bytes: int) -> bool:
    """Whether the share of the bytes that is there tells how long the whole was, by the name of FFmpeg's decoder.

    PCM and ADPCM have as many bytes for every second. Others have more for some, and the first ones few or none, so
    that of less than a tenth nothing is known.
    """
    return codec.startswith(_EVEN_CODECS) or there_bytes * LEAST_SHARE >= stated_bytes


def is_placeholder(size: int) -> bool:
    """Writers that cannot go back state nearly 2 GiB (SoX: 0x7ffff000) or 4 GiB, some less the header's length."""
    return 0x7FFF0000 <= size <= 0x80000000 or 0xFFFF0000 <= size <= 0xFFFFFFFF or size >= 2**62

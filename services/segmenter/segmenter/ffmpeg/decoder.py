"""FFmpeg, through PyAV: from a file to batches of decoded frames, and to the length they will have. Blocking.

Frame 0 is the first sample FFmpeg's own decode gives: it removes encoder delay and padding by itself. Packets that
cannot be decoded are passed over as FFmpeg does, at most 100 ms of them in a row; audio after a longer hole would be
out of step with the transcript, so that is an error naming the second. Only what `forms.py` names is opened, never
playlists or descriptions that would make FFmpeg open something else.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, Final, TypeAlias

import av
import numpy as np
from av import AudioFrame, AudioStream
from av.audio.plane import AudioPlane
from av.container import InputContainer

from segmenter.domain.errors import (
    AudioEndsEarly,
    AudioError,
    AudioTooLong,
    DamagedAudio,
    NotAudio,
    UnsupportedAudio,
)
from segmenter.domain.pcm import Samples
from segmenter.domain.selection import DEFAULT, Selection
from segmenter.domain.timeline import Silence
from segmenter.ffmpeg.forms import CONTAINER_OPTIONS
from segmenter.ffmpeg.source_file import SourceFile
from segmenter.ffmpeg.stamps import Packet, clock_of, mended
from segmenter.ffmpeg.tracks import chosen

MAX_CHANNELS: Final = 64  # more is a measurement, not a recording of speech; bounds memory and work per frame
MIN_RATE_HZ: Final = 1_000  # below the lowest telephone codec
MAX_RATE_HZ: Final = 768_000  # above the fastest converters sold
# Of all channels, on average: 192 kHz in stereo, 48 kHz in eight. Beyond it a file may only last less long.
MAX_SAMPLES_PER_SECOND: Final = 384_000
MAX_HOLE_SECONDS: Final = Fraction(1, 10)
BATCH_SECONDS: Final = 1  # of audio per numpy pass: FFmpeg's own frames are 20 ms, too many calls
_READ_BYTES: Final = 256 * 2**10  # per call from FFmpeg into Python
_UNKNOWN_PACKET_SECONDS: Final = Fraction(1, 40)
_DTYPES: Final = {"u8": "u1", "s16": "i2", "s32": "i4", "s64": "i8", "flt": "f4", "dbl": "f8"}

# What an error of libav means while a file is opened; the first class that fits. EINVAL is what a format that is
# recognised and not on the list gives.
_MEANINGS: Final[tuple[tuple[type[av.FFmpegError], type[AudioError], str], ...]] = (
    (av.error.MemoryError, UnsupportedAudio, "The audio's header asks for more memory than there is."),
    (av.InvalidDataError, NotAudio, "No audio format is recognised in the file."),
    (av.EOFError, NotAudio, "The file ends before any audio format can be recognised."),
    (av.ArgumentError, NotAudio, "The file is not of an audio format that is read."),
    (av.DecoderNotFoundError, UnsupportedAudio, "The audio's codec is not known."),
    (av.PatchWelcomeError, UnsupportedAudio, "The audio uses a feature of its format that FFmpeg does not read."),
    (av.FFmpegError, NotAudio, "The file cannot be opened as audio."),
)


Seen: TypeAlias = Callable[[Packet, bool], None]  # a packet, and whether it could not be decoded


def ffmpeg_versions() -> str:
    """The libraries that decide the samples of a decoded source."""
    return " ".join(f"{name} {'.'.join(map(str, av.library_versions[name]))}" for name in ("libavcodec", "libavformat"))


@contextmanager
def opened(file: SourceFile, track: int | None = None) -> Iterator[tuple[InputContainer, AudioStream]]:
    """The container and an audio stream (`tracks.py`); packets of others are not read where the format allows.

    Raises: NotAudio, NoAudio, NoSuchTrack, UnsupportedAudio; what reading the file raises.
    """
    file.seek(0)
    try:
        container = av.open(
            file, "r", container_options=CONTAINER_OPTIONS, metadata_errors="ignore", buffer_size=_READ_BYTES
        )
    except av.FFmpegError as error:
        file.check()
        raise _meaning(error) from error
    with container:
        stream = chosen(container, track)
        for other in container.streams:
            if other.index != stream.index:
                other.discard = av.stream.Discard.all
        yield container, stream


def decoded(
    file: SourceFile, container: InputContainer, stream: AudioStream, seen: Seen | None = None
) -> Iterator[AudioFrame]:
    """Every decoded frame in order, all of one sample rate. `seen` is called with each packet before its frames come.

    Raises: AudioEndsEarly where audio follows a hole of unreadable packets; UnsupportedAudio where the sample rate
    changes; DamagedAudio when nothing of what is there can be decoded; what reading the file raises.
    """
    rate_hz, frames, hole = 0, 0, Fraction(0)
    for packet in mended(packets(file, container, stream), file, container, stream):
        batch = _decode(packet)
        if seen:
            seen(packet, batch is None)
        if batch is None:
            hole += _seconds(packet)
            continue
        for frame in batch:
            rate_hz = rate_hz or frame.sample_rate
            if hole:  # hardly ever; comparing fractions for each of 40 frames a second takes a tenth of the decode
                if hole > MAX_HOLE_SECONDS and frames:
                    raise AudioEndsEarly(frames / rate_hz)
                hole = Fraction(0)
            if frame.sample_rate != rate_hz:
                raise _changes(f"its sample rate from {rate_hz} to {frame.sample_rate} Hz", frames / rate_hz)
            frames += frame.samples
            yield frame
    if hole and not frames:
        raise DamagedAudio("None of the audio can be decoded; it may be protected or damaged.")


def _decode(packet: Packet) -> list[AudioFrame] | None:
    """None where it cannot be decoded."""
    try:
        return packet.decode()
    except av.error.MemoryError:
        raise
    except av.FFmpegError:
        return None


def packets(file: SourceFile, container: InputContainer, stream: AudioStream) -> Iterator[Packet]:
    """The stream's packets, then an empty one that flushes the decoder. In a truncated container they end early."""
    source = container.demux(stream)
    while True:
        try:
            packet = next(source, None)
        except av.FFmpegError:
            packet = None
        file.check()
        if packet is None:
            return
        yield packet


def batches(file: SourceFile, selection: Selection = DEFAULT) -> Iterator[AudioFrame | Silence]:
    """The audio in frames of about BATCH_SECONDS, put together by FFmpeg; each of one sample format and layout.

    On the timeline "media" the silence of its holes lies between them.
    """
    with opened(file, selection.track) as (container, stream):
        clock = clock_of(container, stream) if selection.timeline == "media" else None
        frames = decoded(file, container, stream)
        fifo = av.AudioFifo()
        form: tuple[str, int] | None = None
        for frame in clock.laid(frames) if clock else frames:
            if isinstance(frame, Silence):
                if fifo.samples:
                    yield _all_of(fifo)
                    fifo = av.AudioFifo()
                yield frame
                continue
            last, form = form, (frame.format.name, frame.layout.nb_channels)
            if last and (fifo.samples >= BATCH_SECONDS * frame.sample_rate or form != last):
                yield _all_of(fifo)
                fifo = av.AudioFifo()
            frame.pts = None  # time is dealt with above; the queue would refuse frames that do not follow each other
            fifo.write(frame)
        if fifo.samples:
            yield _all_of(fifo)


def _all_of(fifo: av.AudioFifo) -> AudioFrame:
    frame = fifo.read()
    if frame is None:
        raise AssertionError("a batch is not empty")
    return frame


def samples_of(frame: AudioFrame) -> Samples:
    """The frame as (frames, channels), in the decoder's own sample format.

    Raises: UnsupportedAudio for a sample format that is no plain number.
    """
    planes = _planes(frame)
    return planes.T if frame.format.is_planar else planes.reshape(-1, frame.layout.nb_channels)


def check_form(rate_hz: int, channels: int) -> None:
    """Raises: UnsupportedAudio when one of them is outside what is read."""
    if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
        raise UnsupportedAudio(f"The sample rate is {rate_hz} Hz; {MIN_RATE_HZ} to {MAX_RATE_HZ} Hz are read.")
    if not 1 <= channels <= MAX_CHANNELS:
        raise UnsupportedAudio(f"The audio has {channels} channels; up to {MAX_CHANNELS} are read.")


def check_length(frames: int, rate_hz: int, channels: int, most_seconds: int) -> None:
    """Raises: AudioTooLong beyond `most_seconds`, or beyond the work of so many at MAX_SAMPLES_PER_SECOND."""
    if frames > most_seconds * rate_hz:
        raise AudioTooLong(f"The audio is longer than {most_seconds / 3600:g} hours.")
    if frames * channels > most_seconds * MAX_SAMPLES_PER_SECOND:
        hours = most_seconds * MAX_SAMPLES_PER_SECOND / (rate_hz * channels) / 3600
        raise AudioTooLong(f"The audio is longer than {hours:.3g} hours at {rate_hz} Hz in {channels} channels.")


def _planes(frame: AudioFrame) -> Samples:
    name = frame.format.name
    dtype = _DTYPES.get(name.removesuffix("p"))
    if dtype is None:
        raise UnsupportedAudio(f"The decoder gives samples of the form {name}, which are not read.")
    count = frame.samples * (1 if frame.format.is_planar else frame.layout.nb_channels)
    # Not `frame.planes`: it counts pointers up to the first null one, and after eight of them there is none.
    planes = frame.layout.nb_channels if frame.format.is_planar else 1
    rows = [np.frombuffer(_plane(frame, n), dtype, count) for n in range(planes)]
    return rows[0][np.newaxis] if len(rows) == 1 else np.stack(rows)


_plane: Any = AudioPlane  # which is made by PyAV only, says its type


def _changes(what: str, seconds: float) -> UnsupportedAudio:
    return UnsupportedAudio(f"The audio changes {what} at {seconds:.3f} s.")


def _seconds(packet: Packet) -> Fraction:
    return packet.duration * packet.time_base if packet.duration else _UNKNOWN_PACKET_SECONDS


def _meaning(error: av.FFmpegError) -> AudioError:
    for kind, meaning, sentence in _MEANINGS:
        if isinstance(error, kind):
            return meaning(sentence)
    raise AssertionError("the table ends with FFmpegError") from error

"""From stored samples to one channel of 16 bits, exactly: average in float64, round half to even, clip.

16-bit mono passes through untouched, byte for byte. Every step but the average is exact (scales are powers of two),
so the same samples give the same bytes on every machine.
"""

import io
import struct
import warnings
from typing import Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from segmenter.domain.errors import SegmentTooLong
from segmenter.domain.sample_format import SampleFormat

with warnings.catch_warnings():
    # At its import pydub looks for ffmpeg, which nothing here needs, and its source has escapes newer Pythons dislike.
    warnings.filterwarnings("ignore", "Couldn't find ffmpeg or avconv", RuntimeWarning)
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)  # audioop, until 3.12
    from pydub import AudioSegment

Samples = NDArray[Any]  # (frames, channels), or (frames,) for one channel; u8, s16, s32, s64, f32 or f64

MAX_WAV_DATA_BYTES: Final = 2**32 - 1 - 36  # RIFF states the file's size less 8 bytes in 32 bits
_HEADER: Final = struct.Struct("<4sI4s4sIHHIIHH4sI")
_FULL_SCALE: Final = 32768.0
_MICROSECONDS: Final = 1_000_000  # of a second
_INT16: Final = np.iinfo(np.int16)
_UNITS: Final = {"i2": 1.0, "i4": 2.0**-16, "i8": 2.0**-48, "f4": _FULL_SCALE, "f8": _FULL_SCALE, "u1": 256.0}
_MINUTE_FRAMES: Final = 60 * 48_000  # memory is sized for this; speech needs no higher rate
_LOUDEST: Final = 2.0**40  # far beyond any real sample, and still exact when averaged
_KINDS: Final = {"u": "u", "s": "i", "f": "f"}
_COOL_EDIT_SCALE: Final = np.float32(2.0**-23)


def unpack(data: bytes | memoryview, sample_format: SampleFormat, channels: int) -> Samples:
    """The whole frames in `data` as (frames, channels), a view where possible; 24 bits come as the upper 24 of 32."""
    whole = len(data) // (channels * sample_format.width_bytes)
    count = whole * channels
    if sample_format.width_bytes == 3:
        return _from_24_bits(np.frombuffer(data, np.uint8, count * 3), sample_format).reshape(-1, channels)
    mark = ">" if sample_format.big_endian else "<"
    stored = np.frombuffer(data, f"{mark}{_KINDS[sample_format[0]]}{sample_format.width_bytes}", count)
    samples: Samples = stored.astype(stored.dtype.newbyteorder("="), copy=False)
    if "in" in sample_format:
        samples = samples << (32 - sample_format.valid_bits)
    elif sample_format is SampleFormat.F24:
        samples = samples * _COOL_EDIT_SCALE
    return samples.reshape(-1, channels)


def _from_24_bits(data: Samples, sample_format: SampleFormat) -> Samples:
    wide = np.zeros((len(data) // 3, 4), np.uint8)
    wide[:, 1:] = data.reshape(-1, 3)[:, ::-1] if sample_format.big_endian else data.reshape(-1, 3)
    return wide.view("<i4")


def to_mono_float64(samples: Samples) -> NDArray[np.float64]:
    """The average of the channels in units of 16-bit samples, neither rounded nor clipped.

    Channels are added from the first to the last. A NaN counts as silence, an infinity as full scale.
    """
    mono = _average(samples)
    if samples.dtype.kind == "f" and not np.isfinite(mono).all():
        clean = np.nan_to_num(samples.astype(np.float64), nan=0.0, posinf=1.0, neginf=-1.0)
        mono = np.clip(_average(clean), -_LOUDEST, _LOUDEST)
    return mono


def _average(samples: Samples) -> NDArray[np.float64]:
    columns = samples.T if samples.ndim == 2 else samples[np.newaxis]
    with np.errstate(invalid="ignore", over="ignore"):
        mono: NDArray[np.float64] = columns[0].astype(np.float64)
        for column in columns[1:]:
            mono += column
        if samples.dtype.kind == "u":
            mono -= 128.0 * len(columns)
        if len(columns) > 1:
            mono /= len(columns)
        mono *= _UNITS[samples.dtype.str[1:]]
    return mono


def to_int16(pcm: NDArray[np.float64] | NDArray[np.float32]) -> NDArray[np.int16]:
    """Rounds half to even and clips; `pcm` is in units of 16-bit samples."""
    rounded: Samples = np.rint(pcm)
    np.clip(rounded, _INT16.min, _INT16.max, out=rounded)
    return cast("NDArray[np.int16]", rounded.astype(np.int16))


def to_mono_int16(samples: Samples) -> NDArray[np.int16]:
    """One channel of 16 bits; 16-bit mono comes back as a view of the same bytes."""
    if samples.ndim == 1 or samples.shape[1] == 1:
        one: Samples = samples.reshape(-1)
        if one.dtype == np.int16:
            return one
        # Scaling by a power of two and rounding are exact in 32 bits, too, and twice as fast; most decoders give them.
        if one.dtype == np.float32 and _all_finite(one):
            with np.errstate(over="ignore"):  # it is clipped
                return to_int16(one * np.float32(_FULL_SCALE))
    return to_int16(to_mono_float64(samples))


def _all_finite(samples: Samples) -> bool:
    """False also where only their sum overflows, which costs time and nothing else."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.abs(samples.sum()) < _LOUDEST)


def mono(samples: Samples, *, as_float: bool, channel: int | None = None) -> NDArray[np.int16] | NDArray[np.float64]:
    """One channel: int16 as it will be written, or `as_float`: float64, to be resampled first.

    `channel` is the number (0-based) of the one that is taken; None is the average of all.
    """
    if channel is not None:
        samples = np.ascontiguousarray(samples[:, channel])
    return to_mono_float64(samples) if as_float else to_mono_int16(samples)


def frames_at(time_us: int, rate_hz: int) -> int:
    """The frame (zero-based) at `time_us` microseconds: the exact product, rounded half to even."""
    whole, rest = divmod(time_us * rate_hz, _MICROSECONDS)
    return whole + (2 * rest > _MICROSECONDS or (2 * rest == _MICROSECONDS and whole % 2 == 1))


def minute_frames(rate_hz: int) -> int:
    """A minute of audio, but no more frames than a minute has at 48 kHz: the most that is held of a slice at a time."""
    return min(60 * rate_hz, _MINUTE_FRAMES)


def wav_bytes(pcm: NDArray[np.int16] | bytes, rate_hz: int) -> bytes:
    """A whole WAV file: 44 bytes of header, then `pcm` as 16-bit mono.

    Raises: SegmentTooLong beyond 4 GiB.
    """
    data = pcm if isinstance(pcm, bytes) else pcm.astype("<i2", copy=False).tobytes()
    _check_fits(len(data))
    slice_ = AudioSegment(data=data, sample_width=2, frame_rate=rate_hz, channels=1)
    file = io.BytesIO()
    slice_.export(file, format="wav")
    return file.getvalue()


def wav_header(frames: int, rate_hz: int) -> bytes:
    """The 44 bytes `wav_bytes` would put before `frames` samples, for slices that are streamed out.

    Raises: SegmentTooLong beyond 4 GiB.
    """
    size = frames * 2
    _check_fits(size)
    return _HEADER.pack(
        b"RIFF", size + 36, b"WAVE", b"fmt ", 16, 1, 1, rate_hz, rate_hz * 2, 2, 16, b"data", size
    )  # fmt: skip


def _check_fits(size_bytes: int) -> None:
    if size_bytes > MAX_WAV_DATA_BYTES:
        most = MAX_WAV_DATA_BYTES // 2
        raise SegmentTooLong(f"A segment has {size_bytes // 2} samples; a 16-bit WAV file holds {most}.")

"""From stored samples to 16-bit mono, with expectations worked out by hand."""

import io
import os
import struct
import subprocess
import sys
import wave
from fractions import Fraction

import numpy as np
import pytest
import soundfile

from segmenter.domain.errors import SegmentTooLong
from segmenter.domain.pcm import frames_at, to_int16, to_mono_float64, to_mono_int16, unpack, wav_bytes, wav_header
from segmenter.domain.sample_format import SampleFormat


def mono16(data: bytes, sample_format: SampleFormat, channels: int = 1) -> list[int]:
    return [int(sample) for sample in to_mono_int16(unpack(data, sample_format, channels))]


def test_16_bit_mono_passes_through_as_the_same_bytes() -> None:
    data = os.urandom(20_000)
    pcm = to_mono_int16(unpack(data, SampleFormat.S16, 1))
    assert pcm.tobytes() == data
    assert np.shares_memory(pcm, np.frombuffer(data, np.uint8))


def test_8_bits_are_unsigned_around_128() -> None:
    assert mono16(bytes([0, 127, 128, 129, 255]), SampleFormat.U8) == [-32768, -256, 0, 256, 32512]


def test_24_bits_are_rounded_to_16_half_to_even() -> None:
    values = [0x7FFFFF, -0x800000, 256, -256, 128, 384, -128, -384, 129, 127]
    data = b"".join(value.to_bytes(3, "little", signed=True) for value in values)
    assert mono16(data, SampleFormat.S24) == [32767, -32768, 1, -1, 0, 2, 0, -2, 1, 0]


def test_32_bits_are_rounded_to_16_half_to_even() -> None:
    values = [2**31 - 1, -(2**31), 65_536, 32_768, 98_304, -32_768, 32_769]
    assert mono16(struct.pack("<7i", *values), SampleFormat.S32) == [32767, -32768, 1, 0, 2, 0, 1]


def test_floats_have_full_scale_at_one_and_are_clipped() -> None:
    values = [0.0, 0.5, -1.0, 1.0, 1.7, -3.0, 0.5 / 32768, 1.5 / 32768]
    expected = [0, 16384, -32768, 32767, 32767, -32768, 0, 2]
    assert mono16(struct.pack("<8f", *values), SampleFormat.F32) == expected
    assert mono16(struct.pack("<8d", *values), SampleFormat.F64) == expected


def test_what_is_not_a_number_is_silence_and_what_is_infinite_is_full_scale() -> None:
    values = [float("nan"), float("inf"), float("-inf"), 1e300, -1e300]
    assert mono16(struct.pack("<5d", *values), SampleFormat.F64) == [0, 32767, -32768, 32767, -32768]
    both = [float("inf"), float("-inf"), float("nan"), 0.5, 1e308, 1e308]
    stereo = unpack(struct.pack("<6d", *both), SampleFormat.F64, 2)
    assert to_mono_int16(stereo).tolist() == [0, 8192, 32767]
    assert np.isfinite(to_mono_float64(stereo)).all()


def test_channels_are_averaged_before_anything_is_rounded() -> None:
    stereo = struct.pack("<10h", 1, 0, 1, 2, -1, 0, -1, -2, 32767, 32767)
    assert mono16(stereo, SampleFormat.S16, 2) == [0, 2, 0, -2, 32767]  # 0.5, 1.5, -0.5, -1.5
    three = struct.pack("<6h", 1, 1, 0, -32768, -32768, -32767)
    assert mono16(three, SampleFormat.S16, 3) == [1, -32768]
    eight_bit = bytes([0, 255, 128, 129])  # -128 and 127, 0 and 1, times 256, halved
    assert mono16(eight_bit, SampleFormat.U8, 2) == [-128, 128]


def test_the_exact_average_keeps_what_16_bits_cannot() -> None:
    exact = to_mono_float64(unpack(struct.pack("<4h", 1, 0, 1, 2), SampleFormat.S16, 2))
    assert exact.tolist() == [0.5, 1.5]
    assert to_mono_float64(unpack(b"\x01\x00\x00", SampleFormat.S24, 1)).tolist() == [1 / 256]


def test_planar_samples_average_like_interleaved_ones() -> None:
    planar = np.array([[100, -5], [101, -6]], np.int16)
    assert to_mono_int16(planar.T).tolist() == [100, -6]
    wide = np.array([[2**62, -(2**48)], [2**62, -(2**48)]], np.int64)
    assert to_mono_int16(wide.T).tolist() == [16384, -1]


def test_an_incomplete_last_frame_is_left_out() -> None:
    assert mono16(b"\x01\x00\x02\x00\x03", SampleFormat.S16) == [1, 2]
    assert mono16(bytes(11), SampleFormat.S24, 2) == [0]
    assert mono16(b"", SampleFormat.S24) == []


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_libsndfile_reads_the_same_samples(subtype: str) -> None:
    sound = np.random.default_rng(1).uniform(-1, 1, (5000, 3))
    file = io.BytesIO()
    soundfile.write(file, sound, 8000, format="WAV", subtype=subtype)
    data = file.getvalue()
    file.seek(0)
    theirs, _ = soundfile.read(file, dtype="float64")
    names = {"PCM_U8": "u8", "PCM_16": "s16", "PCM_24": "s24", "PCM_32": "s32", "FLOAT": "f32", "DOUBLE": "f64"}
    sample_format = SampleFormat(names[subtype])
    samples = unpack(data[-5000 * 3 * sample_format.width_bytes :], sample_format, 3)
    ours = to_mono_float64(samples)
    assert np.abs(ours - theirs.mean(axis=1) * 32768).max() < 1e-9


@pytest.mark.parametrize(
    ("time_us", "rate_hz", "frame"),
    [
        (0, 44_100, 0),
        (1_000_000, 44_100, 44_100),
        (5_000, 44_100, 220),  # 220.5
        (15_000, 44_100, 662),  # 661.5
        (25_000, 44_100, 1102),  # 1102.5
        (5_001, 44_100, 221),
        (1_234_567, 22_050, 27_222),  # 27,222.20
        (359_999_999_000, 192_000, 69_119_999_808),
    ],
)
def test_a_time_becomes_the_nearest_frame_half_to_even(time_us: int, rate_hz: int, frame: int) -> None:
    assert frames_at(time_us, rate_hz) == frame
    assert frame == round(Fraction(time_us, 1_000_000) * rate_hz)


def test_a_slice_is_the_file_pythons_own_writer_makes() -> None:
    pcm = np.array([0, 1, -1, 32767, -32768], np.int16)
    theirs = io.BytesIO()
    with wave.open(theirs, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(24_000)
        writer.writeframes(pcm.tobytes())
    assert wav_bytes(pcm, 24_000) == wav_bytes(pcm.tobytes(), 24_000) == theirs.getvalue()
    assert wav_header(5, 24_000) + pcm.tobytes() == theirs.getvalue()
    assert len(wav_header(5, 24_000)) == 44


def test_libsndfile_reads_a_slice_back_sample_by_sample() -> None:
    pcm = np.frombuffer(os.urandom(8000), np.int16)
    back, rate_hz = soundfile.read(io.BytesIO(wav_bytes(pcm, 16_000)), dtype="int16")
    assert rate_hz == 16_000
    assert back.tobytes() == pcm.tobytes()


def test_a_slice_that_no_wav_file_can_hold_is_refused() -> None:
    most = (2**32 - 1 - 36) // 2
    assert struct.unpack("<I", wav_header(most, 8000)[-4:]) == (most * 2,)
    with pytest.raises(SegmentTooLong, match="2147483630"):
        wav_header(most + 1, 8000)


def test_importing_says_nothing_where_there_is_no_ffmpeg() -> None:
    command = [sys.executable, "-W", "error", "-c", "import segmenter.domain.pcm"]
    done = subprocess.run(command, env={"PATH": ""}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_one_channel_of_32_bit_floats_is_rounded_as_in_64_bits() -> None:
    halves = (np.arange(-70_000, 70_000) / 2 / 32_768).astype(np.float32)
    odd = np.array([1.0, -1.0, 3e38, -3e38, 1e-40, np.inf, -np.inf, np.nan], np.float32)
    for samples in (halves, np.random.default_rng(3).normal(0, 0.5, 100_000).astype(np.float32), odd, odd[:5]):
        assert (to_mono_int16(samples) == to_int16(to_mono_float64(samples))).all()

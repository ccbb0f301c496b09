"""Sample-rate conversion: exact lengths, and the same samples whole or streamed."""

import numpy as np
import pytest

from segmenter.domain.resample import StreamResampler, output_frames, resample

RATES = [(44_100, 16_000), (44_100, 24_000), (48_000, 44_100), (22_050, 16_000), (44_100, 44_099), (192_000, 8000)]


def noise(frames: int) -> np.ndarray:
    return np.random.default_rng(7).normal(0, 5000, frames)


@pytest.mark.parametrize(
    ("frames", "source_hz", "target_hz", "expected"),
    [
        (0, 44_100, 16_000, 0),
        (1, 44_100, 16_000, 0),  # 0.36
        (2, 44_100, 16_000, 1),  # 0.73
        (441, 44_100, 16_000, 160),
        (442, 44_100, 16_000, 160),  # 160.36
        (1, 16_000, 8000, 1),  # 0.5 is rounded up
        (3, 16_000, 8000, 2),
        (158_760_001, 44_100, 24_000, 86_400_001),  # an hour and one frame; .54
    ],
)
def test_a_length_is_the_ratio_rounded_half_up(frames: int, source_hz: int, target_hz: int, expected: int) -> None:
    assert output_frames(frames, source_hz, target_hz) == expected


@pytest.mark.parametrize(("source_hz", "target_hz"), RATES)
@pytest.mark.parametrize("frames", [0, 1, 2, 3, 100, 441, 442, 10_007])
def test_every_slice_has_the_length_that_was_planned(frames: int, source_hz: int, target_hz: int) -> None:
    out = resample(noise(frames), source_hz, target_hz)
    assert (out.dtype, len(out)) == (np.dtype(np.int16), output_frames(frames, source_hz, target_hz))


@pytest.mark.parametrize(("source_hz", "target_hz"), RATES)
@pytest.mark.parametrize("step", [1, 997, 44_100])
def test_a_streamed_slice_has_the_samples_of_the_whole_one(step: int, source_hz: int, target_hz: int) -> None:
    pcm = noise(2003 if step == 1 else 100_003)
    stream = StreamResampler(len(pcm), source_hz, target_hz)
    parts = [stream.feed(pcm[i : i + step], last=i + step >= len(pcm)) for i in range(0, len(pcm), step)]
    assert np.concatenate(parts).tobytes() == resample(pcm, source_hz, target_hz).tobytes()


def test_a_tone_keeps_its_pitch_and_loudness() -> None:
    at = np.arange(44_100) / 44_100
    out = resample(10_000 * np.sin(2 * np.pi * 1000 * at), 44_100, 16_000)
    expected = 10_000 * np.sin(2 * np.pi * 1000 * np.arange(16_000) / 16_000)
    assert np.abs(out - expected)[500:-500].max() <= 1


def test_what_is_above_half_the_new_rate_is_gone() -> None:
    at = np.arange(44_100) / 44_100
    out = resample(20_000 * np.sin(2 * np.pi * 9000 * at), 44_100, 16_000)
    assert np.abs(out[500:-500]).max() <= 1


def test_overshoot_is_clipped_and_never_wraps() -> None:
    square = np.where(np.arange(44_100) % 441 < 220, 32767.0, -32768.0)
    out = resample(square, 44_100, 24_000)
    assert (out.max(), out.min()) == (32767, -32768)
    assert np.abs(np.diff(out.astype(np.int32)))[:100].max() < 65_535


def test_the_same_rate_changes_nothing() -> None:
    pcm = np.array([1, -2, 32767, -32768], np.int16)
    assert resample(pcm, 24_000, 24_000).tolist() == [1, -2, 32767, -32768]
    assert resample(np.array([0.5, 1.5, 40_000.0]), 24_000, 24_000).tolist() == [0, 2, 32767]
    stream = StreamResampler(4, 24_000, 24_000)
    assert [stream.feed(pcm[:3], last=False).tolist(), stream.feed(pcm[3:], last=True).tolist()] == [
        [1, -2, 32767],
        [-32768],
    ]


def test_a_source_that_ends_before_its_plan_still_fills_the_length_the_header_states() -> None:
    stream = StreamResampler(44_100, 44_100, 16_000)
    assert len(stream.feed(noise(44_000), last=True)) == 16_000


def test_no_more_samples_come_than_the_header_states() -> None:
    stream = StreamResampler(44_100, 44_100, 16_000)
    assert len(stream.feed(noise(50_000), last=True)) == 16_000


def test_the_same_slice_gives_the_same_bytes_again() -> None:
    assert resample(noise(50_000), 44_100, 24_000).tobytes() == resample(noise(50_000), 44_100, 24_000).tobytes()

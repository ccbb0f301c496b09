"""What a slice's samples show: silence, full scale, and channels that cancel each other in the mix."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmenter.domain.cancelling import MOST_STRETCHES, Cancelled, powers
from segmenter.domain.pcm import to_mono_int16
from segmenter.domain.sound import Sound, sound_of

FRAMES = 8000
VOICE = np.random.default_rng(1).normal(0, 4000, FRAMES).astype(np.int16)
OTHER = np.random.default_rng(2).normal(0, 4000, FRAMES).astype(np.int16)


def of(*samples: int) -> Sound:
    return sound_of(np.array(samples, np.int16))


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ((), Sound(0, 0, 0)),
        ((0, 0), Sound(0, 0, 0)),
        ((5, -9), Sound(9, 0, 0)),
        ((32_766, -32_766), Sound(32_766, 0, 0)),
        ((32_767, 0, -32_768, -32_767), Sound(32_768, 3, 0)),
        ((32_767, 32_767, 32_767, 0, 32_767), Sound(32_767, 4, 3)),
        ((0, -32_768, -32_767, 32_767, -32_768), Sound(32_768, 4, 4)),
    ],
)
def test_samples_at_full_scale_are_counted_alone_and_in_runs(samples: tuple[int, ...], expected: Sound) -> None:
    assert of(*samples) == expected


@given(st.lists(st.sampled_from([0, 100, 32_767, -32_768]), max_size=40))
def test_runs_are_what_a_slow_count_finds(samples: list[int]) -> None:
    marks = "".join("x" if abs(sample) >= 32_767 else " " for sample in samples)
    found = of(*samples)
    assert found.full_scale == marks.count("x")
    assert found.clipped == sum(len(run) for run in marks.split() if len(run) >= 3)


def test_parts_add_up() -> None:
    parts = Sound(5, 1, 0) + Sound(32_768, 7, 6)
    assert parts == Sound(32_768, 8, 6)


def test_floats_above_full_scale_are_cut_off_there_and_counted() -> None:
    floats = (VOICE.astype(np.float32) / 4000)[:, np.newaxis]
    share = np.count_nonzero(np.abs(floats) > 1) / FRAMES
    assert sound_of(to_mono_int16(floats)).full_scale / FRAMES == pytest.approx(share, rel=0.001)


def mixed(*channels: np.ndarray) -> bool:
    return powers(np.stack(channels, axis=1)).cancel


@pytest.mark.parametrize("dtype", ["i2", "i4", "f4", "f8"])
def test_a_channel_that_is_the_other_with_its_sign_turned_cancels_it(dtype: str) -> None:
    unit = {"i2": 1, "i4": 65_536, "f4": 1 / 32_768, "f8": 1 / 32_768}[dtype]
    voice = (VOICE * np.dtype(dtype).type(unit)).astype(dtype)
    assert mixed(voice, -voice)
    assert not mixed(voice, voice)


@pytest.mark.parametrize(
    ("channels", "cancel"),
    [
        ((VOICE, VOICE), False),
        ((VOICE, OTHER), False),
        ((VOICE, 0 * VOICE), False),
        ((VOICE, 0 * VOICE, 0 * VOICE, 0 * VOICE, 0 * VOICE, 0 * VOICE), False),
        ((VOICE, -VOICE // 2), False),
        ((VOICE, (-0.8 * VOICE).astype(np.int16)), True),
        ((VOICE, -VOICE, VOICE, -VOICE), True),
        ((VOICE // 1000, -(VOICE // 1000)), False),  # nothing that could be heard
        ((VOICE, np.roll(VOICE, 1)), False),
        ((VOICE,), False),
    ],
)
def test_only_what_loses_nearly_all_of_its_power_cancels(channels: tuple[np.ndarray, ...], cancel: bool) -> None:
    assert mixed(*channels) is cancel


def test_parts_are_judged_together() -> None:
    lost, kept = powers(np.stack((VOICE, -VOICE), axis=1)), powers(np.stack((VOICE, VOICE), axis=1))
    assert lost.joined(lost).cancel
    assert not lost.joined(kept).cancel
    assert not powers(np.empty((0, 2), np.int16)).cancel


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20), st.booleans()), max_size=12))
def test_what_was_found_last_of_each_frame_counts(notes: list[tuple[int, int, bool]]) -> None:
    frames, found = [False] * 100, Cancelled()
    for first, count, cancel in notes:
        found.note(first, first + count, cancel=cancel)
        frames[first : first + count] = [cancel] * count
    for first in range(0, 90, 7):
        share = frames[first : first + 10]
        assert found.mostly(first, first + 10) is (sum(share) >= 5)


def test_a_file_that_cancels_in_every_other_frame_is_not_remembered_for_ever() -> None:
    cancelled = Cancelled()
    for frame in range(10 * MOST_STRETCHES):
        cancelled.note(frame, frame + 1, cancel=frame % 2 == 0)
    last = 10 * MOST_STRETCHES
    assert cancelled.mostly(last - MOST_STRETCHES, last)
    assert len(cancelled._stretches) == MOST_STRETCHES

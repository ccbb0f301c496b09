"""A source that ends before it should is told of with the second at which it ends, whichever slice finds out."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from contracts.plan_lines import PlannedSegment
from segmenter.audio.slices import SliceStore
from segmenter.domain.errors import AudioEndsEarly

RATE_HZ = 1000
ORDER = SimpleNamespace(audio=SimpleNamespace(rate_hz=RATE_HZ, frames=20 * RATE_HZ), sample_rate=RATE_HZ)


class Ended:
    """Gives no sound from `ended_at` on."""

    def __init__(self, ended_at: int, *, known: bool = True) -> None:
        self._end = ended_at
        self.ended_at = ended_at if known else None

    def cancelled(self, first_frame: int, end_frame: int) -> bool:
        return False

    async def read(self, first_frame: int, count: int) -> Any:
        return np.zeros(max(0, min(first_frame + count, self._end) - first_frame), np.int16)

    def filled(self, first_frame: int, count: int) -> int:
        return 0


def store(reader: Ended) -> SliceStore:
    return SliceStore(cast(Any, None), cast(Any, reader), cast(Any, ORDER))


@pytest.mark.parametrize("first", [12, 15])
async def test_the_second_is_where_the_sound_ends_also_for_a_slice_that_lies_behind(first: int) -> None:
    segment = PlannedSegment(n=3, first_frame=first * RATE_HZ, last_frame=18 * RATE_HZ, text="")
    with pytest.raises(AudioEndsEarly) as caught:
        await store(Ended(14 * RATE_HZ)).begin(segment)
    assert (caught.value.seconds, caught.value.stated_seconds) == (14, 20)


async def test_where_nobody_knows_it_is_the_end_of_what_was_read() -> None:
    segment = PlannedSegment(n=3, first_frame=12 * RATE_HZ, last_frame=18 * RATE_HZ, text="")
    with pytest.raises(AudioEndsEarly) as caught:
        await store(Ended(14 * RATE_HZ, known=False)).begin(segment)
    assert caught.value.seconds == 14

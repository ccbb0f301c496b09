"""A layout of very many members takes no more memory than one of a few thousand."""

import tracemalloc
from collections.abc import Callable

import pytest

from gateway.archives.layout.layout import Layout
from gateway.archives.layout.members import Container, Member
from gateway.archives.layout.places import MOST_CHECKPOINTS, Checkpoints, Place
from tests.unit.gateway.archives.virtual import laid_out

MIB = 2**20


def test_checkpoints_stay_few_and_evenly_spread() -> None:
    checkpoints = Checkpoints()
    for index in range(100_000):
        checkpoints.note(Place(index, 10 * index, 3 * index))
    assert checkpoints.step == 128
    kept = [index for index in range(100_000) if checkpoints.at(index) is not None]
    assert kept == list(range(0, 100_000, 128))
    assert len(kept) <= MOST_CHECKPOINTS
    assert checkpoints.before(128 * 10) == Place(128, 1_280, 384)
    assert checkpoints.before(128 * 10 - 1) == Place(0, 0, 0)
    assert checkpoints.before_entry(10**9) == Place(kept[-1], 10 * kept[-1], 3 * kept[-1])


@pytest.mark.parametrize("count", [1, MOST_CHECKPOINTS - 1, MOST_CHECKPOINTS])
def test_the_places_of_a_few_members_are_all_kept(count: int) -> None:
    checkpoints = Checkpoints()
    for index in range(count):
        checkpoints.note(Place(index, index, index))
    assert checkpoints.step == 1
    assert all(checkpoints.at(index) == Place(index, index, index) for index in range(count))
    assert checkpoints.at(count) is None


@pytest.mark.parametrize("container", Container)
def test_memory_is_bounded_from_ten_to_100_000_members(container: Container) -> None:
    """Names that are told apart take 24 bytes each at most, and only while the first pass goes on."""
    few, kept_of_few = measured(lambda: layout_of(container, 10))
    many, kept_of_many = measured(lambda: layout_of(container, 100_000))
    assert many - few < 4 * MIB
    assert kept_of_many - kept_of_few < MIB / 4


def layout_of(container: Container, count: int) -> Layout:
    return laid_out(container, (Member(f"voice/wavs/book_{i:06d}.wav", 200_000, i) for i in range(count)))


def measured(make: Callable[[], Layout]) -> tuple[int, int]:
    """Bytes at the most, and afterwards."""
    tracemalloc.start()
    made = make()
    kept, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert made.size_bytes
    return most, kept

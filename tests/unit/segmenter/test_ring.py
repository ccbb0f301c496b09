"""No byte of the ring is ever taken twice, and none is lost."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmenter.decoding.ring import Ring

SIZE = 64


@given(st.lists(st.integers(1, SIZE) | st.none(), max_size=200))
def test_what_is_taken_lies_in_the_ring_and_apart(steps: list[int | None]) -> None:
    """A number is a piece to take, none is one to give back; whoever finds no room gives back until there is some."""
    ring, taken = Ring(SIZE), deque[range]()
    for count in steps:
        if count is None:
            if taken:
                ring.give_back()
                taken.popleft()
            continue
        while (start := ring.take(count)) is None:
            ring.give_back()
            taken.popleft()  # fails where there is no room although nothing is taken
        piece = range(start, start + count)
        assert 0 <= piece.start <= piece.stop <= SIZE
        assert all(piece.stop <= other.start or other.stop <= piece.start for other in taken)
        taken.append(piece)


def test_a_full_ring_has_room_again_in_the_order_in_which_it_was_filled() -> None:
    ring = Ring(SIZE)
    assert [ring.take(24), ring.take(24)] == [0, 24]
    assert ring.take(20) is None
    ring.give_back()
    assert [ring.take(20), ring.take(16)] == [0, None]
    ring.give_back()
    assert ring.take(16) == 20


def test_more_than_the_ring_holds_is_a_mistake_and_no_wait_for_ever() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        Ring(SIZE).take(SIZE + 1)

"""Which upload gets a slot, which is rejected, and which is evicted for another."""

import pytest

from gateway.domain.admission import GRACE_SECONDS, Admission, Slot
from gateway.domain.pace import MinRate
from gateway.errors import TooManyUploads, UploadsFull
from gateway.uploads.limits import PART_BYTES, Capacity
from gateway.uploads.slots import CONNECTION_BYTES, needed_bytes

LEAST = MinRate(100, 60)


def admission(capacity_bytes: int = 30, per_user: int = 2) -> Admission:
    return Admission(capacity_bytes, per_user, LEAST)


def test_there_are_as_many_slots_as_the_memory_holds() -> None:
    slots = admission()
    for user in "abc":
        slots.admit(user, 10, 0)
    with pytest.raises(UploadsFull):
        slots.admit("d", 1, 0)
    assert (slots.uploads, slots.reserved_bytes) == (3, 30)


def test_a_user_has_a_few_of_them() -> None:
    slots = admission()
    first = slots.admit("a", 1, 0)
    slots.admit("a", 1, 0)
    with pytest.raises(TooManyUploads):
        slots.admit("a", 1, 0)
    slots.admit("b", 1, 0)
    slots.release(first)
    slots.admit("a", 1, 0)


def test_a_slot_is_released_once_and_whole() -> None:
    slots = admission()
    slot = slots.admit("a", 10, 0)
    slots.grow(slot, 30, 0)
    slots.release(slot)
    slots.release(slot)
    assert (slots.uploads, slots.reserved_bytes) == (0, 0)
    slots.admit("b", 30, 0)


def test_a_slot_grows_while_there_is_memory_and_never_shrinks() -> None:
    slots = admission()
    slot = slots.admit("a", 10, 0)
    slots.grow(slot, 5, 0)
    assert slots.reserved_bytes == 10
    slots.grow(slot, 30, 0)
    with pytest.raises(UploadsFull):
        slots.grow(slot, 31, 0)
    assert slots.reserved_bytes == 30


def held(slots: Admission, user: str, size_bytes: int, since: float) -> tuple[Slot, list[str]]:
    """A slot whose client has been silent since then, and what eviction calls."""
    calls: list[str] = []
    slot = slots.admit(user, size_bytes, since)
    slot.on_evict = lambda: calls.append("end")
    slot.begin_waiting(since)
    return slot, calls


def test_the_upload_that_was_slow_for_long_enough_is_evicted() -> None:
    slots = admission()
    (older, calls_of_older), (newer, calls_of_newer) = held(slots, "a", 20, 0), held(slots, "b", 10, 1)
    with pytest.raises(UploadsFull):
        slots.admit("c", 10, GRACE_SECONDS - 0.1)
    slots.admit("c", 10, GRACE_SECONDS + 1)
    assert (older.is_evicted, calls_of_older, newer.is_evicted, calls_of_newer) == (True, ["end"], False, [])
    slots.release(older)  # its upload ends later, when the memory is another upload's
    assert slots.reserved_bytes == 20


def test_no_upload_is_evicted_where_it_would_not_help() -> None:
    slots = admission()
    slot, calls = held(slots, "a", 10, 0)
    slots.admit("b", 20, 0)
    with pytest.raises(UploadsFull):
        slots.admit("c", 20, 100)
    assert not slot.is_evicted
    assert calls == []


def test_a_user_who_uploads_again_evicts_their_own_silent_upload() -> None:
    slots = admission(per_user=1)
    slot, calls = held(slots, "a", 10, 0)
    with pytest.raises(TooManyUploads):
        slots.admit("a", 10, GRACE_SECONDS - 1)
    slots.admit("a", 10, GRACE_SECONDS)
    assert (slot.is_evicted, calls, slots.uploads) == (True, ["end"], 1)


def test_a_client_that_waits_for_the_gateway_keeps_its_slot() -> None:
    slots = admission()
    slot, _ = held(slots, "a", 30, 0)
    slot.end_waiting(1, 1_000)
    with pytest.raises(UploadsFull):
        slots.admit("b", 10, 1_000)


def test_an_upload_needs_what_its_length_says_and_no_more_than_a_part_and_its_transcript() -> None:
    assert needed_bytes(8_000) == 9_000 + CONNECTION_BYTES
    assert needed_bytes(8_000, transcript_bytes=7_000) == 9_000 + CONNECTION_BYTES
    largest = needed_bytes(2**31)
    assert PART_BYTES < largest < 1.25 * PART_BYTES
    assert needed_bytes(None) == largest
    assert needed_bytes(2**31, transcript_bytes=16 * 2**20) - largest == pytest.approx(18 * 2**20, rel=0.1)


def test_a_fourth_of_the_memory_is_for_parts_in_flight_and_two_at_least() -> None:
    def parts(mebibytes: int) -> int:
        return Capacity(memory_bytes=mebibytes * 2**20, per_user=1, min_rate=LEAST).parts_in_flight

    assert [parts(64), parts(128), parts(320)] == [2, 4, 10]

"""Who gets a place for an upload, who is refused, and who loses a place to somebody who needs it more."""

import pytest

from gateway.domain.admission import GRACE_SECONDS, Admission, Place
from gateway.domain.pace import LeastRate
from gateway.errors import NoRoom, TooManyUploads
from gateway.uploads.places import CONNECTION_BYTES, PART_BYTES, Room, needed_bytes

LEAST = LeastRate(100, 60)


def admission(capacity_bytes: int = 30, per_user: int = 2) -> Admission:
    return Admission(capacity_bytes, per_user, LEAST)


def test_there_are_as_many_places_as_the_memory_holds() -> None:
    places = admission()
    for user in "abc":
        places.admit(user, 10, 0)
    with pytest.raises(NoRoom):
        places.admit("d", 1, 0)
    assert (places.uploads, places.reserved_bytes) == (3, 30)


def test_a_user_has_a_few_of_them() -> None:
    places = admission()
    first = places.admit("a", 1, 0)
    places.admit("a", 1, 0)
    with pytest.raises(TooManyUploads):
        places.admit("a", 1, 0)
    places.admit("b", 1, 0)
    places.leave(first)
    places.admit("a", 1, 0)


def test_a_place_comes_back_once_and_whole() -> None:
    places = admission()
    place = places.admit("a", 10, 0)
    places.grow(place, 30, 0)
    places.leave(place)
    places.leave(place)
    assert (places.uploads, places.reserved_bytes) == (0, 0)
    places.admit("b", 30, 0)


def test_a_place_grows_while_there_is_memory_and_never_shrinks() -> None:
    places = admission()
    place = places.admit("a", 10, 0)
    places.grow(place, 5, 0)
    assert places.reserved_bytes == 10
    places.grow(place, 30, 0)
    with pytest.raises(NoRoom):
        places.grow(place, 31, 0)
    assert places.reserved_bytes == 30


def held(places: Admission, user: str, size_bytes: int, since: float) -> tuple[Place, list[str]]:
    """A place whose client has been silent since then, and what it is told."""
    told: list[str] = []
    place = places.admit(user, size_bytes, since)
    place.end = lambda: told.append("end")
    place.await_client(since)
    return place, told


def test_who_was_slow_for_long_enough_gives_way() -> None:
    places = admission()
    (older, told_older), (newer, told_newer) = held(places, "a", 20, 0), held(places, "b", 10, 1)
    with pytest.raises(NoRoom):
        places.admit("c", 10, GRACE_SECONDS - 0.1)
    places.admit("c", 10, GRACE_SECONDS + 1)
    assert (older.lost, told_older, newer.lost, told_newer) == (True, ["end"], False, [])
    places.leave(older)  # its upload ends later, when the place is somebody else's
    assert places.reserved_bytes == 20


def test_nobody_gives_way_where_it_would_not_help() -> None:
    places = admission()
    place, told = held(places, "a", 10, 0)
    places.admit("b", 20, 0)
    with pytest.raises(NoRoom):
        places.admit("c", 20, 100)
    assert not place.lost
    assert told == []


def test_a_user_who_comes_back_takes_their_own_silent_place() -> None:
    places = admission(per_user=1)
    place, told = held(places, "a", 10, 0)
    with pytest.raises(TooManyUploads):
        places.admit("a", 10, GRACE_SECONDS - 1)
    places.admit("a", 10, GRACE_SECONDS)
    assert (place.lost, told, places.uploads) == (True, ["end"], 1)


def test_a_client_that_the_gateway_makes_wait_keeps_its_place() -> None:
    places = admission()
    place, _ = held(places, "a", 30, 0)
    place.hear(1, 1_000)
    with pytest.raises(NoRoom):
        places.admit("b", 10, 1_000)


def test_an_upload_needs_what_its_length_says_and_no_more_than_a_part_and_its_transcript() -> None:
    assert needed_bytes(8_000) == 9_000 + CONNECTION_BYTES
    assert needed_bytes(8_000, transcript_bytes=7_000) == 9_000 + CONNECTION_BYTES
    largest = needed_bytes(2**31)
    assert PART_BYTES < largest < 1.25 * PART_BYTES
    assert needed_bytes(None) == largest
    assert needed_bytes(2**31, transcript_bytes=16 * 2**20) - largest == pytest.approx(18 * 2**20, rel=0.1)


def test_a_fourth_of_the_memory_is_for_parts_on_their_way_and_two_at_least() -> None:
    def parts(mebibytes: int) -> int:
        return Room(memory_bytes=mebibytes * 2**20, per_user=1, least=LEAST).parts

    assert [parts(64), parts(128), parts(320)] == [2, 4, 10]

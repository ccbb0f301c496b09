"""Range, If-Range and If-None-Match, against a slow reading of RFC 9110 by hand."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.domain.conditions import etag, is_known, still_holds
from gateway.domain.ranges import MAX_PARTS, NEAR_BYTES, Span, Unsatisfiable, Whole, asked_for

TAG = etag("ab" * 32)


@pytest.mark.parametrize(
    ("header", "size", "expected"),
    [
        (None, 10, Whole()),
        ("", 10, Whole()),
        ("bytes=0-0", 10, (Span(0, 0),)),
        ("bytes=0-", 10, (Span(0, 9),)),
        ("bytes=3-5", 10, (Span(3, 5),)),
        ("bytes=3-500", 10, (Span(3, 9),)),
        ("bytes=-3", 10, (Span(7, 9),)),
        ("bytes=-30", 10, (Span(0, 9),)),
        ("BYTES = 1-2", 10, (Span(1, 2),)),
        ("bytes=10-", 10, Unsatisfiable()),
        ("bytes=-0", 10, Unsatisfiable()),
        ("bytes=10-12,-0", 10, Unsatisfiable()),
        (f"bytes={'9' * 5000}-", 10, Unsatisfiable()),
        (f"bytes=1-{'9' * 5000}", 10, (Span(1, 9),)),
        (f"bytes={'0' * 5000}1-2", 10, (Span(1, 2),)),
        ("bytes=0-1, ,99-100", 10, (Span(0, 1),)),
        ("bytes=5-3", 10, Whole()),
        ("bytes=a-b", 10, Whole()),
        ("bytes=-", 10, Whole()),
        ("bytes=", 10, Whole()),
        ("bytes", 10, Whole()),
        ("bytes=٣-٥", 10, Whole()),
        ("bytes=1-2-3", 10, Whole()),
        ("items=0-1", 10, Whole()),
        ("bytes=0-", 0, Whole()),
        ("bytes=-5", 0, Whole()),
        ("bytes=0-9,1000-1009", 2000, (Span(0, 9), Span(1000, 1009))),
        ("bytes=1000-1009,0-9", 2000, (Span(0, 9), Span(1000, 1009))),
        ("bytes=0-9,5-20", 2000, (Span(0, 20),)),
        ("bytes=0-9,100-109", 2000, (Span(0, 109),)),
    ],
)
def test_a_header_asks_for_these_bytes(header: str | None, size: int, expected: object) -> None:
    assert asked_for(header, size) == expected


def test_more_parts_than_we_send_are_answered_with_the_whole() -> None:
    parts = [f"{n * 1000}-{n * 1000 + 9}" for n in range(MAX_PARTS + 1)]
    assert len(asked_for("bytes=" + ",".join(parts[:MAX_PARTS]), 100_000)) == MAX_PARTS
    assert asked_for("bytes=" + ",".join(parts), 100_000) == Whole()
    assert asked_for("bytes=" + ",".join(["0-0"] * 10_000), 100_000) == Whole()


one_range = st.one_of(
    st.tuples(st.integers(0, 3000), st.integers(0, 3000)).map(lambda pair: (min(pair), max(pair))),
    st.tuples(st.integers(0, 3000), st.none()),
    st.tuples(st.none(), st.integers(0, 3000)),
)


def written(first: int | None, last: int | None) -> str:
    return f"{'' if first is None else first}-{'' if last is None else last}"


def by_hand(ranges: list[tuple[int | None, int | None]], size: int) -> set[int]:
    """The positions asked for, one by one."""
    wanted: set[int] = set()
    for first, last in ranges:
        places = range(size)
        if first is None:
            wanted.update(places[size - min(last or 0, size) :])
        else:
            wanted.update(places[first : None if last is None else last + 1])
    return wanted


@settings(max_examples=1_000, deadline=None)
@given(st.lists(one_range, min_size=1, max_size=MAX_PARTS), st.integers(1, 2500))
def test_every_byte_that_is_asked_for_is_sent_once(ranges: list[tuple[int | None, int | None]], size: int) -> None:
    found = asked_for("bytes=" + ", ".join(written(*one) for one in ranges), size)
    wanted = by_hand(ranges, size)
    if not wanted:
        assert found == Unsatisfiable()
        return
    assert not isinstance(found, Whole | Unsatisfiable)
    sent = [place for span in found for place in range(span.first, span.last + 1)]
    assert len(sent) == len(set(sent)) == sum(span.size_bytes for span in found)
    assert sent == sorted(sent)
    assert wanted <= set(sent) <= set(range(size))
    # What was not asked for lies between two parts that do, and is shorter than the head it saves.
    assert all({*range(place - NEAR_BYTES, place)} & wanted for place in set(sent) - wanted)
    assert all(later.first - before.last > NEAR_BYTES + 1 for before, later in pairwise(found))


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet="bytes=0123456789-, \tx٣", max_size=40), st.integers(0, 30))
def test_any_text_has_an_answer(header: str, size: int) -> None:
    found = asked_for(header, size)
    if not isinstance(found, Whole | Unsatisfiable):
        assert all(0 <= span.first <= span.last < size for span in found)


@pytest.mark.parametrize(
    ("header", "known"),
    [
        (None, False),
        ("*", True),
        (TAG, True),
        (f"W/{TAG}", True),
        (f'"x", {TAG}', True),
        (f'"x",, W/"y" ,{TAG},', True),
        ('"x"', False),
        (TAG.strip('"'), False),
        (f"{TAG} {TAG}", False),
        (f'"x"{TAG}', False),
        ("", False),
        (f"{TAG}, " * 10_000, False),
    ],
)
def test_what_a_client_has_is_known_by_its_tag(header: str | None, known: bool) -> None:
    assert is_known(header, TAG) is known


@pytest.mark.parametrize(
    ("header", "holds"),
    [
        (None, True),
        (TAG, True),
        (f"W/{TAG}", False),
        ('"x"', False),
        ("Sat, 29 Oct 1994 19:43:31 GMT", False),
        ("*", False),
    ],
)
def test_a_range_counts_beside_the_same_strong_tag_alone(header: str | None, holds: bool) -> None:
    assert still_holds(header, TAG) is holds

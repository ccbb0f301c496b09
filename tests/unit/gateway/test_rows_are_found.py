"""Questions about rows: which they are about, in which order; and the pass that answers them, in pieces of any size."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import manifest_index
from contracts.manifest_index import LineCounter
from gateway.domain.reference import Reference, reference_of
from gateway.domain.row_order import Question, Sort, is_flags
from gateway.domain.segment_pages import Place, cursor_of, is_cursor, place_of
from gateway.errors import ObjectDamaged, ResultTooOld
from gateway.results.bounded_cache import BoundedCache
from gateway.results.scan import Scan

ROWS: list[dict[str, Any]] = [
    {"text": "Die Straße", "duration": 2.0, "chars_per_second": 5.0, "flags": []},
    {"text": "the street", "duration": 1.0, "chars_per_second": None, "flags": ["too-slow", "low-level"]},
    {"text": "the end", "duration": 3.0, "chars_per_second": 9.5, "flags": ["clipped"]},
    {"text": "silence", "duration": 1.0, "chars_per_second": 1.5, "flags": ["too-slow"]},
]


def manifest(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def numbers(question: Question, rows: list[dict[str, Any]] = ROWS, step: int = 7) -> list[int]:
    body, scan = manifest(rows), Scan(question)
    for first in range(0, len(body), step):
        scan.feed(body[first : first + step])
    scan.index(hashlib.sha256(body).hexdigest())
    found = scan.found().places(0, 1000)
    lines = body.splitlines(keepends=True)
    assert all(body[place.offset :][: place.size_bytes] == lines[place.n] for place in found)
    return [place.n for place in found]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (Question(Sort.DURATION), [1, 3, 0, 2]),
        (Question(Sort.DURATION_DOWN), [2, 0, 1, 3]),
        (Question(Sort.CHARS_PER_SECOND), [3, 0, 2, 1]),
        (Question(Sort.CHARS_PER_SECOND_DOWN), [2, 0, 3, 1]),
        (Question(Sort.WORST), [2, 1, 3, 0]),
        (Question(flags=("too-slow",)), [1, 3]),
        (Question(flags=("low-level", "clipped")), [1, 2]),
        (Question(q="THE"), [1, 2]),
        (Question(q="strasse"), [0]),
        (Question(Sort.DURATION_DOWN, ("too-slow", "clipped"), "e"), [2, 1, 3]),
        (Question(q="nowhere"), []),
    ],
)
def test_a_question_finds_its_rows_in_its_order(question: Question, expected: list[int]) -> None:
    assert numbers(question) == expected


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        (Question(Sort.WORST), "no flags"),
        (Question(flags=("clipped",)), "no flags"),
        (Question(Sort.CHARS_PER_SECOND_DOWN), "no chars_per_second"),
        (Question(Sort.CHARS_PER_SECOND, ("clipped",)), "no chars_per_second and no flags"),
    ],
)
def test_rows_without_the_column_are_too_old(question: Question, lacking: str) -> None:
    with pytest.raises(ResultTooOld, match=lacking):
        numbers(question, [{"text": "a", "duration": 1.0}])
    assert numbers(Question(Sort.DURATION, q="a"), [{"text": "a", "duration": 1.0}]) == [0]


def test_what_is_not_the_manifest_that_was_stored_is_damaged() -> None:
    scan = Scan(Question(q="a"))
    with pytest.raises(ObjectDamaged, match="row 0"):
        scan.feed(b"{]\n")
    with pytest.raises(ObjectDamaged, match="another sha256"):
        Scan(Question()).index("00")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), max_size=450), st.integers(1, 300))
def test_an_index_has_every_hundredth_line_however_it_comes(lines: list[bytes], step: int) -> None:
    body = b"".join(line + b"\n" for line in lines)
    counter = LineCounter()
    for first in range(0, len(body), step):
        counter.feed(body[first : first + step])
    index = counter.index("00")
    assert (index.rows, index.manifest_bytes) == (len(lines), len(body))
    assert manifest_index.decode(manifest_index.encode(index)) == index == manifest_index.index_of(body, "00")
    for number, offset in enumerate(index.offsets):
        assert body[:offset].count(b"\n") == number * index.every
    assert len(index.offsets) == -(-len(lines) // index.every)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0b0e7d3c-0000-4000-8000-000000000000", Reference("0b0e7d3c-0000-4000-8000-000000000000", None)),
        ("0B0E7D3C-0000-4000-8000-000000000000@17", Reference("0b0e7d3c-0000-4000-8000-000000000000", 17)),
        ("0b0e7d3c-0000-4000-8000-000000000000@", None),
        ("0b0e7d3c-0000-4000-8000-000000000000@0", None),
        ("0b0e7d3c-0000-4000-8000-000000000000@1@2", None),
        ("0b0e7d3c-0000-4000-8000-000000000000@" + "9" * 5000, None),
        ("0b0e7d3c-0000-4000-8000-000000000000@١", None),
        ("x@1", None),
        ("", None),
    ],
)
def test_a_result_is_named_by_id_and_run(text: str, expected: Reference | None) -> None:
    assert reference_of(text) == expected


def test_a_cursor_of_rows_leads_back_and_no_other_text_is_one() -> None:
    assert place_of(cursor_of(Place(17, 99_900))) == Place(17, 99_900)
    assert not any(map(is_cursor, ("", "YmVmb3JlOjE", cursor_of(Place(1, 2)) + "=", "ÿ", "a" * 10_000)))


@pytest.mark.parametrize("text", ["", ",", "a,", "A", "a b", "a--b", ",".join(["a"] * 21)])
def test_what_is_no_list_of_flags_is_refused(text: str) -> None:
    assert not is_flags(text)


def test_what_is_kept_stays_within_its_bytes() -> None:
    kept: BoundedCache[str] = BoundedCache(10)
    for name in "abc":
        kept.put(name, name.upper(), 4)
        kept.get("a")
    kept.put("too large", "x", 11)
    assert [kept.get(name) for name in ("a", "b", "c", "too large")] == ["A", None, "C", None]

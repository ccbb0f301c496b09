"""A corrected list of cues: exact times, and every error with its cue, its field and what to do."""

import json
import time
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.domain import cue_list
from gateway.errors import InvalidRequest
from transcripts import CorrectedCue, NoUsableCue, TooManyCues

GOOD: dict[str, Any] = {"start": 1.25, "end": 2.5, "text": "It was late."}


def errors(body: Any) -> list[tuple[str, str]]:
    """`body` as JSON, or as the bytes that it is."""
    with pytest.raises(InvalidRequest) as refused:
        cue_list.of_body(body if isinstance(body, bytes) else json.dumps(body).encode())
    assert all(error.detail.endswith(".") for error in refused.value.field_errors)
    return [(error.field, error.code) for error in refused.value.field_errors]


def read(*cues: dict[str, Any]) -> tuple[CorrectedCue, ...]:
    return cue_list.of_body(json.dumps(cues).encode())


def test_a_cue_is_taken_with_all_that_it_has() -> None:
    full = GOOD | {"speaker": " Ann ", "excluded": False, "fixed": True}
    assert read(full, GOOD) == (
        CorrectedCue(1_250_000, 2_500_000, "It was late.", "Ann", excluded=False, fixed=True),
        CorrectedCue(1_250_000, 2_500_000, "It was late."),
    )
    assert cue_list.of_body(b" [ ] ") == ()


def test_what_get_gave_can_be_sent_back() -> None:
    given = {"cue": 7, "line": 9, "findings": [{"code": "overlap", "detail": ""}], "speaker": None}
    assert read(GOOD | given) == read(GOOD)


def test_an_excluded_cue_may_have_no_times_or_reversed_ones_and_no_text() -> None:
    assert read({"start": None, "end": None, "text": "", "excluded": True}, GOOD)[0] == CorrectedCue(
        None, None, "", excluded=True
    )
    assert read(GOOD | {"end": 0, "excluded": True})[0].end_us == 0


@given(st.integers(0, cue_list.MAX_SECONDS * 1_000_000 - 1))
def test_every_microsecond_survives(us: int) -> None:
    """As text with six decimals, and as the number that JSON makes of it."""
    exact = f'[{{"start": {us // 1_000_000}.{us % 1_000_000:06}, "end": 10000000, "text": "x"}}]'
    assert cue_list.of_body(exact.encode())[0].start_us == us
    assert read({"start": us / 1_000_000, "end": cue_list.MAX_SECONDS, "text": "x"})[0].start_us == us


@pytest.mark.parametrize(
    ("seconds", "us"),
    [
        ("0.0000005", 0),
        ("0.0000015", 2),
        ("0.00000050000000000000000001", 1),
        ("1e-3", 1_000),
        ("-0.0", 0),
        ("2E0", 2_000_000),
    ],
)
def test_times_are_rounded_to_microseconds_half_to_even(seconds: str, us: int) -> None:
    body = f'[{{"start": {seconds}, "end": 9, "text": "x"}}]'
    assert cue_list.of_body(body.encode())[0].start_us == us


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"end": 1.25}, "end", "zero-length"),
        ({"end": 1.2500001}, "end", "zero-length"),
        ({"end": 1}, "end", "end-before-start"),
        ({"start": -1}, "start", "invalid"),
        ({"start": "1.25"}, "start", "invalid"),
        ({"start": True}, "start", "invalid"),
        ({"start": None}, "start", "invalid"),
        ({"end": 10_000_001}, "end", "invalid"),
        ({"end": 1e300}, "end", "invalid"),
        ({"text": ""}, "text", "invalid"),
        ({"text": " \u200b\n"}, "text", "invalid"),
        ({"text": "a\0b"}, "text", "invalid"),
        ({"text": "\ud800"}, "text", "invalid"),
        ({"text": "x" * 1_000_000}, "text", "invalid"),
        ({"text": ["x"]}, "text", "invalid"),
        ({"speaker": ""}, "speaker", "invalid"),
        ({"speaker": "a\nb"}, "speaker", "invalid"),
        ({"speaker": "x" * 201}, "speaker", "invalid"),
        ({"speaker": 1}, "speaker", "invalid"),
        ({"excluded": 1}, "excluded", "invalid"),
        ({"fixed": "true"}, "fixed", "invalid"),
        ({"fixed": None}, "fixed", "invalid"),
        ({"styel": 1}, "styel", "unknown"),
    ],
)
def test_an_error_names_its_cue_and_field(change: dict[str, Any], field: str, code: str) -> None:
    assert errors([GOOD, GOOD | change]) == [(f"cues[1].{field}", code)]


def test_every_error_is_told_at_once() -> None:
    assert sorted(errors([{"text": 1, "x": 2}, 3, GOOD, GOOD | {"end": 0}])) == [
        ("cues[0].end", "missing"),
        ("cues[0].start", "missing"),
        ("cues[0].text", "invalid"),
        ("cues[0].x", "unknown"),
        ("cues[1]", "invalid"),
        ("cues[3].end", "end-before-start"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"null",
        b"[",
        b"[1",
        b'[{"start": 1, "end": 2, "text": "x"},]',
        b'[{"start": NaN, "end": 2, "text": "x"}]',
        b'[{"start": Infinity, "end": 2, "text": "x"}]',
        b'[{"start": 1, "start": 1, "end": 2, "text": "x"}]',
        b'[{"start": 1e99999999999999999999, "end": 2, "text": "x"}]',
        b'[{"start": 1' + b"0" * 5_000 + b', "end": 2, "text": "x"}]',
        b'[{"start": 1, "end": 2, "text": "x"}] x',
        b"[" * 100_000,
        b'[{"findings": ' + b"[" * 100_000,
        b'[{"text": "\xff"}]',
        b"\xef\xbb\xbf[]",
        b"RIFF\x24\x08\x00\x00WAVEfmt ",
    ],
)
def test_what_is_no_json_array_is_an_error_of_the_body(body: bytes) -> None:
    assert ("body", "invalid") in errors(body)


def test_more_cues_than_a_transcript_may_have_are_refused() -> None:
    one = json.dumps(GOOD)
    with pytest.raises(TooManyCues):
        cue_list.of_body(f"[{','.join([one] * 200_000)}]".encode())


@pytest.mark.parametrize("element", [b"1,", b"{},", b'"x",'])
def test_hostile_lists_take_little_memory_and_time(element: bytes) -> None:
    body = b"[" + element * (4 * 2**20 // len(element)) + b"1]"
    tracemalloc.start()
    started = time.process_time()
    try:
        found = errors(body)
        peak_bytes = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert cue_list.MAX_ERRORS <= len(found) < 2 * cue_list.MAX_ERRORS
    assert peak_bytes < 3 * len(body)
    assert time.process_time() - started < 5


def test_a_list_in_which_nothing_is_left_is_no_transcript() -> None:
    with pytest.raises(NoUsableCue):
        cue_list.stored(read(GOOD | {"excluded": True}))
    with pytest.raises(NoUsableCue):
        cue_list.stored(())


@pytest.mark.parametrize(
    "body",
    [
        b'[{"start": 0, "end": 1, "text": "a", "findings": [' + b"0," * 8_000_000 + b"0]}]",
        b"[{" + b",".join(b'"%d": 1' % n for n in range(1_500_000)) + b"}]",
    ],
    ids=["a long member", "many members"],
)
def test_one_cue_takes_no_more_memory_than_many(body: bytes) -> None:
    tracemalloc.start()
    try:
        assert errors(body) == [("body", "invalid")]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100 * 1024 * 1024


def test_one_cue_has_a_bounded_number_of_errors() -> None:
    assert len(errors([{str(n): 1 for n in range(20_000)}])) == cue_list.MAX_ERRORS


def test_a_cue_of_any_length_up_to_the_limit_is_read() -> None:
    for size in (1_990, 2_000, 2_010, 19_000):
        assert read(GOOD | {"text": "x" * size}, GOOD)[0].text == "x" * size

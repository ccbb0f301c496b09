"""What passes the relay is counted by method, whole or in pieces, and audio is not taken for requests."""

import pytest

from benchmarks import counting_relay
from benchmarks.counting_relay import _count


@pytest.fixture(autouse=True)
def from_nothing() -> None:
    counting_relay.counts.clear()


def count(*pieces: bytes) -> dict[str, int]:
    seen = b""
    for piece in pieces:
        seen = _count(seen + piece)
    return dict(counting_relay.counts)


PUT = b"PUT /bucket/segments/segment_00001.wav HTTP/1.1\r\nhost: x\r\n\r\n"
LIST = b"GET /bucket?list-type=2&prefix=a%2Fb HTTP/1.1\r\n\r\n"


def test_requests_in_one_piece_are_counted() -> None:
    assert count(PUT + b"\0" * 9_000 + LIST + PUT) == {"PUT": 2, "GET": 1}


@pytest.mark.parametrize("cut", range(1, len(PUT)))
def test_a_request_in_two_pieces_is_counted_once(cut: int) -> None:
    assert count(PUT[:cut], PUT[cut:], b"\0" * 5_000, LIST) == {"PUT": 1, "GET": 1}


def test_other_bytes_are_no_requests() -> None:
    assert count(b"RIFF GET / PUT /x HTTP/1.0\r\n" * 1_000) == {}

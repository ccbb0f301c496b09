"""Checksums of parts put together are those of the whole."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.archives.layout.checksums import combined


@given(st.binary(max_size=3_000), st.binary(max_size=3_000))
def test_the_sum_of_two_parts_is_that_of_both(first: bytes, second: bytes) -> None:
    assert combined(zlib.crc32(first), zlib.crc32(second), len(second)) == zlib.crc32(first + second)


@pytest.mark.parametrize("size", [0, 1, 2**20, 2**24 + 7])
def test_of_any_length(size: int) -> None:
    second = bytes(size)
    assert combined(zlib.crc32(b"first"), zlib.crc32(second), size) == zlib.crc32(second, zlib.crc32(b"first"))

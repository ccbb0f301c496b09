"""What a store says about the bytes it sends."""

import pytest

from objects import StoreError
from objects.reading import ByteRange, parse_content_range


def test_a_range_names_both_ends_and_the_whole() -> None:
    given = parse_content_range("bytes 3-4/5")

    assert given == ByteRange(first=3, last=4, object_bytes=5)
    assert given.size_bytes == 2


@pytest.mark.parametrize("header", ["", "bytes */5", "bytes 0-4/*", "bytes 0-4", "items 0-4/5", "bytes 0-4/5, 7-8/9"])
def test_what_names_no_range_is_refused(header: str) -> None:
    with pytest.raises(StoreError):
        parse_content_range(header)

"""If-Match names a strong tag exactly, or does not."""

import pytest

from gateway.domain.conditions import names


@pytest.mark.parametrize("header", ['"12"', ' "12" ', '"11", "12"', '"12","13"'])
def test_a_header_that_lists_the_tag_names_it(header: str) -> None:
    assert names(header, "12")


@pytest.mark.parametrize("header", ['W/"12"', 'w/"12"', 'x"12"', "12", '"1"', '"12', "", '"12" "13"', '"12",' * 5_000])
def test_another_a_weak_or_a_malformed_one_does_not(header: str) -> None:
    assert not names(header, "12")

"""Cursors: opaque, url-safe, and only ours."""

import pytest

from gateway.domain.paging import CursorInvalid, before_of, cursor_of


@pytest.mark.parametrize("before", [1, 20, 4_711, 2**53, 10**18])
def test_a_cursor_leads_back_to_its_sequence(before: int) -> None:
    assert before_of(cursor_of(before)) == before


def test_a_cursor_needs_no_quoting_in_a_url() -> None:
    assert cursor_of(12_345) == "YmVmb3JlOjEyMzQ1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1",
        "12345",
        "!",
        "YmVmb3JlOjEyMzQ1=",
        "YmVmb3JlOjEyMzQ1\n",
        "YmVmb3JlOjEyMzR",  # cut
        "YmVmb3JlOjA",  # before:0
        "YmVmb3JlOi0x",  # before:-1
        "YmVmb3JlOjAx",  # before:01
        "YmVmb3JlOjEgMg",  # before:1 2
        "YmVmb3JlOjE5OTk5OTk5OTk5OTk5OTk5OTk5OTk",  # more digits than a sequence has
        "YmVmb3JlOjk5OTk5OTk5OTk5OTk5OTk5OTk",  # as many digits, and more than the catalog's column holds
        "YmVmb3JlOtmh",  # an Arabic digit
        "ÿ",
        "a" * 10_000,
    ],
)
def test_a_text_that_is_no_cursor_of_ours_is_refused(text: str) -> None:
    with pytest.raises(CursorInvalid):
        before_of(text)

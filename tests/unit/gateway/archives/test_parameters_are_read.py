import pytest

from gateway.archives.parameters import are_flags, is_share


@pytest.mark.parametrize("text", ["0", "0.0", "0.05", "0.5", "0.50000000"])
def test_a_share_is_a_plain_number(text: str) -> None:
    assert is_share(text)


@pytest.mark.parametrize(
    "text", ["", ".", "0.", ".5", "00.1", "0.51", "1", "٠.٥", "5e-1", "+0.1", " 0.1", "0_1", "0.1\n"]
)
def test_what_the_framework_would_not_read_is_refused_with_what_it_must_be(text: str) -> None:
    assert not is_share(text)


def test_flags_are_named_as_they_are() -> None:
    assert are_flags("too-fast,clipped")
    assert not any(map(are_flags, ["", "too-fast,", ",", "too_fast", "TOO-FAST", "too-fast, clipped"]))

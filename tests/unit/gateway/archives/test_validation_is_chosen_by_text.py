"""What is said decides, wherever it is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.archives.split import is_validation, normalised


@given(st.text(), st.floats(0, 0.5), st.floats(0, 0.5))
def test_a_greater_share_keeps_what_a_smaller_one_chose(text: str, one: float, other: float) -> None:
    assert is_validation(text, min(one, other)) <= is_validation(text, max(one, other))


@pytest.mark.parametrize("same", ["its late, anna", "ITS  LATE —\tAnna!", "“Ｉｔｓ late (Anna)”"])
def test_how_it_is_written_makes_no_difference(same: str) -> None:
    assert normalised(same) == "its late anna"


@pytest.mark.parametrize(
    ("text", "expected"), [("Straße", "strasse"), ("日本語。", "日本語"), ("…!", "...!"), ("", "")]
)
def test_texts_are_compared_by_letters_and_digits(text: str, expected: str) -> None:
    assert normalised(text) == expected


@given(st.text())
def test_comparing_twice_changes_nothing(text: str) -> None:
    assert normalised(normalised(text)) == normalised(text)


def test_the_choice_is_the_same_in_every_release() -> None:
    chosen = [n for n in range(60) if is_validation(f"Sentence {n}.", 0.1)]
    assert chosen == [10, 40, 49, 54]


def test_a_share_is_about_that_share() -> None:
    for share in (0.05, 0.5):
        chosen = sum(is_validation(f"Sentence {n}.", share) for n in range(4_000))
        assert chosen / 4_000 == pytest.approx(share, abs=0.02)


def test_without_a_share_nothing_is_chosen() -> None:
    assert not any(is_validation(f"Sentence {n}.", 0) for n in range(1_000))


@pytest.mark.parametrize("share", [-0.1, 0.51, float("nan")])
def test_a_share_beyond_a_half_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="a share from 0 to"):
        is_validation("text", share)

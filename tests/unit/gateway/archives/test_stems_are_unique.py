"""Base names, whatever datasets are called."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.archives import stems
from gateway.archives.stems import Stems, archive_name, slug
from tests.unit.gateway.archives.clips import dataset

SAFE = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?")
NAMES = st.one_of(
    st.text(), st.sampled_from(["", "..", "../../etc/passwd", "-rf", "CON", "a" * 300, "test", "Ｔｅｓｔ"])
)


@given(NAMES)
def test_a_slug_is_safe_everywhere(name: str) -> None:
    assert SAFE.fullmatch(slug(name))
    assert len(slug(name)) <= stems.MAX_SLUG_CHARS


@given(st.lists(NAMES, min_size=1, max_size=5))
def test_stems_are_unique_and_ascend_within_a_dataset(names: list[str]) -> None:
    datasets = [dataset(name, f"d{place}", segment_count=150_000) for place, name in enumerate(names)]
    made = Stems(datasets)
    found = [[made.stem(place, n) for n in (0, 9, 10, 99_999, 100_000)] for place in range(len(names))]
    assert len({stem.lower() for group in found for stem in group}) == 5 * len(names)
    assert all(group == sorted(group) for group in found)
    assert all(SAFE.fullmatch(stem) for group in found for stem in group)


def test_a_stem_reads_as_its_dataset_and_number() -> None:
    made = Stems([dataset("Kapitel Ä: Der Anfang", "d1")])
    assert re.fullmatch(r"kapitel-a-der-anfang-[0-9a-f]{8}-00007", made.stem(0, 7))
    assert made.stem(0, 7) == Stems([dataset("Kapitel Ä: Der Anfang", "d1")]).stem(0, 7)


def test_equal_names_and_other_runs_have_other_stems() -> None:
    made = Stems([dataset("Book", "d1"), dataset("Book", "d2"), dataset("Book", "d1", run=4)])
    assert len({made.stem(place, 0) for place in range(3)}) == 3


def test_ids_that_begin_alike_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stems, "_FEWEST_HASH_CHARS", 1)
    made = Stems([dataset("Book", f"d{number}") for number in range(100)])
    assert len({made.stem(place, 0) for place in range(100)}) == 100


def test_the_same_dataset_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        Stems([dataset(), dataset()])


@pytest.mark.parametrize(
    ("name", "expected"), [("Test", "testx"), ("my test2 val", "my-testx2-valx"), ("latest devices", "latest-devices")]
)
def test_no_file_is_taken_for_a_part_of_the_set(name: str, expected: str) -> None:
    assert slug(name) == expected


def test_an_archive_is_named_as_wished_or_after_its_datasets() -> None:
    book, other = dataset("The Book"), dataset("日本", "d2")
    assert archive_name("My Voice!", [book]) == "my-voice"
    assert archive_name("日本", [book]) == "the-book"
    assert archive_name(None, [book]) == "the-book"
    assert archive_name(None, [other]) == "clips"
    assert archive_name(None, [book, other, other]) == "the-book-and-2-more"

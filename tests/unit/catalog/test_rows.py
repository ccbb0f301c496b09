"""What is stored of a row is all of it, and nothing that Postgres can't store."""

import pytest

from catalog.adapters.rows import columns_of, is_dataset_id, row_from
from catalog.adapters.tables import dataset, without_nul
from catalog.domain.projection import fold
from catalog.errors import Unreadable
from tests.unit.catalog.values import DATASET, Story

STORIES = [
    Story().uploaded(),
    Story().uploaded().requested(),
    Story().uploaded().requested().planned(4).progressed(1),
    Story().uploaded().requested().ready(),
    Story().uploaded().requested().ready().requested().failed(),
]


@pytest.mark.parametrize("story", STORIES)
def test_a_row_comes_back_from_its_columns_as_it_was(story: Story) -> None:
    row = fold({}, story.facts)[DATASET]
    assert row is not None
    assert row_from(columns_of(row)) == row


def test_every_column_of_the_table_is_filled() -> None:
    row = fold({}, STORIES[2].facts)[DATASET]
    assert row is not None
    assert set(columns_of(row)) == {column.name for column in dataset.columns}


def test_the_error_stands_in_words_beside_its_structure() -> None:
    row = fold({}, STORIES[4].facts)[DATASET]
    assert row is not None
    assert columns_of(row)["error_message"] == "The file holds no audio."


def test_a_stored_row_of_another_shape_is_unreadable_and_says_what_to_do() -> None:
    row = fold({}, STORIES[0].facts)[DATASET]
    assert row is not None
    with pytest.raises(Unreadable, match="catalog rebuild"):
        row_from(columns_of(row) | {"status": "sleeping"})


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("0b2f3a52-7e4b-4f0a-9c55-0f4f7f3b9a01", True),
        ("0B2F3A52-7E4B-4F0A-9C55-0F4F7F3B9A01", False),
        ("{0b2f3a52-7e4b-4f0a-9c55-0f4f7f3b9a01}", False),
        ("0b2f3a527e4b4f0a9c550f4f7f3b9a01", False),
        ("", False),
        ("1", False),
    ],
)
def test_only_uuids_as_we_write_them_are_ids(text: str, good: bool) -> None:
    assert is_dataset_id(text) is good


def test_nul_is_left_out_at_every_depth_and_nothing_else_is() -> None:
    odd = {"a\0": ["\0", "b\0c", {"d": "\\u0000", "e": 1, "f": None}]}
    assert without_nul(odd) == {"a": ["", "bc", {"d": "\\u0000", "e": 1, "f": None}]}

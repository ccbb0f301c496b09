"""Exports to read: the same hard texts from two datasets of one name, with one voice or with several."""

import itertools
from collections.abc import Sequence

import pytest

from tests.readers.folders import Row
from tests.readers.hard_texts import TEXTS

VOICES = ("Ann", '"Zoé" | the guest', "Bob Smith")


def rows_of(voices: Sequence[str | None], *, validation: bool = False) -> list[Row]:
    """Every text in each of two datasets; every fifth for validation where that is wanted."""
    voice = itertools.cycle(voices)
    return [
        Row(text, next(voice), dataset, n, validation and n % 5 == 4)
        for dataset in range(2)
        for n, text in enumerate(TEXTS)
    ]


@pytest.fixture(scope="session")
def one_voice() -> list[Row]:
    return rows_of([None])


@pytest.fixture(scope="session")
def several_voices() -> list[Row]:
    return rows_of(VOICES)


@pytest.fixture(scope="session")
def with_validation() -> list[Row]:
    return rows_of(VOICES, validation=True)

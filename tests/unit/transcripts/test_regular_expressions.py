"""Our regular expressions match the same on every Python from 3.11.0 on."""

import re
from pathlib import Path

import pytest

import transcripts

SOURCES = sorted(Path(transcripts.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_repeated_group_is_possessive(source: Path) -> None:
    # Before 3.11.5 such a group loses its place when it fails half-way: `(?:\d++ ++)?+\d` did not match "1".
    assert not re.findall(r"\)(?:[?*+]|\{[\d,]+\})\+", source.read_text(encoding="utf-8"))

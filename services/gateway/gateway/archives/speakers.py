"""Speakers as tables name them: one label for each name, different ones for different names. Pure.

Clips that name no speaker have one label in the whole archive, because forty chapters that one voice reads are the
common case. Two voices that no transcript names can't be told apart here.
"""

from collections.abc import Callable, Mapping
from typing import Final

from gateway.archives.clip import Overview

UNNAMED: Final = "unnamed"

Labels = Mapping[str | None, str]


def names(overview: Overview) -> tuple[str | None, ...]:
    """All speakers, in the order of their names; None, for clips that name none, comes last. Never empty."""
    return overview.speakers if overview.speakers and not overview.unnamed else (*overview.speakers, None)


def name_of(speaker: str | None, overview: Overview) -> str:
    """The speaker's own name, or what stands for none. The same as among `labels` in no special form."""
    return speaker if speaker is not None else _free(UNNAMED, set(overview.speakers))


def are_several(overview: Overview) -> bool:
    return len(names(overview)) > 1


def labels(overview: Overview, form: Callable[[str], str] = str) -> Labels:
    """Each speaker's name in the form of a table. Names that would become one get a number."""
    found: dict[str | None, str] = {}
    taken: set[str] = set()
    for name in names(overview):
        label = _free(form(UNNAMED if name is None else name), taken)
        taken.add(label)
        found[name] = label
    return found


def numbers(overview: Overview) -> Mapping[str | None, int]:
    """Each speaker's number from 0, in the order of `names`."""
    return {name: number for number, name in enumerate(names(overview))}


def _free(label: str, taken: set[str]) -> str:
    if label not in taken:
        return label
    number = 2
    while f"{label}-{number}" in taken:
        number += 1
    return f"{label}-{number}"

"""Speakers as tables name them: one label for each name, different ones for different names. Pure.

Clips that name no speaker have one label in the whole archive, because forty chapters that one voice reads are the
common case. Two voices that no transcript names can't be told apart here.
"""

from collections.abc import Callable, Mapping

from gateway.archives.clip import UNNAMED, Overview

Labels = Mapping[str | None, str]


def names(overview: Overview) -> tuple[str | None, ...]:
    """All speakers, in the order of their names; None, for clips that name none, comes last. Never empty."""
    return overview.speakers if overview.speakers and not overview.unnamed else (*overview.speakers, None)


def name_of(speaker: str | None, overview: Overview) -> str:
    """The speaker's own name, or what stands for none. The same as among `labels` in no special form."""
    return speaker if speaker is not None else overview.unnamed_label


def are_several(overview: Overview) -> bool:
    return len(names(overview)) > 1


def labels(overview: Overview, form: Callable[[str], str] = str) -> Labels:
    """Each speaker's name in the form of a table. Names that would become one get a number."""
    found: dict[str | None, str] = {}
    taken: set[str] = set()
    last: dict[str, int] = {}  # the last number that each form got: numbers are not tried again
    for name in names(overview):
        label = whole = form(UNNAMED if name is None else name)
        while label in taken:
            last[whole] = last.get(whole, 1) + 1
            label = f"{whole}-{last[whole]}"
        taken.add(label)
        found[name] = label
    return found


def numbers(overview: Overview) -> Mapping[str | None, int]:
    """Each speaker's number from 0, in the order of `names`."""
    return {name: number for number, name in enumerate(names(overview))}

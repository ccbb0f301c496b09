"""Which rows of a manifest match a question, and in which order they come. Pure.

Rows are looked at once, in the order of the manifest; each match gives a number to sort by.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from math import inf
from typing import Final

from msgspec import UNSET, Struct, UnsetType

from contracts.flags import rank

MAX_Q_CHARS: Final = 200
MAX_FLAGS: Final = 20

_FLAGS: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:,[a-z0-9]+(?:-[a-z0-9]+)*)*")


class Sort(StrEnum):
    """`-` before a column turns its order round. Rows that are equal, or have no value, keep the manifest's order."""

    N = "n"
    DURATION = "duration"
    DURATION_DOWN = "-duration"
    CHARS_PER_SECOND = "chars_per_second"
    CHARS_PER_SECOND_DOWN = "-chars_per_second"
    WORST = "worst"


class Question(Struct, frozen=True):
    """`flags`: a row has at least one of them, where any is named. `q`: its text contains this, whatever the case."""

    sort: Sort = Sort.N
    flags: tuple[str, ...] = ()
    q: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether the answer is the manifest as it is."""
        return self == Question()

    @property
    def columns(self) -> tuple[str, ...]:
        """What a row must have beyond the text and the times that all rows have."""
        sorted_by = {Sort.WORST: "flags", Sort.CHARS_PER_SECOND: "chars_per_second"}.get(
            Sort(self.sort.removeprefix("-"))
        )
        return tuple(sorted({*(["flags"] if self.flags else []), *([sorted_by] if sorted_by else [])}))


class Row(Struct, frozen=True):
    """The columns that a question can be about. What a row lacks is UNSET; a value may be unknown, too."""

    text: str = ""
    duration: float = 0.0
    chars_per_second: float | UnsetType | None = UNSET
    flags: tuple[str, ...] | UnsetType = UNSET


def is_flags(text: str) -> bool:
    return _FLAGS.fullmatch(text) is not None and text.count(",") < MAX_FLAGS


def is_q(text: str) -> bool:
    return 0 < len(text) <= MAX_Q_CHARS


def missing(question: Question, row: Row) -> tuple[str, ...]:
    """The columns that `question` needs and `row` lacks."""
    return tuple(column for column in question.columns if getattr(row, column) is UNSET)


def matches(question: Question, row: Row) -> bool:
    """Whether the row is asked for. `question` has its `q` in folded case: see `folded`."""
    has_flag = not question.flags or any(flag in question.flags for flag in row.flags or ())
    return has_flag and (not question.q or question.q in row.text.casefold())


def folded(question: Question) -> Question:
    return Question(question.sort, question.flags, question.q.casefold())


def sort_key(sort: Sort, row: Row) -> float:
    """Ascending; rows without a value come last."""
    match sort:
        case Sort.N:
            return 0.0
        case Sort.DURATION:
            return row.duration
        case Sort.DURATION_DOWN:
            return -row.duration
        case Sort.CHARS_PER_SECOND:
            return _or_last(row.chars_per_second)
        case Sort.CHARS_PER_SECOND_DOWN:
            return _or_last(row.chars_per_second, -1)
        case Sort.WORST:
            return _badness(row.flags or ())


def _or_last(value: float | UnsetType | None, sign: int = 1) -> float:
    return sign * value if isinstance(value, int | float) else inf


def _badness(flags: Sequence[str]) -> float:
    """By the worst flag, then by how many there are. A flag of a newer release is worse than none."""
    if not flags:
        return inf
    return min(map(rank, flags)) * 1_000.0 - min(len(flags), 999)

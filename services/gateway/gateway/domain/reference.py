"""How a path names a result: `<dataset id>`, the current one, or `<dataset id>@<run>`, the one of that run. Pure."""

import re
from typing import Final, NamedTuple
from uuid import UUID

_RUN: Final = re.compile(r"[1-9][0-9]{0,18}")
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,8}")


class Reference(NamedTuple):
    """`run` None means whichever result is the current one."""

    dataset_id: str
    run: int | None


def reference_of(text: str) -> Reference | None:
    """None where no dataset can have this id, or no run this number."""
    named, at, run = text.partition("@")
    try:
        dataset_id = str(UUID(named))
    except ValueError:
        return None
    if not at:
        return Reference(dataset_id, None)
    return Reference(dataset_id, int(run)) if _RUN.fullmatch(run) else None


def segment_number_of(text: str) -> int | None:
    """A segment's zero-based number in plain digits; None for anything else."""
    return int(text) if _NUMBER.fullmatch(text) else None

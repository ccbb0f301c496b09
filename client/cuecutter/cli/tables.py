"""Columns of plain text, as wide as they need to be, counted in cells of a terminal."""

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len

_GAP: Final = 2


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines without blanks at their ends. Columns of numbers, below their head, are flush right."""
    if not rows:
        return []
    columns = list(zip(*rows, strict=True))
    widths = [max(map(cell_len, column)) for column in columns]
    numeric = [all(cell.isdecimal() for cell in column[1:]) and len(column) > 1 for column in columns]
    return [(" " * _GAP).join(map(_padded, row, widths, numeric)).rstrip() for row in rows]


def _padded(cell: str, width: int, is_number: bool) -> str:
    blank = " " * (width - cell_len(cell))
    return blank + cell if is_number else cell + blank

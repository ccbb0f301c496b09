"""Rounds become ratios, ratios a table. A ratio is taken within a round: a noisy machine slows both its sides."""

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Final

from msgspec import Struct

RATIO: Final = "×"

_HEAD: Final = ("figure", "min", "median", "max", "rounds", "aim")


class Figure(Struct, frozen=True):
    """One line of the table: a value a round, in `unit`. `aim` is the target, for people to read; it is not tested."""

    name: str
    unit: str
    rounds: tuple[float, ...]
    aim: str = ""

    @property
    def median(self) -> float:
        return median(self.rounds)


def seconds(name: str, rounds: Iterable[float], aim: str = "") -> Figure:
    return Figure(name, "s", tuple(rounds), aim)


def ratio(name: str, above: Sequence[float], below: Sequence[float], aim: str = "") -> Figure:
    """`above` ÷ `below`, round by round.

    Raises: ValueError when the two were not measured in the same rounds.
    """
    return Figure(name, RATIO, tuple(a / b for a, b in zip(above, below, strict=True)), aim)


def table(figures: Sequence[Figure]) -> str:
    """Lines of text in columns; a figure without rounds was not measured and has no line."""
    rows = [_HEAD, *(_row(figure) for figure in figures if figure.rounds)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return "\n".join(_line(row, widths) for row in rows)


def _row(figure: Figure) -> tuple[str, ...]:
    values = [f"{_short(value)} {figure.unit}" for value in (min(figure.rounds), figure.median, max(figure.rounds))]
    return (figure.name, *values, str(len(figure.rounds)), figure.aim)


def _short(value: float) -> str:
    """Three digits that count."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    name, *values, aim = (
        cell.ljust(width) if column in (0, len(row) - 1) else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join((name, *values, aim)).rstrip()

"""Text of strangers (file names, answers of servers, members of archives) as it is safe to print to a terminal."""

import json
from typing import Final

import msgspec

MOST_CHARS: Final = 300


def printable(text: str, most: int = MOST_CHARS) -> str:
    """`text` on one line: whatever is not printable is escaped, such as `\\x1b`, and the rest cut at `most` characters.

    Escaped are control characters, line ends, marks of direction, and bytes of file names that are no UTF-8.
    """
    shown = "".join(char if char.isprintable() else _escaped(char) for char in text[: most + 1])
    return shown if len(text) <= most else shown[:most] + "…"


def json_text(value: object) -> str:
    """JSON with line ends, in which what is not printable is escaped as JSON has it, so that it may be seen, too."""
    text = msgspec.json.format(msgspec.json.encode(value)).decode()
    return "".join(char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text)


def json_line(value: object) -> str:
    """The same in one line."""
    text = msgspec.json.encode(value).decode()
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in text)


def clock(seconds: float) -> str:
    """A time span for people: `7 s`, `3:05 min`, `2:00 h`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02} min"
    return f"{whole // 3600}:{whole // 60 % 60:02} h"


def size(count: float) -> str:
    """A number of bytes for people, in units of 1024: `7 B`, `3.1 MiB`."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            break
        count /= 1024
    return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"


def counted(counts: dict[str, int]) -> str:
    """Codes with their numbers, the most frequent first: `bad-time 3, empty-text 1`."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{printable(code)} {number}" for code, number in ordered)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")

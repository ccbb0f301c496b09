"""Texts in tables whose columns are separated by pipes, and in lines of JSON.

Half of the trainers read such a table with CSV quoting, half split it at pipes. A text from here is the same to both,
and is on one line to every reader.
"""

import re
from typing import Any, Final

import msgspec

NOTHING: Final = "…"  # for a text of which nothing is left: no reader takes an empty column

# \s has all that splitlines() ends a line at; CSV and terminals take other control characters for more than text.
_APART: Final = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ufeff]+")
_ENDS_A_LINE: Final = ((b"\xc2\x85", rb"\u0085"), (b"\xe2\x80\xa8", rb"\u2028"), (b"\xe2\x80\xa9", rb"\u2029"))


def one_line(text: str) -> str:
    """`text` in one line, without control characters and runs of spaces, and never empty."""
    return _APART.sub(" ", text).strip(" ") or NOTHING


def for_pipes(text: str) -> str:
    """`text` in one line, without pipes, control characters and runs of spaces, and never empty.

    A straight quote at the beginning becomes a curly one, and so does the next one: with CSV quoting, the first would
    be left out, and would take the following rows into this one up to the next quote. Others stay, for they are only
    text to every reader.
    """
    plain = one_line(text.replace("|", " "))
    if plain.startswith('"'):
        plain = "“" + plain[1:].replace('"', "”", 1)
    return plain


def json_line(row: dict[str, Any]) -> bytes:
    """`row` as a line of JSON, keys in their order. Texts are exact; what some readers take for the end of a line is
    escaped.
    """
    line = msgspec.json.encode(row)
    for raw, escaped in _ENDS_A_LINE:
        line = line.replace(raw, escaped)
    return line + b"\n"

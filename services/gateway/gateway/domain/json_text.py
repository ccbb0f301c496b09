"""JSON as a client writes it, read strictly, with errors in plain words."""

import json
from decimal import Decimal
from typing import Any, Final

from gateway.domain.quoting import quoted

_TOO_DEEP: Final = "is nested too deeply"
_MAX_DIGITS: Final = 30


def read(text: str) -> Any:
    """The value in `text`.

    Raises: ValueError saying in half a sentence, to follow the name of a field, what is wrong.
    """
    try:
        return json.loads(text, object_pairs_hook=members, parse_int=_whole_number, parse_constant=refuse_constant)
    except json.JSONDecodeError as exc:
        raise ValueError(f"is not JSON from line {exc.lineno}, column {exc.colno} on") from exc
    except RecursionError as exc:
        raise ValueError(_TOO_DEEP) from exc


def type_of(value: Any) -> str:
    """What JSON calls `value`, with its article."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int() | float() | Decimal():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
    return "an object"


def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises: ValueError for a name that is there twice."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            # Readers differ in which of the two they take, so neither is taken.
            raise ValueError(f"has the member {quoted(name)} twice")
        found[name] = value
    return found


def _whole_number(digits: str) -> int | float:
    # Python refuses to read very long ones, with an error that speaks of Python's settings.
    return int(digits) if len(digits) <= _MAX_DIGITS else float(digits)


def refuse_constant(name: str) -> Any:
    """Raises: ValueError, for NaN and the infinities, which Python's reader would take."""
    raise ValueError(f"is not JSON: there is no {name} in it")

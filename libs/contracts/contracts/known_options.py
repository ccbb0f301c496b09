"""Options for readers that only show them: the fields that this release does not know are dropped.

`contracts.dataset.Options` itself refuses unknown fields, because cutting without one of them would cut wrongly. A
reader that only shows options must not lose a whole row or list because of one.
"""

from typing import Any, Final

import msgspec

from contracts.dataset import Options, TextOptions

_OPTIONS: Final = "options"  # in every event, result and row that has them


def to_known_options(options: dict[str, Any]) -> Options:
    """Raises: msgspec.ValidationError where a field that is known has a value that is not allowed."""
    return msgspec.convert(_known_fields(options), Options)


def drop_unknown_options(body: bytes) -> bytes:
    """The JSON in `body`, in which every member `options`, at any depth, has only the fields that are known here.

    Raises: msgspec.DecodeError, UnicodeDecodeError for what is no JSON.
    """
    return msgspec.json.encode(_without_unknown(msgspec.json.decode(body)))


def _without_unknown(value: Any) -> Any:
    match value:
        case dict():
            return {name: _member(name, member) for name, member in value.items()}
        case list():
            return [_without_unknown(member) for member in value]
    return value


def _member(name: str, value: Any) -> Any:
    return _known_fields(value) if name == _OPTIONS and isinstance(value, dict) else _without_unknown(value)


def _known_fields(options: dict[str, Any]) -> dict[str, Any]:
    known = {name: value for name, value in options.items() if name in Options.__struct_fields__}
    if isinstance(text := known.get("text"), dict):
        known["text"] = {name: value for name, value in text.items() if name in TextOptions.__struct_fields__}
    return known

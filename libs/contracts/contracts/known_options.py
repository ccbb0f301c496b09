"""Options for readers that show them and act on none: what this release does not know of them is left out.

`contracts.dataset.Options` itself refuses unknown fields, because cutting without one of them would cut wrongly. A
row or a list must not vanish for it.
"""

from typing import Any, Final

import msgspec

from contracts.dataset import Options

_MEMBER: Final = "options"  # in every event, result and row that has them


def known(options: dict[str, Any]) -> Options:
    """Raises: msgspec.ValidationError where a field that is known has a value that is not allowed."""
    return msgspec.convert(_known_fields(options), Options)


def with_known_options(body: bytes) -> bytes:
    """The JSON in `body`, in which every member `options`, at any depth, has only the fields that are known here.

    Raises: msgspec.DecodeError, UnicodeDecodeError for what is no JSON.
    """
    return msgspec.json.encode(_pruned(msgspec.json.decode(body)))


def _pruned(value: Any) -> Any:
    match value:
        case dict():
            return {name: _member(name, member) for name, member in value.items()}
        case list():
            return [_pruned(member) for member in value]
    return value


def _member(name: str, value: Any) -> Any:
    return _known_fields(value) if name == _MEMBER and isinstance(value, dict) else _pruned(value)


def _known_fields(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name in Options.__struct_fields__}

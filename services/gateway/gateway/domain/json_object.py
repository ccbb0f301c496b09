"""A small body that must be a JSON object."""

from typing import Any

from gateway.domain import json_text
from gateway.errors import FieldError, InvalidRequest


def of_body(raw: bytes, example: str, others: tuple[FieldError, ...]) -> dict[str, Any]:
    """The object; `example` is one, for the error.

    Raises: InvalidRequest, after `others`, for a body that is no JSON object.
    """
    try:
        value = json_text.read(raw.decode("utf-8"))
    except UnicodeDecodeError as exc:
        raise InvalidRequest(*others, FieldError("body", "invalid", "The body must be UTF-8 text.")) from exc
    except ValueError as exc:
        raise InvalidRequest(*others, _error(example, str(exc))) from exc
    if not isinstance(value, dict):
        raise InvalidRequest(*others, _error(example, f"is {json_text.type_of(value)}"))
    return value


def _error(example: str, why: str) -> FieldError:
    return FieldError("body", "invalid", f"The body must be a JSON object such as {example}; it {why}.")

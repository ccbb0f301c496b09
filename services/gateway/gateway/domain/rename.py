"""A merge patch (RFC 7396) of what a person calls a dataset: its name, its description, or both."""

from typing import Any, Final

from msgspec import Struct

from gateway.domain import fields, json_object, json_text
from gateway.domain.quoting import printable, quoted
from gateway.errors import FieldError, InvalidRequest

EXAMPLE: Final = '{"name": "Chapter 1"}'
MEMBERS: Final = ("name", "description")


class Change(Struct, frozen=True, kw_only=True):
    """None: as it is."""

    name: str | None = None
    description: str | None = None


def of_body(raw: bytes, *others: FieldError) -> Change:
    """A description of null is removed, which leaves it empty; a name can't be removed.

    Raises: InvalidRequest with every error, after `others`.
    """
    body = json_object.of_body(raw, EXAMPLE, others)
    errors, values = list(others), {}
    for member, value in body.items():
        try:
            values[member] = _value(member, value)
        except InvalidRequest as exc:
            errors += exc.field_errors
    if errors:
        raise InvalidRequest(*errors)
    return Change(**values)


def _value(member: str, value: Any) -> str:
    if member not in MEMBERS:
        detail = f"There is no member {quoted(member)} of the body; there are {', '.join(MEMBERS)}, as in {EXAMPLE}."
        raise InvalidRequest(FieldError(printable(member), "unknown", detail))
    if value is None and member == "description":
        return ""
    if not isinstance(value, str):
        detail = f"'{member}' must be a string, as in {EXAMPLE}, and is {json_text.type_of(value)}."
        raise InvalidRequest(FieldError(member, "invalid", detail))
    if not fields.is_text(value):
        raise InvalidRequest(FieldError(member, "invalid", f"'{member}' must be text, and has half a character in it."))
    return fields.value_of(member, value.encode()) or ""

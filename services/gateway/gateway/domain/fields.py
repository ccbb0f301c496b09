"""The form of an upload: which fields there are, and what they may contain. Each is checked alone, as it arrives."""

import unicodedata
from collections.abc import Callable, Mapping
from typing import Any, Final

from msgspec import Struct

from contracts.dataset import Options, TranscriptType
from gateway.domain import options
from gateway.errors import FieldError, InvalidRequest

MAX_NAME_CHARS: Final = 200
MAX_DESCRIPTION_CHARS: Final = 2_000
MAX_ENCODING_CHARS: Final = 64
MAX_FIELD_BYTES: Final = 16 * 1024  # no valid value of a text field is longer

_LAYOUT: Final = frozenset("\t\n\r")
# A corrected list of cues is made here and not uploaded.
TYPES: Final = {kind.value: kind for kind in TranscriptType if kind is not TranscriptType.CUES}
_SWITCHES: Final = {"true": True, "1": True, "false": False, "0": False}


class Form(Struct, frozen=True, kw_only=True):
    """The text fields of an upload, checked. None in `transcript_*` means: decided by content."""

    name: str
    description: str = ""
    transcript_type: TranscriptType | None = None
    transcript_encoding: str | None = None
    auto_process: bool = False
    options: Options = Options()


def value_of(field: str, raw: bytes) -> Any:
    """What `raw` says for `field`, one of `FIELDS`; None where an optional field is left empty.

    Raises: InvalidRequest naming the field.
    """
    try:
        text = raw.decode("utf-8").strip()
        return FIELDS[field](text) if text or field == "name" else None
    except ValueError as exc:
        reason = "must be UTF-8 text" if isinstance(exc, UnicodeDecodeError) else str(exc)
        raise InvalidRequest(_error(field, f"'{field}' {reason}")) from exc


def form_of(values: Mapping[str, Any]) -> Form:
    """`values` are those of `value_of`, by field; `name` must be among them."""
    return Form(**{field: value for field, value in values.items() if value is not None})


def _error(field: str, detail: str) -> FieldError:
    return FieldError(field, "invalid", f"{detail}.")


def _name(text: str) -> str:
    if not 1 <= len(text) <= MAX_NAME_CHARS:
        raise ValueError(f"must have 1 to {MAX_NAME_CHARS} characters, and has {len(text)}")
    return _without_controls(text, frozenset())


def _description(text: str) -> str:
    if len(text) > MAX_DESCRIPTION_CHARS:
        raise ValueError(f"must have at most {MAX_DESCRIPTION_CHARS} characters, and has {len(text)}")
    return _without_controls(text, _LAYOUT)


def _without_controls(text: str, allowed: frozenset[str]) -> str:
    if any(unicodedata.category(character) == "Cc" and character not in allowed for character in text):
        raise ValueError("must not contain control characters")
    return text


def _transcript_type(text: str) -> TranscriptType:
    if text not in TYPES:
        raise ValueError(f"must be one of {', '.join(TYPES)}")
    return TYPES[text]


def is_text(text: str) -> bool:
    """Whether it can be written as UTF-8: JSON may hold halves of characters."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_encoding_name(text: str) -> bool:
    """Whether it looks like one; the transcript's reader knows which there are."""
    return len(text) <= MAX_ENCODING_CHARS and text.isascii() and text.isprintable()


def _encoding(text: str) -> str:
    if not is_encoding_name(text):
        raise ValueError("must be the name of an encoding, such as windows-1252")
    return text


def _switch(text: str) -> bool:
    if text.lower() not in _SWITCHES:
        raise ValueError("must be 'true' or 'false'")
    return _SWITCHES[text.lower()]


FIELDS: Final[Mapping[str, Callable[[str], Any]]] = {
    "name": _name,
    "description": _description,
    "transcript_type": _transcript_type,
    "transcript_encoding": _encoding,
    "auto_process": _switch,
    "options": options.of_text,
}

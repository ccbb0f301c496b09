"""The options of a run as clients write them. Every fault is found, and says what is allowed and how it looks."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from msgspec import Struct

from contracts.dataset import Options
from gateway.domain import json_text
from gateway.domain.wording import quoted, shown
from gateway.errors import Fault, InvalidRequest

MIN_RATE_HZ: Final = 8_000
MAX_RATE_HZ: Final = 48_000
EXAMPLE: Final = '{"sample_rate": 24000}'
BODY_EXAMPLE: Final = f'{{"options": {EXAMPLE}}}'


class Rule(Struct, frozen=True):
    """What an option may be: `must_be` in words, `allows` as a test."""

    must_be: str
    allows: Callable[[Any], bool]


def _is_rate(value: Any) -> bool:
    return value is None or (type(value) is int and MIN_RATE_HZ <= value <= MAX_RATE_HZ)


RULES: Final[dict[str, Rule]] = {
    "sample_rate": Rule(
        f"a whole number from {MIN_RATE_HZ} to {MAX_RATE_HZ} (Hz), or null to keep the source's rate", _is_rate
    ),
}

_KNOWN: Final = ", ".join(RULES)
_MUST_BE: Final = f"must be a JSON object such as {EXAMPLE}"
# What Python's requests makes of a dict in `data=`: a part for each key. And what str() makes of it.
_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DUMPS: Final = (
    "From Python, send json.dumps(...) of the dict: requests sends a dict in data= as the names of its keys."
)


def of_text(text: str) -> Options:
    """The options that a form's field says.

    Raises: InvalidRequest with every fault.
    """
    if (_KEY.fullmatch(text) and text not in ("null", "true", "false")) or text.startswith("{'"):
        raise _invalid(f"{_MUST_BE}, and is the text {quoted(text)}. {_DUMPS}")
    try:
        value = json_text.read(text)
    except ValueError as exc:
        raise _invalid(f"{_MUST_BE}; it {exc}.") from exc
    return _agreed(value, list(faults_of(value)))


def of_body(raw: bytes, *others: Fault) -> Options | None:
    """The options that the body of `process` asks for; None where there is no body or it names none.

    Raises: InvalidRequest with every fault, after `others`.
    """
    body = _object(raw, others)
    faults = [*others, *(_unknown_member(name) for name in body if name != "options")]
    options = body.get("options")
    if options is not None:
        faults += faults_of(options)
    if faults:
        raise InvalidRequest(*faults)
    return None if options is None else Options(**options)


def faults_of(options: Any) -> Iterator[Fault]:
    """Everything that is wrong with `options`, read from JSON."""
    if not isinstance(options, dict):
        yield Fault("options", "invalid", f"'options' {_MUST_BE}, and is {json_text.kind_of(options)}.")
        return
    for name, value in options.items():
        if name not in RULES:
            yield Fault(
                f"options.{shown(name)}",
                "unknown",
                f"There is no option {quoted(name)}; there are: {_KNOWN}. {_such()}",
            )
        elif not RULES[name].allows(value):
            yield Fault(f"options.{name}", "invalid", f"'options.{name}' must be {RULES[name].must_be}. {_such()}")


def _agreed(value: Any, faults: list[Fault]) -> Options:
    if faults:
        raise InvalidRequest(*faults)
    return Options(**value)


def _object(raw: bytes, others: tuple[Fault, ...]) -> dict[str, Any]:
    """Raises: InvalidRequest for a body that is no JSON object."""
    if not raw.strip():
        return {}
    try:
        value = json_text.read(raw.decode("utf-8"))
    except UnicodeDecodeError as exc:
        raise InvalidRequest(*others, Fault("body", "invalid", "The body must be UTF-8 text.")) from exc
    except ValueError as exc:
        raise InvalidRequest(*others, _bad_body(str(exc))) from exc
    if not isinstance(value, dict):
        raise InvalidRequest(*others, _bad_body(f"is {json_text.kind_of(value)}"))
    return value


def _bad_body(why: str) -> Fault:
    return Fault("body", "invalid", f"The body must be a JSON object such as {BODY_EXAMPLE}; it {why}.")


def _unknown_member(name: str) -> Fault:
    return Fault(
        shown(name),
        "unknown",
        f"There is no member {quoted(name)} of the body; there is options, as in {BODY_EXAMPLE}.",
    )


def _such() -> str:
    return f"For example: {EXAMPLE}."


def _invalid(detail: str) -> InvalidRequest:
    return InvalidRequest(Fault("options", "invalid", f"'options' {detail}"))

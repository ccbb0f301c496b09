"""The options of a run as clients write them. Every error is reported, with what is allowed and an example."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
from msgspec import Struct

from contracts.dataset import Options
from gateway.domain import json_object, json_text
from gateway.domain.quoting import printable, quoted
from gateway.errors import FieldError, InvalidRequest

MIN_RATE_HZ: Final = 8_000
MAX_RATE_HZ: Final = 48_000
MAX_TRACK: Final = 999
MAX_CHANNEL: Final = 63
TIMELINES: Final = ("media", "samples")
CHANNELS: Final = ("mix", "left", "right")
TEXT: Final = {"tags": ("keep", "strip"), "entities": ("keep", "decode"), "repeats": ("keep", "collapse")}
MAX_TIER: Final = 999
MAX_TIER_CHARS: Final = 200
MAX_OFFSET_MS: Final = 1_000 * 3_600_000
MIN_SCALE: Final = 0.1
MAX_SCALE: Final = 10.0
EXAMPLE: Final = '{"sample_rate": 24000}'
BODY_EXAMPLE: Final = f'{{"options": {EXAMPLE}}}'


class Rule(Struct, frozen=True):
    """What an option may be: `expected` in words that follow "must be", `allows` as a test, and an `example`."""

    expected: str
    allows: Callable[[Any], bool]
    example: str


def _is_rate(value: Any) -> bool:
    return value is None or (type(value) is int and MIN_RATE_HZ <= value <= MAX_RATE_HZ)


def _is_track(value: Any) -> bool:
    return value is None or (type(value) is int and 0 <= value <= MAX_TRACK)


def _is_channel(value: Any) -> bool:
    return value in CHANNELS if isinstance(value, str) else type(value) is int and 0 <= value <= MAX_CHANNEL


def _is_text(value: Any) -> bool:
    return isinstance(value, dict) and all(each in TEXT.get(name, ()) for name, each in value.items())


def _is_tier(value: Any) -> bool:
    if isinstance(value, str):
        return 0 < len(value) <= MAX_TIER_CHARS and value.isprintable()
    return value is None or (type(value) is int and 0 <= value <= MAX_TIER)


def _is_offset(value: Any) -> bool:
    return type(value) is int and abs(value) <= MAX_OFFSET_MS


def _is_scale(value: Any) -> bool:
    return type(value) in (int, float) and MIN_SCALE <= value <= MAX_SCALE


RULES: Final[dict[str, Rule]] = {
    "sample_rate": Rule(
        f"a whole number from {MIN_RATE_HZ} to {MAX_RATE_HZ} (Hz), or null to keep the source's rate",
        _is_rate,
        EXAMPLE,
    ),
    "timeline": Rule(
        '"media" for the file\'s own time, or "samples" to count only the samples that are there',
        lambda value: isinstance(value, str) and value in TIMELINES,
        '{"timeline": "samples"}',
    ),
    "track": Rule(
        f"the number of an audio track, from 0 to {MAX_TRACK}, or null for the default one",
        _is_track,
        '{"track": 1}',
    ),
    "channel": Rule(
        f'"mix", "left", "right", or the number of a channel from 0 to {MAX_CHANNEL}',
        _is_channel,
        '{"channel": "left"}',
    ),
    "text": Rule(
        'an object with tags ("keep" or "strip"), entities ("keep" or "decode") and repeats ("keep" or "collapse")',
        _is_text,
        '{"text": {"tags": "strip"}}',
    ),
    "tier": Rule(
        "the name of a TextGrid's tier, or its number, 0 the first, or null", _is_tier, '{"tier": "sentences"}'
    ),
    "offset_ms": Rule(
        f"a whole number from -{MAX_OFFSET_MS} to {MAX_OFFSET_MS} (milliseconds)", _is_offset, '{"offset_ms": -3600000}'
    ),
    "time_scale": Rule(
        f"a number from {MIN_SCALE} to {MAX_SCALE}, by which times are multiplied", _is_scale, '{"time_scale": 0.95904}'
    ),
}

_OPTION_NAMES: Final = ", ".join(RULES)
_EXPECTED: Final = f"must be a JSON object such as {EXAMPLE}"
# What Python's requests makes of a dict in `data=`: a part for each key. And what str() makes of it.
_KEY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_DUMPS: Final = (
    "From Python, send json.dumps(...) of the dict: requests sends a dict in data= as the names of its keys."
)


def of_text(text: str) -> Options:
    """The options that a form's field says.

    Raises: InvalidRequest with every error.
    """
    if (_KEY.fullmatch(text) and text not in ("null", "true", "false")) or text.startswith("{'"):
        raise _invalid(f"{_EXPECTED}, and is the text {quoted(text)}. {_DUMPS}")
    try:
        value = json_text.read(text)
    except ValueError as exc:
        raise _invalid(f"{_EXPECTED}; it {exc}.") from exc
    return _options(value, list(errors_of(value)))


def of_body(raw: bytes, *others: FieldError) -> Options | None:
    """The options that the body of `process` asks for; None where there is no body or it names none.

    Raises: InvalidRequest with every error, after `others`.
    """
    body = json_object.of_body(raw, BODY_EXAMPLE, others) if raw.strip() else {}
    field_errors = [*others, *(_unknown_member(name) for name in body if name != "options")]
    options = body.get("options")
    if options is not None:
        field_errors += errors_of(options)
    if field_errors:
        raise InvalidRequest(*field_errors)
    return None if options is None else msgspec.convert(options, Options)


def errors_of(options: Any) -> Iterator[FieldError]:
    """Everything that is wrong with `options`, read from JSON."""
    if not isinstance(options, dict):
        yield FieldError("options", "invalid", f"'options' {_EXPECTED}, and is {json_text.type_of(options)}.")
        return
    for name, value in options.items():
        if name not in RULES:
            yield FieldError(
                f"options.{printable(name)}",
                "unknown",
                f"There is no option {quoted(name)}; there are: {_OPTION_NAMES}. For example: {EXAMPLE}.",
            )
        elif not RULES[name].allows(value):
            rule = RULES[name]
            detail = f"'options.{name}' must be {rule.expected}. For example: {rule.example}."
            yield FieldError(f"options.{name}", "invalid", detail)


def _options(value: Any, field_errors: list[FieldError]) -> Options:
    if field_errors:
        raise InvalidRequest(*field_errors)
    return msgspec.convert(value, Options)


def _unknown_member(name: str) -> FieldError:
    return FieldError(
        printable(name),
        "unknown",
        f"There is no member {quoted(name)} of the body; there is options, as in {BODY_EXAMPLE}.",
    )


def _invalid(detail: str) -> InvalidRequest:
    return InvalidRequest(FieldError("options", "invalid", f"'options' {detail}"))

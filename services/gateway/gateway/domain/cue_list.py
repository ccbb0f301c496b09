"""A corrected list of cues as clients write it. Every error is found, and names its cue and field.

Seconds are JSON numbers of any number of decimals; they are read exactly and rounded to microseconds, half to even.
"""

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import islice
from typing import Any, Final

from gateway.domain import fields, json_array, json_text
from gateway.domain.quoting import printable, quoted
from gateway.errors import FieldError, InvalidRequest
from transcripts import CorrectedCue, NoUsableCue, TooManyCues, write_corrected
from transcripts.characters import find_control, has_visible
from transcripts.cue_collector import MAX_CUES

MAX_SECONDS: Final = 10_000_000  # 115 days
MAX_TEXT_CHARS: Final = 20_000  # twenty minutes of speech
MAX_SPEAKER_CHARS: Final = 200
MAX_ERRORS: Final = 1_000  # no more are looked for
REQUIRED: Final = ("start", "end", "text")
OPTIONAL: Final = ("speaker", "excluded", "fixed")
READ_ONLY: Final = ("cue", "line", "findings")  # GET gives them, so what GET gave can be sent back
EXAMPLE: Final = '{"start": 1.25, "end": 2.5, "text": "It was late."}'

_MICROSECOND: Final = Decimal("0.000001")
_KNOWN: Final = frozenset((*REQUIRED, *OPTIONAL, *READ_ONLY))


def of_body(raw: bytes, *others: FieldError) -> tuple[CorrectedCue, ...]:
    """The list; empty where the array is. It is heavy work for a long one: not for the event loop.

    Raises: InvalidRequest with the first `MAX_ERRORS` errors, after `others`; TooManyCues above the reader's own limit.
    """
    cues: list[CorrectedCue] = []
    errors = list(others)
    try:
        for number, given in enumerate(json_array.elements(raw.decode("utf-8"))):
            if number == MAX_CUES:
                raise TooManyCues(f"more than {MAX_CUES} cues", remedy="upload the recording in parts")
            cues += _cue(number, given, errors)
            if len(errors) >= MAX_ERRORS:
                break
    except UnicodeDecodeError:
        errors.append(FieldError("body", "invalid", "The body must be UTF-8 text."))
    except ValueError as exc:
        errors.append(
            FieldError("body", "invalid", f"The body must be a JSON array of cues such as [{EXAMPLE}]; it {exc}.")
        )
    if errors:
        raise InvalidRequest(*errors)
    return tuple(cues)


def stored(cues: tuple[CorrectedCue, ...]) -> bytes:
    """The list as the transcript's object.

    Raises: NoUsableCue where there is none, or each is excluded.
    """
    if all(cue.excluded for cue in cues):
        raise NoUsableCue("no cue is left that makes a segment", dropped=(), remedy="give one that is not excluded")
    return write_corrected(cues)


def _cue(number: int, given: Any, errors: list[FieldError]) -> list[CorrectedCue]:
    """The cue, or none of it and its errors in `errors`."""
    own = list(islice(_errors(f"cues[{number}]", given), MAX_ERRORS))
    if own:
        errors += own
        return []
    speaker: str | None = given.get("speaker")
    cue = CorrectedCue(
        _microseconds(given["start"]),
        _microseconds(given["end"]),
        given["text"],
        None if speaker is None else speaker.strip(),
        excluded=given.get("excluded", False),
        fixed=given.get("fixed", False),
    )
    order = None if cue.excluded else _order_error(f"cues[{number}]", cue)
    if order is not None:
        errors.append(order)
    return [] if order else [cue]


def _errors(where: str, given: Any) -> Iterator[FieldError]:
    if not isinstance(given, dict):
        detail = f"'{where}' must be an object such as {EXAMPLE}, and is {json_text.type_of(given)}."
        yield FieldError(where, "invalid", detail)
        return
    for name in given.keys() - _KNOWN:
        detail = f"There is no member {quoted(name)} of a cue; there are {', '.join((*REQUIRED, *OPTIONAL))}."
        yield FieldError(f"{where}.{printable(name)}", "unknown", detail)
    for name in REQUIRED:
        if name not in given:
            yield FieldError(
                f"{where}.{name}", "missing", f"'{where}' has no '{name}'; a cue is, for example, {EXAMPLE}."
            )
    excluded = given.get("excluded", False) is True
    for name, value in given.items():
        must_be = None if name in READ_ONLY else _must_be(name, value, excluded=excluded)
        if must_be is not None:
            yield FieldError(f"{where}.{name}", "invalid", f"'{where}.{name}' must be {must_be}.")


def _must_be(name: str, value: Any, *, excluded: bool) -> str | None:
    """What the member must be; None where it is that."""
    match name:
        case "start" | "end":
            return None if value is None and excluded else _must_be_seconds(value)
        case "text":
            return _must_be_text(value, excluded=excluded)
        case "speaker":
            return None if _is_speaker(value) else f"null or a name of 1 to {MAX_SPEAKER_CHARS} characters"
        case "excluded" | "fixed":
            return None if isinstance(value, bool) else "true or false"
    return None


def _must_be_seconds(value: Any) -> str | None:
    if isinstance(value, Decimal) and 0 <= value <= MAX_SECONDS:
        return None
    return f"a number of seconds from 0 to {MAX_SECONDS}, such as 1.25 (null where the cue is excluded)"


def _must_be_text(value: Any, *, excluded: bool) -> str | None:
    if not isinstance(value, str) or not fields.is_text(value):
        return "a string"
    if len(value) > MAX_TEXT_CHARS:
        return f"at most {MAX_TEXT_CHARS} characters, and has {len(value)}; split the cue"
    if find_control(value) >= 0:
        return f"without control characters, and has U+{ord(value[find_control(value)]):04X}"
    return None if excluded or has_visible(value) else "a text with something to say; else exclude the cue"


def _is_speaker(value: Any) -> bool:
    if value is None:
        return True
    if not isinstance(value, str) or not fields.is_text(value) or len(value) > MAX_SPEAKER_CHARS:
        return False
    return has_visible(value) and "\n" not in value and find_control(value) < 0


def _microseconds(seconds: Decimal | None) -> int | None:
    if seconds is None:
        return None
    return int(seconds.quantize(_MICROSECOND, rounding=ROUND_HALF_EVEN).scaleb(6))


def _order_error(where: str, cue: CorrectedCue) -> FieldError | None:
    assert cue.start_us is not None
    assert cue.end_us is not None
    if cue.start_us < cue.end_us:
        return None
    code = "zero-length" if cue.start_us == cue.end_us else "end-before-start"
    times = f"it starts at {cue.start_us / 1e6:g} s and ends at {cue.end_us / 1e6:g} s"
    return FieldError(
        f"{where}.end", code, f"'{where}.end' must be later than its start: {times}. Else exclude the cue."
    )

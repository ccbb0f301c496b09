"""From an answer to a value, or to the exception that it means. Pure."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypeVar

import msgspec

from cuecutter.errors import GENERAL_REMEDY, Problem, UnusableAnswer
from cuecutter.steps import Answer

T = TypeVar("T")


def decoded(answer: Answer, kind: type[T]) -> T:
    """Raises: UnusableAnswer."""
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise UnusableAnswer(f"the answer is not what Cuecutter sends ({exc})") from exc


def problem_of(answer: Answer) -> Problem:
    """Of any answer that is no success, also one of a proxy that knows nothing of problems."""
    told = _members(answer.body)
    phrase = HTTPStatus(answer.status).phrase if answer.status in set(HTTPStatus) else "not a success"
    run = told.get("run")
    return Problem(
        status=answer.status,
        code=_text(told, "code", f"http-{answer.status}"),
        title=_text(told, "title", phrase),
        detail=_text(told, "detail", ""),
        remedy=_text(told, "remedy", GENERAL_REMEDY),
        errors=_errors(told.get("errors")),
        request_id=_text(told, "request_id", answer.headers.get("x-request-id", "")) or None,
        retry_after_seconds=retry_after_seconds(answer.headers),
        run=run if isinstance(run, int) else None,
    )


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """None where it is not there, or is a date, which no gateway of ours sends."""
    text = headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _members(body: bytes) -> dict[str, Any]:
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return told if isinstance(told, dict) else {}


def _text(told: dict[str, Any], name: str, otherwise: str) -> str:
    value = told.get(name)
    return value if isinstance(value, str) else otherwise


def _errors(told: Any) -> tuple[dict[str, Any], ...]:
    return tuple(one for one in told if isinstance(one, dict)) if isinstance(told, list) else ()

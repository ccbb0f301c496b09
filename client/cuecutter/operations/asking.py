"""An answer that is no success becomes its exception here, for all operations."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from cuecutter.decoding import decoded, problem_of
from cuecutter.errors import ServerTooOld
from cuecutter.steps import Answer, Ask, Operation
from cuecutter.values import Dataset

DOCUMENT: Final = "/schema/openapi.json"
JSON: Final = {"content-type": "application/json"}

_NO_SUCH_CALL: Final = (404, 405)


def succeeded(ask: Ask) -> Operation[Answer]:
    """The answer of a call that succeeded.

    Raises: Problem, Unreachable, ServerTooOld.
    """
    answer: Answer = yield ask
    if answer.status < 300:
        return answer
    if ask.call and answer.status in _NO_SUCH_CALL and (yield from is_missing(ask.call)):
        raise ServerTooOld(ask.call)
    raise problem_of(answer)


def is_missing(call: str) -> Operation[bool]:
    """Whether the server's own document lacks a call; of a server without a document, nothing is known."""
    answer: Answer = yield Ask("GET", DOCUMENT)
    return answer.status == 200 and call not in paths_of(decoded(answer, dict[str, Any]))


def paths_of(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """By path, what may be done there."""
    paths = document.get("paths")
    return paths if isinstance(paths, dict) else {}


def dataset(ask: Ask) -> Operation[Dataset]:
    """A call that is answered with one dataset."""
    answer = yield from succeeded(ask)
    return with_etag(decoded(answer, Dataset), answer)


def with_etag(value: Dataset, answer: Answer) -> Dataset:
    return msgspec.structs.replace(value, etag=answer.headers.get("etag"))

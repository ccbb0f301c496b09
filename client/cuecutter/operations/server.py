"""What a server is and can do, from its OpenAPI document."""

from typing import Any, Final

from cuecutter.decoding import decoded
from cuecutter.operations.asking import DOCUMENT, paths_of, succeeded
from cuecutter.steps import Ask, Operation
from cuecutter.values import Server

ARCHIVE: Final = "/tts/archive"


def server() -> Operation[Server]:
    document = decoded((yield from succeeded(Ask("GET", DOCUMENT))), dict[str, Any])
    info = document.get("info")
    version = info.get("version") if isinstance(info, dict) else None
    return Server(str(version or "unknown"), _formats(document), tuple(sorted(paths_of(document))))


def _formats(document: dict[str, Any]) -> tuple[str, ...]:
    """The values of `format`, in the server's order; none of a server without archives."""
    try:
        parameters = paths_of(document)[ARCHIVE]["get"]["parameters"]
        return next(tuple(one["schema"]["enum"]) for one in parameters if one["name"] == "format")
    except (KeyError, TypeError, StopIteration):
        return ()

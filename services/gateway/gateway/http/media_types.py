"""The media types of small bodies. A body that says it is something else is not read as if it were not."""

from typing import Any, Final

from litestar import Request

from gateway.errors import UnsupportedMediaType

JSON: Final = "application/json"
MERGE_PATCH: Final = "application/merge-patch+json"


def require(request: Request[Any, Any, Any], *allowed: str) -> None:
    """A body without Content-Type is taken for the first of `allowed`.

    Raises: UnsupportedMediaType.
    """
    given = request.headers.get("content-type", "").partition(";")[0].strip(" \t").lower()
    if given and given not in allowed:
        raise UnsupportedMediaType(f"The body must be {' or '.join(allowed)}.")

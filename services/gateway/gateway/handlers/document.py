"""`/schema/openapi.json`: the API for a stranger's tools. One JSON file, open to everyone, no links to other hosts.

The framework derives it from the routes; what it can't know or gets wrong is corrected here, in the finished document.
"""

from functools import cache
from typing import Any, Final

import msgspec
from litestar import HttpMethod, Litestar, Request, Response, route

from gateway.handlers import downloads_document
from gateway.http import openapi
from gateway.http.problems import RETRY_SECONDS

MEDIA_TYPE: Final = "application/vnd.oai.openapi+json"
CACHED_SECONDS: Final = 300  # the same for everyone, and changed by a release only

_HEADERS: Final[dict[str, dict[str, Any]]] = {
    "401": {"WWW-Authenticate": {"description": "RFC 6750.", "required": True, "schema": {"type": "string"}}},
    "503": {
        "Retry-After": {
            "description": "In seconds.",
            "required": False,
            "schema": {"type": "integer", "examples": [RETRY_SECONDS]},
        }
    },
}


@route(openapi.DOCUMENT_PATH, http_method=[HttpMethod.GET, HttpMethod.HEAD], status_code=200, include_in_schema=False)
async def document(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The OpenAPI 3.1 document."""
    headers = {"cache-control": f"public, max-age={CACHED_SECONDS}"}
    return Response(_document(request.app), media_type=MEDIA_TYPE, headers=headers)


@cache
def _document(app: Litestar) -> bytes:
    schema = app.openapi_schema.to_schema()
    for item in schema["paths"].values():
        for method, operation in item.items():
            downloads_document.describe(operation["operationId"], operation)
            if method in ("get", "head"):
                operation.setdefault("security", openapi.TOKEN_OR_SESSION)
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = _without_null(parameter["schema"])
            for status, answer in operation["responses"].items():
                _correct(method, status, answer)
    return msgspec.json.encode(schema)


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    # A query parameter may be left out, but there is no way to write that it is null.
    one_of = schema.pop("oneOf", [])
    return schema | next((choice for choice in one_of if choice != {"type": "null"}), {})


def _correct(method: str, status: str, answer: dict[str, Any]) -> None:
    """The framework gives every answer a body, HEAD's, 204's, 304's and 307's too, and a problem no headers."""
    if method == "head" or status in ("204", "304", "307"):
        answer.pop("content", None)
    answer.setdefault("headers", {}).update(_HEADERS.get(status, {}))

"""The OpenAPI 3.1 document: what the framework can't see by itself. One JSON file; no pages with foreign scripts."""

from dataclasses import dataclass
from typing import Any, Final

from litestar import HttpMethod, Request, Router
from litestar.datastructures import ResponseHeader
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import (
    Components,
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    RequestBody,
    Schema,
    SecurityScheme,
)

from gateway.adapters.problems import MEDIA_TYPE, Problem
from gateway.domain import fields

DOCUMENT_PATH: Final = "/schema/openapi.json"
LOCATION: Final = ResponseHeader(
    name="Location", description="The dataset's path.", value="", documentation_only=True, required=True
)
NEXT_PAGE: Final = ResponseHeader(
    name="Link", description='The next page, as <…>; rel="next", when there is one.', value="", documentation_only=True
)

ANYBODY: Final[list[dict[str, list[str]]]] = [{}]  # the security of a route that needs no token

_WHY: Final = {
    400: "The request is not valid; `errors` names the fields.",
    401: "There is no valid bearer token.",
    404: "There is no such dataset, or it is somebody else's.",
    408: "The upload took too long.",
    409: "The dataset's state does not allow it; `run` is the run under way.",
    413: "A part is too large.",
    415: "The recording is in no known format.",
    422: "The recording is empty, or the transcript can't be used; `errors` names the lines.",
    503: "Something the gateway needs is away; `Retry-After` says when to ask again.",
}


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """The documented problem answers of a route, for each of `statuses`."""
    return {
        status: ResponseSpec(Problem, generate_examples=False, description=_WHY[status], media_type=MEDIA_TYPE)
        for status in statuses
    }


def operation(name: str) -> Any:
    """Names a route's operations: HEAD is another one than GET and needs another name."""
    return lambda handler, method, path: name if method == HttpMethod.GET else f"{name}Headers"


def config(version: str) -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Cuecutter",
        version=version,
        description="Turns a recording and its transcript into TTS training data.",
        components=Components(
            security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")}
        ),
        security=[{"bearer": []}],
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        openapi_router=Router("/schema", route_handlers=[], include_in_schema=False, before_request=_only_the_document),
        use_handler_docstrings=True,
    )


def _only_the_document(request: Request[Any, Any, Any]) -> None:
    # The framework adds an HTML page for every other path below /schema; ours are problems everywhere.
    if request.scope["path"] != DOCUMENT_PATH:
        raise NotFoundException


_TEXT: Final = Schema(type=OpenAPIType.STRING)
_BYTES: Final = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
_OPTIONS: Final = Schema(
    type=OpenAPIType.OBJECT,
    properties={
        "sample_rate": Schema(
            type=[OpenAPIType.INTEGER, OpenAPIType.NULL],
            minimum=8_000,
            maximum=48_000,
            description="In Hz; null keeps the source's rate, which is never exceeded.",
        )
    },
    additional_properties=False,
)
_UPLOAD: Final = Schema(
    type=OpenAPIType.OBJECT,
    required=["audio", "transcript", "name"],
    properties={
        "audio": _BYTES,
        "transcript": Schema(
            type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY, description="A file or a text field."
        ),
        "name": Schema(type=OpenAPIType.STRING, min_length=1, max_length=fields.MAX_NAME_CHARS),
        "description": Schema(type=OpenAPIType.STRING, max_length=fields.MAX_DESCRIPTION_CHARS),
        "transcript_type": Schema(type=OpenAPIType.STRING, enum=["srt", "text"], description="Default: by content."),
        "transcript_encoding": _TEXT,
        "auto_process": Schema(type=OpenAPIType.STRING, enum=["true", "false", "1", "0"], default="false"),
        "options": _OPTIONS,
    },
    additional_properties=False,
)


@dataclass
class UploadOperation(Operation):
    """Documents the multipart body that the handler reads as a stream."""

    def __post_init__(self) -> None:
        self.request_body = RequestBody({"multipart/form-data": OpenAPIMediaType(schema=_UPLOAD)}, required=True)


@dataclass
class ProcessOperation(Operation):
    """Documents the optional JSON body."""

    def __post_init__(self) -> None:
        body = Schema(type=OpenAPIType.OBJECT, properties={"options": _OPTIONS}, additional_properties=False)
        self.request_body = RequestBody({"application/json": OpenAPIMediaType(schema=body)}, required=False)

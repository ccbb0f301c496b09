"""What the OpenAPI 3.1 document says that the framework can't derive from the routes."""

from dataclasses import dataclass, replace
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

from gateway.domain import fields, options
from gateway.http.problem_types import problem_types
from gateway.http.problems import MEDIA_TYPE, Problem
from gateway.http.sessions import COOKIE

DOCUMENT_PATH: Final = "/schema/openapi.json"
LOCATION: Final = ResponseHeader(
    name="Location", description="The dataset's path.", value="", documentation_only=True, required=True
)
ETAG: Final = ResponseHeader(
    name="ETag",
    description="Names what was read or written, for If-Match.",
    value="",
    documentation_only=True,
    required=True,
)
NEXT_PAGE: Final = ResponseHeader(
    name="Link", description='The next page, as <…>; rel="next", when there is one.', value="", documentation_only=True
)

PUBLIC: Final[list[dict[str, list[str]]]] = [{}]  # the security of a route that needs no token

# Of a route that only reads.
TOKEN_OR_SESSION: Final[list[dict[str, list[str]]]] = [{"bearer": []}, {"session": []}]

_DESCRIPTION: Final = (
    "Turns a recording and its transcript into TTS training data. Every error is a problem object "
    "(RFC 9457) with a stable `code` and a `remedy`. Every answer has an `X-Request-Id`; send one, and it is kept. "
    "Unknown paths are 404, other methods 405, unknown query parameters 400."
)

_STATUS_DESCRIPTIONS: Final = {
    400: "The request is not valid; `errors` names the fields.",
    401: "There is no valid bearer token.",
    404: "There is no such dataset, or it is another user's.",
    408: "The body took too long to arrive.",
    409: "The dataset's state does not allow it; `run` is the run in progress.",
    410: "The result that is named has been replaced by a later one.",
    412: "It has changed since the client read it.",
    413: "The body, or a part of it, is too large.",
    415: "The recording can't be read, as far as its first bytes say; or the body is no transcript or of another type.",
    416: "All bytes that Range asks for are outside the object; `Content-Range` says how many it has.",
    422: "The recording is empty, or the transcript can't be used; `errors` names the lines.",
    428: "There is no If-Match.",
    429: "The caller has too many uploads in progress; `Retry-After` says when to ask again.",
    500: "The gateway failed; `request_id` finds out why.",
    503: "Something the gateway needs is unavailable; `Retry-After` says when to ask again.",
}


def problems(*statuses: int) -> dict[int, ResponseSpec]:
    """The documented problem answers of a route: for each of `statuses`, and for an internal error."""
    return {
        status: ResponseSpec(Problem, generate_examples=False, description=_description(status), media_type=MEDIA_TYPE)
        for status in (*statuses, 500)
    }


def _description(status: int) -> str:
    codes = ", ".join(f"`{each.code}`" for each in problem_types() if each.status == status)
    return f"{_STATUS_DESCRIPTIONS[status]} One of {codes}."


def operation(name: str) -> Any:
    """Names a route's operations: HEAD is an operation of its own, with a name of its own."""
    return lambda handler, method, path: name if method == HttpMethod.GET else f"{name}Headers"


def config(version: str) -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Cuecutter",
        version=version,
        description=_DESCRIPTION,
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT"),
                "session": SecurityScheme(type="apiKey", name=COOKIE, security_scheme_in="cookie"),
            }
        ),
        security=[{"bearer": []}],
        # The framework always serves the document itself, with an HTML page. `gateway.handlers.document` does that.
        render_plugins=[JsonRenderPlugin(path="/-")],
        openapi_router=Router("/schema/-", route_handlers=[], include_in_schema=False, before_request=_not_found),
        use_handler_docstrings=True,
    )


def _not_found(_: Request[Any, Any, Any]) -> None:
    raise NotFoundException


_OPTIONS: Final = Schema(
    type=OpenAPIType.OBJECT,
    description="How the recording is cut.",
    properties={
        "sample_rate": Schema(
            type=[OpenAPIType.INTEGER, OpenAPIType.NULL],
            minimum=8_000,
            maximum=48_000,
            description="In Hz; null keeps the source's rate, which is never exceeded.",
        ),
        "timeline": Schema(
            type=OpenAPIType.STRING,
            enum=list(options.TIMELINES),
            default="media",
            description="media: the file's own time, on which holes are silence. samples: the first sample is 0.",
        ),
        "track": Schema(
            type=[OpenAPIType.INTEGER, OpenAPIType.NULL],
            minimum=0,
            maximum=options.MAX_TRACK,
            description="Among the audio tracks; null is the one flagged default, else the first that can be decoded.",
        ),
        "channel": Schema(
            one_of=[
                Schema(type=OpenAPIType.STRING, enum=list(options.CHANNELS)),
                Schema(type=OpenAPIType.INTEGER, minimum=0, maximum=options.MAX_CHANNEL),
            ],
            default="mix",
            description="mix is the average of all channels; left is 0, right is 1.",
        ),
        "text": Schema(
            type=OpenAPIType.OBJECT,
            properties={
                name: Schema(type=OpenAPIType.STRING, enum=list(values), default="keep")
                for name, values in options.TEXT.items()
            },
            additional_properties=False,
            description="tags: strip removes tags and ASS codes. entities: decode those of HTML. repeats: collapse"
            " gives each line of captions that repeat theirs once.",
        ),
        "tier": Schema(
            one_of=[
                Schema(type=OpenAPIType.STRING, min_length=1, max_length=options.MAX_TIER_CHARS),
                Schema(type=OpenAPIType.INTEGER, minimum=0, maximum=options.MAX_TIER),
                Schema(type=OpenAPIType.NULL),
            ],
            description="Of a TextGrid, by name or number; null is the one that looks like a transcription.",
        ),
        "offset_ms": Schema(
            type=OpenAPIType.INTEGER,
            minimum=-options.MAX_OFFSET_MS,
            maximum=options.MAX_OFFSET_MS,
            default=0,
            description="Added to every time of the transcript.",
        ),
        "time_scale": Schema(
            type=OpenAPIType.NUMBER,
            minimum=options.MIN_SCALE,
            maximum=options.MAX_SCALE,
            default=1,
            description="Multiplied into every time, after the offset.",
        ),
    },
    additional_properties=False,
)
_RUN_OPTIONS: Final = "How the recording is cut. Null, or left out: as the dataset's `options` say."
_UPLOAD: Final = Schema(
    type=OpenAPIType.OBJECT,
    description="The parts may come in any order, each of them once. File names and types are not read.",
    required=["audio", "transcript", "name"],
    properties={
        "audio": Schema(
            type=OpenAPIType.STRING,
            format=OpenAPIFormat.BINARY,
            description="The recording: WAV, FLAC, MP3, M4A, Ogg, Opus, WebM, AIFF and others. Its bytes decide.",
        ),
        "transcript": Schema(
            type=OpenAPIType.STRING,
            format=OpenAPIFormat.BINARY,
            description="SRT, WebVTT, ASS, TTML, JSON of Whisper and others give a segment a cue; plain text gives one "
            "segment over everything. A file or a text field.",
        ),
        "name": Schema(
            type=OpenAPIType.STRING,
            min_length=1,
            max_length=fields.MAX_NAME_CHARS,
            description="Yours to choose. White space around it is stripped; no control characters.",
        ),
        "description": Schema(
            type=OpenAPIType.STRING,
            max_length=fields.MAX_DESCRIPTION_CHARS,
            description="Of any number of lines. Left out or empty, there is none.",
        ),
        "transcript_type": Schema(
            type=OpenAPIType.STRING,
            enum=list(fields.TYPES),
            description="Left out, the content decides.",
        ),
        "transcript_encoding": Schema(
            type=OpenAPIType.STRING,
            max_length=fields.MAX_ENCODING_CHARS,
            description="For a transcript that is neither UTF-8 nor begins with a byte order mark.",
            examples=["windows-1252"],
        ),
        "auto_process": Schema(
            type=OpenAPIType.STRING,
            enum=["true", "false", "1", "0"],
            default="false",
            description="Whether the first run begins at once.",
        ),
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
        wanted = replace(_OPTIONS, type=[OpenAPIType.OBJECT, OpenAPIType.NULL], description=_RUN_OPTIONS)
        body = Schema(type=OpenAPIType.OBJECT, properties={"options": wanted}, additional_properties=False)
        self.request_body = RequestBody({"application/json": OpenAPIMediaType(schema=body)}, required=False)

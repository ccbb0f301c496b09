"""What the OpenAPI document says of downloads: the framework has no word for ranges, conditions and bytes."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from gateway.http.segment import EXAMPLE
from gateway.results.objects import Kind, content_types_of

DOWNLOADS: Final[Mapping[str, Kind]] = {
    "getManifest": Kind.MANIFEST,
    "getSegmentAudio": Kind.SEGMENT,
    "getRecording": Kind.RECORDING,
    "getTranscript": Kind.TRANSCRIPT,
    "getArchive": Kind.ARCHIVE,
    "getDatasetArchive": Kind.ARCHIVE,
}
_EXAMPLES: Final[Mapping[str, Any]] = {"listSegments": [EXAMPLE], "getSegment": EXAMPLE}
_PINNED: Final = {
    "description": "The request does not say of which runs: Location does, for as long as their results stand.",
    "headers": {"Location": {"description": "The same archive.", "required": True, "schema": {"type": "string"}}},
}
_BYTES: Final = {"type": "string", "format": "binary"}
_TEXT: Final = {"type": "string"}
_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "ETags that the client has: 304 where one of them holds.",
    "schema": _TEXT,
}
_PARAMETERS: Final = (
    {
        "name": "Range",
        "in": "header",
        "required": False,
        "description": "Bytes, one range or several; more than 16 parts that lie apart are answered with the whole.",
        "schema": _TEXT | {"examples": ["bytes=0-1023", "bytes=-500", "bytes=0-99,5000-5099"]},
    },
    {
        "name": "If-Range",
        "in": "header",
        "required": False,
        "description": "An ETag: Range counts only where it still holds.",
        "schema": _TEXT,
    },
    _NONE_MATCH,
)
_ETAG: Final = {"ETag": {"description": "Strong: the same ETag is the same bytes.", "required": True, "schema": _TEXT}}
_NOT_MODIFIED: Final = {"description": "The client has it already.", "headers": _ETAG}


def describe(name: str, operation: dict[str, Any]) -> None:
    """Completes the operation called `name` in a finished document. HEAD's names end in `Headers`."""
    own = name.removesuffix("Headers")
    if own in DOWNLOADS:
        _describe_download(operation, content_types_of(DOWNLOADS[own]), is_head=own != name)
        if DOWNLOADS[own] is Kind.ARCHIVE:
            operation["responses"]["307"] = _copy(_PINNED)
    elif own in _EXAMPLES:
        answers = operation["responses"]
        answers["200"].setdefault("headers", {}).update(_ETAG)
        answers["304"] = _copy(_NOT_MODIFIED)
        operation.setdefault("parameters", []).append(_copy(_NONE_MATCH))
        answers["200"]["content"]["application/json"]["example"] = _EXAMPLES[own]


def _describe_download(operation: dict[str, Any], content_types: Sequence[str], is_head: bool) -> None:
    answers = operation["responses"]
    held = {content_type: {"schema": _BYTES} for content_type in content_types}
    answers["200"] |= {"content": held, "headers": _copy(_ETAG) | {"Accept-Ranges": _header("Always `bytes`.")}}
    answers["304"] = _copy(_NOT_MODIFIED)
    if is_head:
        answers.pop("416")
    else:
        answers["206"] = {
            "description": "The bytes that Range asks for.",
            "content": held | {"multipart/byteranges": {"schema": _BYTES}},
            "headers": _copy(_ETAG) | {"Content-Range": _header("Of a single range.")},
        }
    shown = _PARAMETERS if not is_head else (_NONE_MATCH,)
    operation.setdefault("parameters", []).extend(_copy(parameter) for parameter in shown)


def _header(description: str) -> dict[str, Any]:
    return {"description": description, "required": False, "schema": _TEXT}


def _copy(described: Mapping[str, Any]) -> dict[str, Any]:
    """The document's parts are corrected in place, so no two may share one."""
    return {key: _copy(value) if isinstance(value, Mapping) else value for key, value in described.items()}

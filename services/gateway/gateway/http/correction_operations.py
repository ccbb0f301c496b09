"""The bodies of corrections in the OpenAPI document: the routes read them as they come."""

from dataclasses import dataclass
from typing import Final

from litestar.openapi.spec import (
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    RequestBody,
    Schema,
)

from gateway.domain import cue_list, fields
from gateway.http import media_types

_NAMES: Final = Schema(
    type=OpenAPIType.OBJECT,
    description="A merge patch: what is left out stays as it is.",
    properties={
        "name": Schema(type=OpenAPIType.STRING, min_length=1, max_length=fields.MAX_NAME_CHARS),
        "description": Schema(
            type=[OpenAPIType.STRING, OpenAPIType.NULL],
            max_length=fields.MAX_DESCRIPTION_CHARS,
            description="Null, or empty: there is none.",
        ),
    },
    additional_properties=False,
    examples=[{"name": "Chapter 1"}],
)


def _seconds(which: str) -> Schema:
    return Schema(
        type=[OpenAPIType.NUMBER, OpenAPIType.NULL],
        minimum=0,
        maximum=cue_list.MAX_SECONDS,
        description=f"Seconds in the recording, rounded to microseconds. {which} Null only where the cue is excluded.",
    )


_CUE: Final = Schema(
    type=OpenAPIType.OBJECT,
    required=list(cue_list.REQUIRED),
    properties={
        "start": _seconds("It may overlap other cues."),
        "end": _seconds("Later than the start, except where the cue is excluded."),
        "text": Schema(
            type=OpenAPIType.STRING,
            max_length=cue_list.MAX_TEXT_CHARS,
            description="No control characters but line ends and tabs. Lines are joined by one space in the segment.",
        ),
        "speaker": Schema(
            type=[OpenAPIType.STRING, OpenAPIType.NULL], min_length=1, max_length=cue_list.MAX_SPEAKER_CHARS
        ),
        "excluded": Schema(type=OpenAPIType.BOOLEAN, default=False, description="It makes no segment."),
        "fixed": Schema(type=OpenAPIType.BOOLEAN, default=False, description="The times are final."),
        **{name: Schema(description="As GET gave it; it is not read.") for name in cue_list.READ_ONLY},
    },
    additional_properties=False,
    examples=[{"start": 1.25, "end": 2.5, "text": "It was late.", "speaker": "Ann"}],
)
_LIST: Final = Schema(type=OpenAPIType.ARRAY, items=_CUE, description="All cues, in order; what is left out is gone.")
_TRANSCRIPT: Final = Schema(
    type=OpenAPIType.STRING,
    format=OpenAPIFormat.BINARY,
    description="In any format that an upload may have. Its Content-Type is not read.",
)


@dataclass
class RenameOperation(Operation):
    """Documents the merge patch."""

    def __post_init__(self) -> None:
        bodies = {kind: OpenAPIMediaType(schema=_NAMES) for kind in (media_types.MERGE_PATCH, media_types.JSON)}
        self.request_body = RequestBody(bodies, required=True)


@dataclass
class TranscriptOperation(Operation):
    """Documents the transcript."""

    def __post_init__(self) -> None:
        bodies = {"application/octet-stream": OpenAPIMediaType(schema=_TRANSCRIPT)}
        self.request_body = RequestBody(bodies, required=True)


@dataclass
class CuesOperation(Operation):
    """Documents the list of cues."""

    def __post_init__(self) -> None:
        self.request_body = RequestBody({media_types.JSON: OpenAPIMediaType(schema=_LIST)}, required=True)

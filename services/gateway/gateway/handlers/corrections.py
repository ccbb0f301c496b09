"""The routes that correct a dataset, one function each: read, compare with what the client saw, decide, write, tell.

None is possible while a run is in progress, and each needs If-Match: the life's own compare-and-set then holds for what
the client saw, and not only for what this process did.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from litestar import HttpMethod, Request, Response, patch, put, route
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import HeaderParameter, QueryParameter

from contracts import commands, keys, life
from contracts.dataset import TranscriptType
from gateway.corrections.cue_answers import CueAnswers
from gateway.corrections.storing import store_transcript
from gateway.domain import cue_list, cue_view, rename
from gateway.domain.conditions import etag
from gateway.domain.cue_view import ListedCue
from gateway.domain.fields import TYPES
from gateway.domain.transcript import TranscriptInfo, inspect
from gateway.errors import CommandRefused, FieldError
from gateway.handlers.dataset_answers import DATASET, dataset_answer, id_of, tag_of, unchanged
from gateway.handlers.datasets import DatasetId
from gateway.handlers.request_context import RequestContext
from gateway.http import correction_operations, media_types, openapi, preconditions, request_body
from gateway.http.query import PARAMETERS, REPORT_WITH_BODY, deferred_errors
from gateway.http.schemas import Dataset
from objects import ObjectMissing, ObjectStore

SRT: Final = "application/x-subrip"
CUES: Final = TranscriptInfo(TranscriptType.CUES, "utf-8", "json")

IfMatch = Annotated[
    str | None,
    HeaderParameter(name="If-Match", description="The ETag of what is corrected, as it was read last; or `*` for any."),
]


@patch(
    DATASET,
    status_code=200,
    opt={REPORT_WITH_BODY: True},
    operation_id="renameDataset",
    response_description="The dataset.",
    operation_class=correction_operations.RenameOperation,
    response_headers=[openapi.LOCATION, openapi.ETAG],
    responses=openapi.problems(400, 401, 404, 408, 409, 412, 413, 415, 428, 503),
)
async def rename_dataset(
    dataset_id: DatasetId,
    request: Request[Any, Any, Any],
    context: NamedDependency[RequestContext],
    if_match: IfMatch = None,
) -> Response[Dataset]:
    """Changes the name, the description or both. If-Match is the dataset's ETag."""
    state, seen = await _seen_dataset(request, context, dataset_id)
    media_types.require(request, media_types.MERGE_PATCH, media_types.JSON)
    change = rename.of_body(await request_body.read(request), *deferred_errors(request))
    command = commands.RenameDataset(
        **context.identity(state.dataset_id),
        at=datetime.now(UTC),
        name=change.name,
        description=change.description,
        seen_seq=seen,
    )
    return dataset_answer(request, await context.lives.append(command), 200)


@put(
    f"{DATASET}/transcript",
    status_code=200,
    request_max_body_size=None,
    opt={PARAMETERS: ("transcript_type", "transcript_encoding")},
    operation_id="replaceTranscript",
    response_description="The dataset.",
    operation_class=correction_operations.TranscriptOperation,
    response_headers=[openapi.LOCATION, openapi.ETAG],
    responses=openapi.problems(400, 401, 404, 408, 409, 412, 413, 415, 422, 428, 429, 503),
)
async def replace_transcript(
    dataset_id: DatasetId,
    request: Request[Any, Any, Any],
    context: NamedDependency[RequestContext],
    store: NamedDependency[ObjectStore],
    transcript_type: Annotated[
        str | None,
        QueryParameter(description="Left out, the content decides.", schema_extra={"enum": list(TYPES)}),
    ] = None,
    transcript_encoding: Annotated[
        str | None,
        QueryParameter(description="For one that is neither UTF-8 nor begins with a byte order mark."),
    ] = None,
    if_match: IfMatch = None,
) -> Response[Dataset]:
    """Takes another transcript for the recording. The last result stays until a run makes the next. If-Match is the
    dataset's ETag.
    """
    state, seen = await _seen_dataset(request, context, dataset_id)
    kind = None if transcript_type is None else TYPES[transcript_type]
    async with context.uploads.transcript(request, context.caller) as body:
        info = await context.uploads.run_inspection(inspect, body, kind, transcript_encoding)
        prefix = keys.dataset_prefix(context.caller.user_id, state.dataset_id)
        given = await store_transcript(store, prefix, body, info)
    command = commands.ReplaceTranscript(
        **context.identity(state.dataset_id), at=datetime.now(UTC), transcript=given, seen_seq=seen
    )
    return dataset_answer(request, await context.lives.append(command), 200)


@route(
    f"{DATASET}/cues",
    http_method=(HttpMethod.GET, HttpMethod.HEAD),
    status_code=200,
    operation_id=openapi.operation("listCues"),
    response_description="Every cue, in file order.",
    response_headers=[openapi.ETAG],
    responses=openapi.problems(400, 401, 404, 422, 503),
)
async def list_cues(
    dataset_id: DatasetId,
    request: Request[Any, Any, Any],
    context: NamedDependency[RequestContext],
    cue_answers: NamedDependency[CueAnswers],
) -> Response[list[ListedCue]]:
    """Every cue of the transcript, those that make no segment too; `[]` for a plain text. With `Accept:
    application/x-subrip` those that make segments, as SRT.
    """
    state, _ = await context.lives.last(id_of(dataset_id), context.caller.user_id)
    source, headers = state.source, {"vary": "Accept"}
    try:
        if _wants_srt(request):
            headers |= {"etag": etag(f"{source.transcript_sha256}-srt")} | _AS_FILE
            return await cue_answers.answer(source, cue_view.as_srt, headers, SRT)
        headers |= {"etag": etag(source.transcript_sha256)}
        return await cue_answers.answer(source, cue_view.as_json, headers, media_types.JSON)
    except ObjectMissing:
        await context.lives.last(state.dataset_id, context.caller.user_id)  # it was deleted meanwhile
        raise


@put(
    f"{DATASET}/cues",
    status_code=200,
    request_max_body_size=None,
    opt={REPORT_WITH_BODY: True},
    operation_id="replaceCues",
    response_description="The dataset. The ETag is that of its cues.",
    operation_class=correction_operations.CuesOperation,
    response_headers=[openapi.LOCATION, openapi.ETAG],
    responses=openapi.problems(400, 401, 404, 408, 409, 412, 413, 415, 422, 428, 429, 503),
)
async def replace_cues(
    dataset_id: DatasetId,
    request: Request[Any, Any, Any],
    context: NamedDependency[RequestContext],
    store: NamedDependency[ObjectStore],
    if_match: IfMatch = None,
) -> Response[Dataset]:
    """Takes a corrected list of cues for the transcript. If-Match is the ETag of GET …/cues. `[]` leaves a plain text
    as it is.
    """
    state, at = await context.lives.last(id_of(dataset_id), context.caller.user_id)
    transcript = state.source.transcript_sha256
    seen = _seen(request, state, transcript, "GET …/cues")
    media_types.require(request, media_types.JSON)
    async with context.uploads.transcript(request, context.caller) as body:
        plain = state.source.transcript_type is TranscriptType.TEXT
        written = await context.uploads.run_inspection(_written, body, deferred_errors(request), plain)
        if written is None:
            # Nothing is appended, which would ask again whether this is still so.
            state, at = await context.lives.last(state.dataset_id, context.caller.user_id)
            _seen(request, state, state.source.transcript_sha256, "GET …/cues")
            return _cues_answered(Response(unchanged(state, at)), state)
        prefix = keys.dataset_prefix(context.caller.user_id, state.dataset_id)
        given = await store_transcript(store, prefix, written, CUES)
    command = commands.ReplaceTranscript(
        **context.identity(state.dataset_id),
        at=datetime.now(UTC),
        transcript=given,
        seen_sha256=transcript if seen else None,
    )
    appended = await context.lives.append(command)
    assert isinstance(appended.state, life.Alive)
    return _cues_answered(dataset_answer(request, appended, 200), appended.state)


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (rename_dataset, replace_transcript, list_cues, replace_cues)

# What somebody wrote is never shown as a page of ours.
_AS_FILE: Final = {
    "content-disposition": 'attachment; filename="transcript.srt"',
    "content-security-policy": "sandbox",
}


async def _seen_dataset(
    request: Request[Any, Any, Any], context: RequestContext, dataset_id: str
) -> tuple[life.Alive, int | None]:
    """The dataset, and its life's sequence where the client saw just that."""
    state, _ = await context.lives.last(id_of(dataset_id), context.caller.user_id)
    return state, state.seq if _seen(request, state, tag_of(state), "the dataset") else None


def _wants_srt(request: Request[Any, Any, Any]) -> bool:
    try:
        return request.accept.best_match([media_types.JSON, SRT]) == SRT
    except OverflowError:  # a quality without bounds, which the framework computes with
        return False


def _seen(request: Request[Any, Any, Any], state: life.Alive, tag: str, whose: str) -> bool:
    """Asked before the body is read; the life is asked again when it is appended to.

    Raises: PreconditionRequired, CommandRefused.
    """
    if isinstance(state, life.Processing):
        raise CommandRefused(life.Refused(code=life.ALREADY_PROCESSING, run=state.run))
    return preconditions.seen(request, tag, whose)


def _written(body: bytes, others: tuple[FieldError, ...], plain: bool) -> bytes | None:
    """The corrected list as it is stored; None where a plain text stays one."""
    cues = cue_list.of_body(body, *others)
    return None if plain and not cues else cue_list.stored(cues)


def _cues_answered(response: Response[Dataset], state: life.Alive) -> Response[Dataset]:
    """Headers are about what was put, which is the cues."""
    response.headers["etag"] = etag(state.source.transcript_sha256)
    return response

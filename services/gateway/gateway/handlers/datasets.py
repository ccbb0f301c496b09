"""The routes of datasets, one function each: read, decide, append, answer.

What a dataset's state allows is decided in `contracts.life`; a command that is refused there never returns here.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Final
from urllib.parse import urlencode
from uuid import uuid4

from litestar import HttpMethod, Request, Response, delete, post, route
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter, QueryParameter
from msgspec import structs

from contracts import commands, keys, life, view
from contracts.dataset import Source, Status
from contracts.queries import DatasetRow, ListDatasets
from gateway import metrics
from gateway.datasets.catalog_client import CatalogClient
from gateway.domain import conditions, fields, options, paging
from gateway.domain.transcript import TranscriptInfo
from gateway.errors import CatalogUnavailable, NotFound
from gateway.handlers.dataset_answers import DATASET, DATASETS, dataset_answer, id_of, tag_of
from gateway.handlers.request_context import RequestContext
from gateway.http import openapi, request_body
from gateway.http.correlation import set_dataset
from gateway.http.query import PARAMETERS, REPORT_WITH_BODY, deferred_errors
from gateway.http.schemas import Dataset, to_api
from gateway.uploads.form_reader import ParsedUpload
from gateway.uploads.staging import StoredObject

DatasetId = Annotated[str, PathParameter(description="The dataset's `id`.", schema_extra={"format": "uuid"})]

_READ: Final = (HttpMethod.GET, HttpMethod.HEAD)


@post(
    DATASETS,
    status_code=201,
    request_max_body_size=None,
    opt={REPORT_WITH_BODY: True},
    operation_id="createDataset",
    response_description="The new dataset.",
    operation_class=openapi.UploadOperation,
    response_headers=[openapi.LOCATION, openapi.ETAG],
    responses=openapi.problems(400, 401, 408, 413, 415, 422, 429, 503),
)
async def create_dataset(
    request: Request[Any, Any, Any],
    context: NamedDependency[RequestContext],
) -> Response[Dataset]:
    """Stores a recording with its transcript as a new dataset; with `auto_process` its first run begins, too."""
    context.lives.check()
    dataset_id = str(uuid4())
    prefix = keys.dataset_prefix(context.caller.user_id, dataset_id)
    async with context.uploads.slot(request, context.caller) as slot, context.uploads.staging(prefix) as staging:
        parsed = await context.uploads.read(request, staging, slot)
        form = fields.form_of(parsed.values)
        info = await context.uploads.inspect(parsed.transcript, form.transcript_type, form.transcript_encoding)
        text = await staging.transcript(parsed.transcript, info.extension)
        context.lives.check()
        # An append whose answer is lost may still be stored, so from here on the objects may belong to a life.
        staging.keep()
        identity, now = context.identity(dataset_id), datetime.now(UTC)
        upload = commands.Upload(
            **identity, at=now, source=_source(form, parsed, info, text, now), options=form.options
        )
        first_run = commands.RequestProcess(**identity, at=now) if form.auto_process else None
        appended = await context.lives.append_upload(upload, first_run)
    metrics.count_uploaded_bytes(parsed.audio.size_bytes, len(parsed.transcript))
    return dataset_answer(request, appended, 201)


@route(
    DATASETS,
    http_method=_READ,
    status_code=200,
    operation_id=openapi.operation("listDatasets"),
    response_description="A page of datasets.",
    opt={PARAMETERS: ("limit", "cursor", "status")},
    response_headers=[openapi.NEXT_PAGE],
    responses=openapi.problems(400, 401, 503),
)
async def list_datasets(
    context: NamedDependency[RequestContext],
    limit: Annotated[
        int, QueryParameter(ge=1, le=paging.MAX_LIMIT, description="The most datasets of a page.")
    ] = paging.DEFAULT_LIMIT,
    cursor: Annotated[str | None, QueryParameter(description="Where the page begins; from a Link header.")] = None,
    status: Annotated[Status | None, QueryParameter(description="Only datasets of this status.")] = None,
) -> Response[list[Dataset]]:
    """The caller's datasets, newest first. It may lag by a second; a single dataset never does."""
    before = None if cursor is None else paging.before_of(cursor)  # valid, as the guard has checked
    page = await context.catalog.datasets(
        ListDatasets(user_id=context.caller.user_id, limit=limit, before=before, status=status)
    )
    headers = {"link": _next_page(page.rows[-1], limit, status)} if page.more and page.rows else {}
    return Response([to_api(row) for row in page.rows], headers=headers)


@route(
    DATASET,
    http_method=_READ,
    status_code=200,
    operation_id=openapi.operation("getDataset"),
    response_description="The dataset.",
    response_headers=[openapi.ETAG],
    responses=openapi.problems(400, 401, 404, 503),
)
async def get_dataset(
    dataset_id: DatasetId,
    context: NamedDependency[RequestContext],
) -> Response[Dataset]:
    """One dataset, as of its last event or later. `progress` is null while the catalog is unavailable."""
    state, at = await context.lives.last(id_of(dataset_id), context.caller.user_id)
    row = view.row_of(state, at=at, created_seq=state.seq)
    if isinstance(state, life.Processing):
        row = await _with_progress(context.catalog, row)
    return Response(to_api(row), headers={"etag": conditions.etag(tag_of(state))})


@delete(
    DATASET,
    status_code=204,
    operation_id="deleteDataset",
    response_description="It is gone.",
    responses=openapi.problems(400, 401, 404, 503),
)
async def delete_dataset(
    dataset_id: DatasetId, request: Request[Any, Any, Any], context: NamedDependency[RequestContext]
) -> Response[None]:
    """Deletes a dataset permanently; a run of it ends. Its objects are deleted within a minute."""
    appended = await context.lives.append(
        commands.DeleteDataset(**context.identity(id_of(dataset_id)), at=datetime.now(UTC))
    )
    set_dataset(request.scope, id_of(dataset_id), appended.event.run)
    return Response(None, status_code=204)


@post(
    f"{DATASET}/process",
    status_code=202,
    opt={REPORT_WITH_BODY: True},
    operation_id="processDataset",
    response_description="The dataset, with its run begun.",
    operation_class=openapi.ProcessOperation,
    response_headers=[openapi.LOCATION, openapi.ETAG],
    responses=openapi.problems(400, 401, 404, 408, 409, 413, 503),
)
async def process_dataset(
    dataset_id: DatasetId,
    request: Request[Any, Any, Any],
    context: NamedDependency[RequestContext],
) -> Response[Dataset]:
    """Begins a run. Without `options` those apply that the dataset shows."""
    wanted = options.of_body(await request_body.read(request), *deferred_errors(request))
    command = commands.RequestProcess(**context.identity(id_of(dataset_id)), at=datetime.now(UTC), options=wanted)
    return dataset_answer(request, await context.lives.append(command), 202)


@post(
    f"{DATASET}/cancel",
    status_code=202,
    operation_id="cancelDataset",
    response_description="The dataset, with its run ended.",
    response_headers=[openapi.LOCATION, openapi.ETAG],
    responses=openapi.problems(400, 401, 404, 409, 503),
)
async def cancel_dataset(
    dataset_id: DatasetId, request: Request[Any, Any, Any], context: NamedDependency[RequestContext]
) -> Response[Dataset]:
    """Ends the run in progress; an earlier result stays."""
    command = commands.CancelProcess(**context.identity(id_of(dataset_id)), at=datetime.now(UTC))
    return dataset_answer(request, await context.lives.append(command), 202)


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (
    create_dataset,
    list_datasets,
    get_dataset,
    delete_dataset,
    process_dataset,
    cancel_dataset,
)


async def _with_progress(catalog: CatalogClient, row: DatasetRow) -> DatasetRow:
    """The row as the catalog has it, which alone counts segments; without progress where it can't be asked.

    Raises: NotFound when the dataset is deleted by now.
    """
    try:
        counted = await catalog.dataset(row.id, at_least=row.seq)
    except CatalogUnavailable:
        return structs.replace(row, progress=None)
    if counted is None:
        raise NotFound
    return counted


def _source(form: fields.Form, parsed: ParsedUpload, info: TranscriptInfo, text: StoredObject, at: datetime) -> Source:
    return Source(
        name=form.name,
        description=form.description,
        created_at=at,
        audio_key=parsed.audio.key,
        audio_bytes=parsed.audio.size_bytes,
        audio_sha256=parsed.audio.sha256,
        transcript_key=text.key,
        transcript_bytes=text.size_bytes,
        transcript_sha256=text.sha256,
        transcript_type=info.kind,
        transcript_encoding=info.encoding,
    )


def _next_page(last: DatasetRow, limit: int, status: Status | None) -> str:
    query = {"limit": limit, "cursor": paging.cursor_of(last.created_seq)} | (
        {"status": status.value} if status else {}
    )
    return f'<{DATASETS}?{urlencode(query)}>; rel="next"'

"""Routes that read what a dataset has: recording and transcript, and of its result the manifest, rows and slices.

Routes of results take `<id>@<run>`, too; a result that a later one has replaced is then 410, so pages are never mixed.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Final
from urllib.parse import urlencode

import msgspec
from litestar import HttpMethod, Request, Response, route
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter, QueryParameter
from litestar.response.base import ASGIResponse

from contracts.dataset import Result
from gateway.domain import conditions, segment_pages
from gateway.domain.row_order import MAX_Q_CHARS, Question, Sort
from gateway.domain.segment_pages import Place
from gateway.errors import ObjectDamaged, ResultRemoved
from gateway.handlers.dataset_answers import DATASET, DATASETS
from gateway.handlers.datasets import DatasetId
from gateway.http import openapi
from gateway.http.query import PARAMETERS, ROW_RULES
from gateway.http.segment import Segment
from gateway.results import objects
from gateway.results.reader import Reader
from objects import ObjectMissing

ResultName = Annotated[
    str,
    PathParameter(description="The dataset's `id` for its current result, or `<id>@<run>` for the result of that run."),
]
SegmentNumber = Annotated[
    str, PathParameter(description="The segment's `n`, from 0.", schema_extra={"examples": ["0"]})
]

_READ: Final = (HttpMethod.GET, HttpMethod.HEAD)


@route(
    f"{DATASET}/manifest",
    http_method=_READ,
    status_code=200,
    operation_id=openapi.operation("getManifest"),
    response_description="training_data.jsonl.",
    responses=openapi.problems(400, 401, 404, 409, 410, 416, 503),
)
async def get_manifest(
    dataset_id: ResultName, request: Request[Any, Any, Any], reader: NamedDependency[Reader]
) -> ASGIResponse:
    """The manifest of the result, as trainers read it. Its ETag is its sha256."""
    named, result = await reader.result(dataset_id)
    async with _explaining(reader, named):
        return await reader.download(named, await reader.manifest(result), request.method, request.headers)


@route(
    f"{DATASET}/segments",
    http_method=_READ,
    status_code=200,
    operation_id=openapi.operation("listSegments"),
    response_description="A page of rows.",
    opt={PARAMETERS: ROW_RULES},
    response_headers=[openapi.NEXT_PAGE],
    responses=openapi.problems(400, 401, 404, 409, 410, 503),
)
async def list_segments(
    dataset_id: ResultName,
    request: Request[Any, Any, Any],
    reader: NamedDependency[Reader],
    limit: Annotated[
        int, QueryParameter(ge=1, le=segment_pages.MAX_LIMIT, description="The most rows of a page.")
    ] = segment_pages.DEFAULT_LIMIT,
    cursor: Annotated[str | None, QueryParameter(description="Where the page begins; from a Link header.")] = None,
    flag: Annotated[
        str | None, QueryParameter(description="Only rows with one of these flags, separated by commas.")
    ] = None,
    q: Annotated[
        str | None,
        QueryParameter(
            min_length=1, max_length=MAX_Q_CHARS, description="Only rows whose text contains this, in any case."
        ),
    ] = None,
    sort: Annotated[Sort, QueryParameter(description="A column; `-` before it turns the order round.")] = Sort.N,
) -> Response[list[Segment]]:
    """Rows of the manifest, each with its number `n`. A page of the manifest as it is costs a short read at any
    position; the first page of a filter or another order reads the manifest once. A page may end early at 4 MiB.
    """
    named, result = await reader.result(dataset_id)
    question = Question(sort, tuple(flag.split(",")) if flag else (), q or "")
    async with _explaining(reader, named):
        page = await reader.manifests.page(result, question, _position(result, cursor), limit)
    headers = {"link": _next_page(named, result, page.next, limit, question)} if page.next is not None else {}
    return _rows(request, b"[%b]" % b",".join(_numbered(n, line) for n, line in page.rows), headers)


@route(
    f"{DATASET}/segments/{{number:str}}",
    http_method=_READ,
    status_code=200,
    operation_id=openapi.operation("getSegment"),
    response_description="The row.",
    responses=openapi.problems(400, 401, 404, 409, 410, 503),
)
async def get_segment(
    dataset_id: ResultName, number: SegmentNumber, request: Request[Any, Any, Any], reader: NamedDependency[Reader]
) -> Response[Segment]:
    """One row of the manifest."""
    named, result = await reader.result(dataset_id)
    async with _explaining(reader, named):
        return _rows(request, _numbered(*await reader.row(result, number)), {})


@route(
    f"{DATASET}/segments/{{number:str}}/audio",
    http_method=_READ,
    status_code=200,
    operation_id=openapi.operation("getSegmentAudio"),
    response_description="The slice: 16-bit mono WAV.",
    responses=openapi.problems(400, 401, 404, 409, 410, 416, 503),
)
async def get_segment_audio(
    dataset_id: ResultName, number: SegmentNumber, request: Request[Any, Any, Any], reader: NamedDependency[Reader]
) -> ASGIResponse:
    """What the row's `audio_filepath` names."""
    named, result = await reader.result(dataset_id)
    async with _explaining(reader, named):
        return await reader.download(named, await reader.slice(result, number), request.method, request.headers)


@route(
    f"{DATASET}/audio",
    http_method=_READ,
    status_code=200,
    operation_id=openapi.operation("getRecording"),
    response_description="The recording.",
    responses=openapi.problems(400, 401, 404, 416, 503),
)
async def get_recording(
    dataset_id: DatasetId, request: Request[Any, Any, Any], reader: NamedDependency[Reader]
) -> ASGIResponse:
    """The recording, byte for byte as it was uploaded."""
    state = await reader.dataset(dataset_id)
    async with _explaining(reader, state.dataset_id):
        stored = objects.recording(state.source)
        return await reader.download(state.dataset_id, stored, request.method, request.headers)


@route(
    f"{DATASET}/transcript",
    http_method=_READ,
    status_code=200,
    operation_id=openapi.operation("getTranscript"),
    response_description="The transcript.",
    responses=openapi.problems(400, 401, 404, 416, 503),
)
async def get_transcript(
    dataset_id: DatasetId, request: Request[Any, Any, Any], reader: NamedDependency[Reader]
) -> ASGIResponse:
    """The transcript, byte for byte as it was given last, to be saved as a file."""
    state = await reader.dataset(dataset_id)
    async with _explaining(reader, state.dataset_id):
        stored = objects.transcript(state.source)
        return await reader.download(state.dataset_id, stored, request.method, request.headers)


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (
    get_manifest,
    list_segments,
    get_segment,
    get_segment_audio,
    get_recording,
    get_transcript,
)


@asynccontextmanager
async def _explaining(reader: Reader, name: str) -> AsyncIterator[None]:
    try:
        yield
    except ObjectMissing as exc:
        raise await reader.explain(name, exc) from exc


def _position(result: Result, cursor: str | None) -> int:
    """Raises: ResultRemoved for a cursor into the rows of another result."""
    if cursor is None:
        return 0
    place = segment_pages.place_of(cursor)  # the guard has seen to it
    if place.run != result.run:
        raise ResultRemoved(f"These pages are of run {place.run}; the current result is that of run {result.run}.")
    return place.position


def _next_page(name: str, result: Result, position: int, limit: int, question: Question) -> str:
    asked = {
        "flag": ",".join(question.flags),
        "q": question.q,
        "sort": "" if question.sort is Sort.N else question.sort,
    }
    query = {"limit": limit, "cursor": segment_pages.cursor_of(Place(result.run, position))}
    query |= {name: value for name, value in asked.items() if value}
    return f'<{DATASETS}/{name}/segments?{urlencode(query)}>; rel="next"'


def _numbered(n: int, line: bytes) -> bytes:
    """The row with its number, whatever columns it has."""
    try:
        row: dict[str, msgspec.Raw] = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise ObjectDamaged(f"row {n} of the manifest can't be read") from exc
    return msgspec.json.encode({"n": n} | row)


def _rows(request: Request[Any, Any, Any], body: bytes, headers: dict[str, str]) -> Response[Any]:
    tag = conditions.etag(hashlib.sha256(body).hexdigest())
    headers |= {"etag": tag}
    if conditions.is_known(request.headers.get("if-none-match"), tag):
        return Response(None, status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")

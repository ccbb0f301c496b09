"""Routes of archives: results of one or many datasets as one file for a trainer, and what that would leave out.

A call that does not say of which runs is answered with the address that does, so that a download that is resumed never
mixes two results.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from litestar import HttpMethod, Request, get, route
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from litestar.response.base import ASGIResponse

from gateway.archives.answering import ArchiveCheck, Archiving, order_of
from gateway.archives.formats import FORMATS
from gateway.archives.order import Order
from gateway.archives.parameters import LANGUAGES, MAX_DATASETS, RULES, RULES_WITH_DATASETS, canonical, wish_of
from gateway.archives.split import MAX_SHARE
from gateway.handlers.dataset_answers import DATASET, DATASETS
from gateway.handlers.results import ResultName
from gateway.http import openapi
from gateway.http.query import PARAMETERS

ARCHIVE: Final = "/tts/archive"

_READ: Final = (HttpMethod.GET, HttpMethod.HEAD)
_PROBLEMS: Final = openapi.problems(400, 401, 404, 409, 410, 416, 503)
_DESCRIPTION: Final = "The archive: every slice, and the files that its trainer reads."

Datasets = Annotated[
    list[str],
    QueryParameter(
        description="A dataset's `id`, or `<id>@<run>`; once for each dataset.", min_items=1, max_items=MAX_DATASETS
    ),
]
FormatName = Annotated[str, QueryParameter(name="format", description="Whose archive it is.", enum=list(FORMATS))]
Share = Annotated[
    float, QueryParameter(ge=0, le=MAX_SHARE, description="The share of clips for validation, chosen by their text.")
]
Skip = Annotated[
    str | None, QueryParameter(description="Flags, separated by commas: segments that have one are left out.")
]
Name = Annotated[str | None, QueryParameter(description="The folder in the archive, and the name of its file.")]
Language = Annotated[
    str | None,
    QueryParameter(
        description="For gpt-sovits: the language of all texts. By their script if left out.", enum=list(LANGUAGES)
    ),
]

Version = Annotated[
    str | None,
    QueryParameter(description="From the address of a 307: 410 where the archive has other bytes than it had then."),
]


@route(
    ARCHIVE,
    http_method=_READ,
    status_code=200,
    operation_id=openapi.operation("getArchive"),
    response_description=_DESCRIPTION,
    opt={PARAMETERS: RULES_WITH_DATASETS},
    responses=_PROBLEMS,
)
async def get_archive(
    request: Request[Any, Any, Any],
    archiving: NamedDependency[Archiving],
    dataset: Datasets,
    form: FormatName,
    validation: Share = 0,
    skip: Skip = None,
    name: Name = None,
    language: Language = None,
    version: Version = None,
) -> ASGIResponse:
    """The results of up to 150 datasets as one archive that a trainer loads. It is 307 to the address that names the
    runs, where the request does not. Nothing is left out but what `skip` names.
    """
    order = await _order(archiving, dataset, request)
    if any("@" not in named for named in dataset):
        return _pinned(ARCHIVE, [("dataset", source.name) for source in order.sources], request, order)
    return await archiving.answer(order, version, request.method, request.headers)


@get(
    f"{ARCHIVE}/check",
    operation_id="checkArchive",
    response_description="What the trainer would leave out, and why.",
    opt={PARAMETERS: RULES_WITH_DATASETS},
    responses=openapi.problems(400, 401, 404, 409, 410, 503),
)
async def check_archive(
    request: Request[Any, Any, Any],
    archiving: NamedDependency[Archiving],
    dataset: Datasets,
    form: FormatName,
    validation: Share = 0,
    skip: Skip = None,
    name: Name = None,
    language: Language = None,
    version: Version = None,
) -> ArchiveCheck:
    """What the archive of the same parameters would hold, and which of its segments the trainer itself would leave out,
    cut off or stop at, each with the option that would save it.
    """
    return await archiving.check(await _order(archiving, dataset, request))


@route(
    f"{DATASET}/archive",
    http_method=_READ,
    status_code=200,
    operation_id=openapi.operation("getDatasetArchive"),
    response_description=_DESCRIPTION,
    opt={PARAMETERS: RULES},
    responses=_PROBLEMS,
)
async def get_dataset_archive(
    dataset_id: ResultName,
    request: Request[Any, Any, Any],
    archiving: NamedDependency[Archiving],
    form: FormatName,
    validation: Share = 0,
    skip: Skip = None,
    name: Name = None,
    language: Language = None,
    version: Version = None,
) -> ASGIResponse:
    """The same of one dataset."""
    order = await _order(archiving, [dataset_id], request)
    if "@" not in dataset_id:
        return _pinned(f"{DATASETS}/{order.sources[0].name}/archive", [], request, order)
    return await archiving.answer(order, version, request.method, request.headers)


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (get_archive, check_archive, get_dataset_archive)


async def _order(archiving: Archiving, datasets: Sequence[str], request: Request[Any, Any, Any]) -> Order:
    return order_of(await archiving.choosing.sources(datasets), wish_of(request.query_params))


def _pinned(
    path: str, datasets: Sequence[tuple[str, str]], request: Request[Any, Any, Any], order: Order
) -> ASGIResponse:
    asked = canonical(request.query_params) | {"version": order.version}
    query = urlencode([*datasets, *asked.items()], safe="@,")
    return ASGIResponse(status_code=307, headers={"location": f"{path}?{query}"})

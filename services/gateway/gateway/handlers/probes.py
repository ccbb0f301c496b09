"""`/healthz` says that the process runs, `/readyz` what it still needs, `/metrics` what it counted.

All are open: they say nothing about users or datasets.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any, Final

from litestar import HttpMethod, Response, route
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from msgspec import Struct

from bus import topology
from bus.background_connection import BackgroundConnection
from bus.errors import BusError
from contracts.queries import ListDatasets
from gateway import SERVICE
from gateway.datasets.catalog_client import CatalogClient
from gateway.errors import CatalogUnavailable
from gateway.http.openapi import PUBLIC, operation, problems
from gateway.http.problems import MEDIA_TYPE
from gateway.http.schemas import Health, Readiness
from gateway.shutdown import Shutdown
from objects import BucketMissing, ObjectStore, StoreError
from runtime import metrics

HEALTHZ: Final = "/healthz"
READYZ: Final = "/readyz"
METRICS: Final = "/metrics"
CHECK_SECONDS: Final = 3.0  # what takes longer to answer counts as missing

# No token can name this user: the catalog runs a real query, which finds no rows.
NO_USER: Final = "-"


class NotReady(Struct, frozen=True, kw_only=True):
    """The problem of a gateway that lacks something, with the members that every service's answer has."""

    type: str = "urn:cuecutter:problem:not-ready"
    title: str = "The gateway is not ready"
    status: int = 503
    detail: str
    code: str = "not-ready"
    instance: str = READYZ
    ready: bool = False
    service: str = SERVICE
    missing: tuple[str, ...]


@route(
    HEALTHZ,
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    status_code=200,
    operation_id=operation("healthz"),
    response_description="The process answers.",
    security=PUBLIC,
    responses=problems(400),
)
async def healthz() -> Health:
    """Whether the process answers at all."""
    return Health("ok", SERVICE)


@route(
    READYZ,
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    status_code=200,
    operation_id=operation("readyz"),
    security=PUBLIC,
    responses=problems(400)
    | {
        200: ResponseSpec(Readiness, generate_examples=False, description="Ready."),
        503: ResponseSpec(NotReady, generate_examples=False, description="Not ready.", media_type=MEDIA_TYPE),
    },
)
async def readyz(
    connection: NamedDependency[BackgroundConnection],
    catalog: NamedDependency[CatalogClient],
    store: NamedDependency[ObjectStore],
    shutdown: NamedDependency[Shutdown],
) -> Response[Any]:
    """Whether all that requests need is there; if not, 503 and what is missing."""
    if shutdown.draining:
        return _not_ready("leaving: it has been asked to stop")
    checks = await asyncio.gather(
        _missing("nats", _topology(connection)),
        _missing("storage", store.check()),
        _missing("catalog", catalog.datasets(ListDatasets(user_id=NO_USER, limit=1))),
    )
    missing = tuple(line for lines in checks for line in lines)
    if missing:
        return _not_ready(*missing)
    return Response(Readiness(True, SERVICE, ()))


def _not_ready(*missing: str) -> Response[NotReady]:
    return Response(NotReady(detail="; ".join(missing), missing=missing), status_code=503, media_type=MEDIA_TYPE)


@route(METRICS, http_method=[HttpMethod.GET, HttpMethod.HEAD], status_code=200, include_in_schema=False)
async def counted() -> Response[bytes]:
    """What this process counted, for Prometheus."""
    return Response(metrics.exposition(), media_type=metrics.CONTENT_TYPE)


async def _topology(connection: BackgroundConnection) -> list[str]:
    return await topology.missing(connection.client(), ())


async def _missing(what: str, check: Awaitable[Any]) -> list[str]:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            found = await check
    except (BusError, CatalogUnavailable, StoreError, TimeoutError) as exc:
        return [f"{what}: {_why(exc)}"]
    return [f"{what}: {line}" for line in found] if isinstance(found, list) else []


def _why(problem: Exception) -> str:
    # The text of a store's error may name hosts and buckets; a probe is open to everybody.
    match problem:
        case TimeoutError():
            return "no answer in time"
        case BucketMissing():
            return "the bucket is missing; run `python -m migrations`, which makes it"
    return type(problem).__name__


ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (healthz, readyz, counted)

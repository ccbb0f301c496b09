"""The composition root: settings to adapters to routes. Nothing connects before the application starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any, Final

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ASGIApp

from bus.background_connection import BackgroundConnection
from gateway import SERVICE
from gateway.datasets.catalog_client import CatalogClient
from gateway.datasets.lives import Lives
from gateway.handlers import datasets, document, probes
from gateway.handlers.request_context import Desk
from gateway.http import openapi, options_routes, problems, request_body
from gateway.http.addresses import Addresses
from gateway.http.auth import CALLER, Authentication, Caller
from gateway.http.correlation import Correlation
from gateway.http.query import known_parameters_only
from gateway.http.tracing import Traced
from gateway.server.lingering import Lingering
from gateway.settings import Settings
from gateway.shutdown import Leaving
from gateway.uploads.receiving import Uploads
from objects import ObjectStore, Timeouts, open_store
from runtime.exporting import exporting
from runtime.tuning import freeze_gc

ROUTES: Final = (*datasets.ROUTES, *probes.ROUTES, document.document)
# A request waits five seconds at most: a store that hangs is known after three, and the rest is for the way out.
PATIENCE: Final = Timeouts(connect_seconds=1.5, silence_seconds=1.5, abort_seconds=0.5)
OPEN_PATHS: Final = (probes.HEALTHZ, probes.READYZ, probes.METRICS, openapi.DOCUMENT_PATH)


def build(settings: Settings, leaving: Leaving | None = None) -> ASGIApp:
    """The whole application. What stands around the router sees every request, those to unknown paths too."""
    leaving = leaving or Leaving()
    routed = _router(settings, leaving)
    addresses = Addresses(path for route in ROUTES for path in route.paths)
    guarded = Authentication(routed, settings.jwt_secret_key, OPEN_PATHS, addresses)
    app = Correlation(Lingering(guarded, leaving))
    return Traced(app, OPEN_PATHS) if settings.otel_exporter_otlp_endpoint else app


def _router(settings: Settings, leaving: Leaving) -> Litestar:
    @asynccontextmanager
    async def running(app: Litestar) -> AsyncIterator[None]:
        async with (
            exporting(SERVICE, settings.otel_exporter_otlp_endpoint),
            open_store(settings.s3(), PATIENCE) as store,
            BackgroundConnection(settings.nats_url, SERVICE) as connection,
        ):
            uploads = Uploads(store, settings.limits(), leaving)
            app.state.update({"store": store, "connection": connection, "uploads": uploads, "leaving": leaving})
            freeze_gc()
            yield
            await app.state.uploads.finish()

    return Litestar(
        route_handlers=[*options_routes.options(ROUTES), *ROUTES],
        lifespan=[running],
        dependencies={
            "desk": Provide(_desk, sync_to_thread=False),
            "store": Provide(_store, sync_to_thread=False),
            "connection": Provide(_connection, sync_to_thread=False),
            "catalog": Provide(_catalog, sync_to_thread=False),
            "leaving": Provide(_leaving, sync_to_thread=False),
        },
        guards=[known_parameters_only],
        exception_handlers={Exception: problems.answer},
        request_max_body_size=request_body.MAX_BODY_BYTES,
        openapi_config=openapi.config(version("cuecutter-gateway")),
        logging_config=None,
    )


def _desk(request: Request[Any, Any, Any], state: State) -> Desk:
    caller: Caller = request.scope["state"][CALLER]
    connection: BackgroundConnection = state.connection
    return Desk(caller, Lives(connection), CatalogClient(connection), state.uploads)


def _store(state: State) -> ObjectStore:
    store: ObjectStore = state.store
    return store


def _connection(state: State) -> BackgroundConnection:
    connection: BackgroundConnection = state.connection
    return connection


def _catalog(state: State) -> CatalogClient:
    return CatalogClient(state.connection)


def _leaving(state: State) -> Leaving:
    leaving: Leaving = state.leaving
    return leaving

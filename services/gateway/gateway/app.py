"""The composition root: from settings to connections to routes. Nothing connects before the application starts."""

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
from gateway.archives.answering import Archiving
from gateway.archives.archives import Archives
from gateway.archives.choosing import Choosing
from gateway.archives.damage import Damages
from gateway.corrections.cue_answers import CueAnswers
from gateway.datasets.catalog_client import CatalogClient
from gateway.datasets.lives import Lives
from gateway.handlers import archives, corrections, datasets, document, probes, results, sessions
from gateway.handlers.request_context import RequestContext
from gateway.http import openapi, options_routes, problems, request_body
from gateway.http.auth import CALLER, Authentication, Caller
from gateway.http.correlation import Correlation
from gateway.http.known_paths import KnownPaths
from gateway.http.paced_sending import PacedSending
from gateway.http.query import check_query
from gateway.http.sessions import Sessions
from gateway.http.tokens import Tokens
from gateway.http.tracing import Tracing
from gateway.results.manifests import Manifests
from gateway.results.reader import Reader
from gateway.server.lingering import LingeringClose
from gateway.settings import Settings
from gateway.shutdown import Shutdown
from gateway.uploads.receiving import Uploads
from objects import ObjectStore, Timeouts, open_store
from runtime.exporting import exporting
from runtime.tuning import freeze_gc

ROUTES: Final = (
    *datasets.ROUTES,
    *corrections.ROUTES,
    *results.ROUTES,
    *archives.ROUTES,
    *sessions.ROUTES,
    *probes.ROUTES,
    document.document,
)
# A request takes five seconds at most: a store that hangs is given up after three; the rest is for the answer.
STORE_TIMEOUTS: Final = Timeouts(connect_seconds=1.5, silence_seconds=1.5, abort_seconds=0.5)
OPEN_PATHS: Final = (probes.HEALTHZ, probes.READYZ, probes.METRICS, openapi.DOCUMENT_PATH)


def build(settings: Settings, shutdown: Shutdown | None = None) -> ASGIApp:
    """The whole application. The middleware around the router sees every request, those to unknown paths too."""
    shutdown = shutdown or Shutdown()
    routed = _router(settings, shutdown)
    known_paths = KnownPaths(path for route in ROUTES for path in route.paths)
    tokens = Tokens(settings.jwt_secret_key)
    guarded = Authentication(routed, tokens, settings.sessions(), OPEN_PATHS, known_paths)
    app = Correlation(PacedSending(LingeringClose(guarded, shutdown)))
    return Tracing(app, OPEN_PATHS) if settings.otel_exporter_otlp_endpoint else app


def _router(settings: Settings, shutdown: Shutdown) -> Litestar:
    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with (
            exporting(SERVICE, settings.otel_exporter_otlp_endpoint),
            open_store(settings.s3(), STORE_TIMEOUTS) as store,
            BackgroundConnection(settings.nats_url, SERVICE) as connection,
        ):
            app.state.update(_shared(settings, store, connection, shutdown))
            freeze_gc()
            yield
            await app.state.uploads.finish()

    return Litestar(
        route_handlers=[*options_routes.options(ROUTES), *ROUTES],
        lifespan=[lifespan],
        dependencies={
            "context": Provide(_context, sync_to_thread=False),
            "cue_answers": Provide(_cue_answers, sync_to_thread=False),
            "archiving": Provide(_archiving, sync_to_thread=False),
            "reader": Provide(_reader, sync_to_thread=False),
            "sessions": Provide(_sessions, sync_to_thread=False),
            "store": Provide(_store, sync_to_thread=False),
            "connection": Provide(_connection, sync_to_thread=False),
            "catalog": Provide(_catalog, sync_to_thread=False),
            "shutdown": Provide(_shutdown, sync_to_thread=False),
        },
        guards=[check_query],
        exception_handlers={Exception: problems.answer},
        request_max_body_size=request_body.MAX_BODY_BYTES,
        openapi_config=openapi.config(version("cuecutter-gateway")),
        logging_config=None,
    )


def _shared(
    settings: Settings, store: ObjectStore, connection: BackgroundConnection, shutdown: Shutdown
) -> dict[str, object]:
    """What all requests share, by its name in the application's state."""
    uploads = Uploads(store, settings.limits(), shutdown)
    manifests = Manifests(store)
    return {
        "store": store,
        "connection": connection,
        "lives": Lives(connection),
        "catalog": CatalogClient(connection),
        "uploads": uploads,
        "cue_answers": CueAnswers(store, uploads.run_inspection),
        "manifests": manifests,
        "archives": Archives(store, manifests),
        "sessions": settings.sessions(),
        "shutdown": shutdown,
    }


def _context(request: Request[Any, Any, Any]) -> RequestContext:
    # Of the application itself: a parameter `state` would be a copy of it, made for each request.
    state = request.app.state
    caller: Caller = request.scope["state"][CALLER]
    return RequestContext(caller, state.lives, state.catalog, state.uploads)


def _cue_answers(state: State) -> CueAnswers:
    cue_answers: CueAnswers = state.cue_answers
    return cue_answers


def _reader(request: Request[Any, Any, Any]) -> Reader:
    state = request.app.state
    caller: Caller = request.scope["state"][CALLER]
    return Reader(caller, state.lives, state.store, state.manifests, state.shutdown)


def _archiving(request: Request[Any, Any, Any]) -> Archiving:
    state = request.app.state
    return Archiving(state.archives, Choosing(_reader(request), Damages(state.store)))


def _sessions(state: State) -> Sessions:
    sessions: Sessions = state.sessions
    return sessions


def _store(state: State) -> ObjectStore:
    store: ObjectStore = state.store
    return store


def _connection(state: State) -> BackgroundConnection:
    connection: BackgroundConnection = state.connection
    return connection


def _catalog(state: State) -> CatalogClient:
    catalog: CatalogClient = state.catalog
    return catalog


def _shutdown(state: State) -> Shutdown:
    shutdown: Shutdown = state.shutdown
    return shutdown

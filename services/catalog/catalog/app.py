"""The catalog's composition root: settings → database, reader, projector → handlers."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial

from faststream.nats import NatsBroker
from nats.aio.msg import Msg

from bus.worker import Wiring, serve
from catalog.adapters import metrics
from catalog.adapters.database import Database
from catalog.adapters.reader import Reader
from catalog.adapters.replies import Replies
from catalog.adapters.requests import Handler, serving
from catalog.handlers import on_get, on_list
from catalog.projector import Projector
from catalog.settings import Settings
from contracts import queries, subjects
from runtime import tracing

SERVICE = "catalog"


def run(settings: Settings) -> None:
    serve(
        service=SERVICE,
        nats_url=settings.nats_url,
        http_host=settings.http_host,
        http_port=settings.http_port,
        traces=settings.otel_exporter_otlp_endpoint,
        wire=partial(wire, settings.database_url),
    )


@asynccontextmanager
async def wire(database_url: str, broker: NatsBroker) -> AsyncIterator[Wiring]:
    database, client = Database(database_url), broker.connection
    reader, projector = Reader(database), Projector(database, client)
    try:
        async with serving(client, SERVICE, request_handlers(reader)):
            yield Wiring(
                checks={"database": reader.check, "projector": projector.check},
                loops=(projector.run, partial(metrics.watch, reader)),
            )
    finally:
        await database.close()


def request_handlers(reader: Reader) -> Mapping[str, Handler]:
    """The catalog's table: which handler serves the requests of which subject."""
    replies = Replies()

    async def get(message: Msg) -> bytes:
        with tracing.span(subjects.CATALOG_GET, "server", message.headers or {}):
            return await replies.reply(message.data, queries.get_decoder, lambda request: on_get(request, reader))

    async def page(message: Msg) -> bytes:
        with tracing.span(subjects.CATALOG_LIST, "server", message.headers or {}):
            return await replies.reply(message.data, queries.list_decoder, lambda request: on_list(request, reader))

    return {subjects.CATALOG_GET: get, subjects.CATALOG_LIST: page}

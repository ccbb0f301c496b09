"""The catalog's composition root: settings → database, reader, projector → handlers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from faststream.nats import NatsBroker, NatsMessage

from bus import tracing
from bus.worker import Wiring, client_of, serve
from catalog.adapters import metrics
from catalog.adapters.database import Database
from catalog.adapters.reader import Reader
from catalog.adapters.replies import Replies
from catalog.handlers import on_get, on_list
from catalog.projector import Projector
from catalog.settings import Settings
from contracts import queries, subjects

SERVICE = "catalog"
_AT_ONCE = 64  # questions; one that waits for the rows must not hold up the others


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
    database = Database(database_url)
    reader, projector = Reader(database), Projector(database, client_of(broker))
    register(broker, reader)
    try:
        yield Wiring(
            checks={"database": reader.check, "projector": projector.check},
            loops=(projector.run, partial(metrics.watch, reader)),
        )
    finally:
        await database.close()


def register(broker: NatsBroker, reader: Reader) -> None:
    """All replicas answer: each question goes to one of them."""
    replies = Replies()

    async def get(message: NatsMessage) -> bytes:
        with tracing.span(subjects.CATALOG_GET, "server", message.headers):
            return await replies.reply(message.body, queries.get_decoder, lambda question: on_get(question, reader))

    async def page(message: NatsMessage) -> bytes:
        with tracing.span(subjects.CATALOG_LIST, "server", message.headers):
            return await replies.reply(message.body, queries.list_decoder, lambda question: on_list(question, reader))

    for subject, answer in ((subjects.CATALOG_GET, get), (subjects.CATALOG_LIST, page)):
        broker.subscriber(subject, queue=SERVICE, max_workers=_AT_ONCE, decoder=_as_it_came, include_in_schema=False)(
            answer
        )


async def _as_it_came(message: NatsMessage) -> NatsMessage:
    return message

"""The manifest service's composition root: settings → adapters → handlers → routes."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from faststream.nats import NatsBroker
from nats.aio.client import Client

from bus.consumer import subscribe
from bus.errors import BusError
from bus.life_log import LifeLog
from bus.messages import MessageFactory
from bus.settlement import Settler, check_and_log
from bus.stream import Stream
from bus.worker import Wiring, serve
from contracts import subjects
from manifest.adapters.facts import Facts
from manifest.adapters.processing_list import processing_datasets
from manifest.handlers import Handlers
from manifest.settings import Settings
from objects import StoreUnavailable, UploadLost, open_store

SERVICE = "manifest"

_log = logging.getLogger(__name__)


def run(settings: Settings) -> None:
    """Serves until stopped."""

    @asynccontextmanager
    async def wire(broker: NatsBroker) -> AsyncIterator[Wiring]:
        client = broker.connection
        stream = Stream(client)
        async with open_store(settings.s3()) as store:
            handlers = Handlers(LifeLog(stream, MessageFactory(SERVICE)), Facts(stream, store), store)
            settler = Settler(SERVICE, client, (StoreUnavailable, UploadLost), handlers.on_give_up)
            subscribe(broker, handlers.routes(), settler)
            yield Wiring(checks={"s3": store.check}, loops=(lambda: _watch(client, handlers, settings.watch_seconds),))

    serve(
        service=SERVICE,
        nats_url=settings.nats_url,
        http_host=settings.http_host,
        http_port=settings.http_port,
        traces=settings.otel_exporter_otlp_endpoint,
        wire=wire,
        durables=(subjects.DURABLE_DONE,),
    )


async def _watch(client: Client, handlers: Handlers, every_seconds: float) -> None:
    """Nothing waits without a timer: a run that is done is finished, one that is stuck is ended."""
    while True:
        await asyncio.sleep(every_seconds)
        try:
            async for row in processing_datasets(client):
                await check_and_log(handlers.on_quiet_run(row), {"dataset_id": row.id, "run": row.run})
        except BusError as exc:
            _log.warning("watch postponed", extra={"fields": {"error": str(exc)}})

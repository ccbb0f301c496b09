"""The segmenter's composition root: settings → adapters → handlers → routes."""

import asyncio
import logging
import os
from collections import Counter
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta

from faststream.nats import NatsBroker

from bus.background_connection import BackgroundConnection
from bus.consumer import subscribe
from bus.errors import BusError
from bus.life_log import LifeLog
from bus.messages import MessageFactory
from bus.settlement import Settler
from bus.stream import Stream
from bus.worker import Wiring, serve
from contracts import subjects
from objects import ObjectStore, StoreError, StoreUnavailable, UploadLost, open_store
from runtime.tuning import tune_malloc
from segmenter import metrics
from segmenter.audio.recording import Recordings
from segmenter.decoding.process import Decoders
from segmenter.decoding.sandbox import become_unreadable
from segmenter.handlers import Handlers
from segmenter.planning import Planner
from segmenter.purging import Purger
from segmenter.settings import Settings, SweepSettings, worker_name
from segmenter.slicing import Slicer
from segmenter.sweeping.superseded import Superseded
from segmenter.sweeping.sweeper import Sweeper

SERVICE = "segmenter"
DURABLES = (subjects.DURABLE_PLAN, subjects.DURABLE_SPAN, subjects.DURABLE_PURGE)

_log = logging.getLogger(__name__)


def run(settings: Settings) -> None:
    """Serves until stopped."""
    become_unreadable()
    tune_malloc()

    @asynccontextmanager
    async def wire(broker: NatsBroker) -> AsyncIterator[Wiring]:
        # As many as compute at the same time: each thread keeps memory of its own, and all want the interpreter.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(os.cpu_count()))
        client = broker.connection
        stream, factory = Stream(client), MessageFactory(SERVICE)
        lives = LifeLog(stream, factory)
        async with (
            open_store(settings.s3()) as store,
            Decoders(settings.max_decoded_seconds) as decoders,
            BackgroundConnection(settings.nats_purge_url, f"{SERVICE}-purge") as purging,
        ):
            recordings = Recordings(store, decoders)
            handlers = Handlers(
                stream,
                lives,
                Planner(stream, factory, store, recordings),
                Slicer(stream, factory, store, recordings, worker_name()),
                Purger(purging.client, store),
            )
            settler = Settler(SERVICE, client, (StoreUnavailable, UploadLost), handlers.on_give_up)
            subscribe(broker, handlers.routes(), settler)
            sweeper = sweeper_of(stream, store, settings)
            checks = {"s3": store.check, "nats-purge": purging.check}
            yield Wiring(checks=checks, loops=(lambda: _sweep(sweeper, settings.sweep_seconds),))

    serve(
        service=SERVICE,
        nats_url=settings.nats_url,
        http_host=settings.http_host,
        http_port=settings.http_port,
        traces=settings.otel_exporter_otlp_endpoint,
        wire=wire,
        durables=DURABLES,
    )


def sweeper_of(stream: Stream, store: ObjectStore, settings: SweepSettings) -> Sweeper:
    factory = MessageFactory(SERVICE)
    lives, keep = LifeLog(stream, factory), timedelta(seconds=settings.keep_superseded_seconds)
    return Sweeper(store, lives, Superseded(stream, factory, lives, keep))


async def _sweep(sweeper: Sweeper, every_seconds: float) -> None:
    while True:
        await asyncio.sleep(every_seconds)
        places = Counter[str]()
        try:
            async for removed in sweeper.sweep():
                metrics.count_swept(removed.reason.value, removed.amount)
                places[removed.reason.value] += 1
        except (StoreError, BusError) as exc:
            _log.warning("sweep put off", extra={"fields": {**places, "error": str(exc)}})
        else:
            _log.info("swept", extra={"fields": dict(places)})

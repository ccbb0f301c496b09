"""A worker of the stream: NATS when it answers, messages when all is declared, and out in order.

SIGTERM stops the pulling first; a message in progress has a moment to finish, then goes back to the stream.
"""

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Final

from faststream.nats import NatsBroker
from nats.aio.client import Client

from bus import metrics, topology
from bus.connection import close, make_broker
from bus.errors import BusError
from runtime import worker
from runtime.exporting import Endpoint, exporting
from runtime.tasks import run_until
from runtime.tuning import freeze_gc
from runtime.worker import Check

Loop = Callable[[], Coroutine[Any, Any, None]]

RETRY_SECONDS: Final = 1.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a service brings: what must answer for it to be ready, and its endless loops."""

    checks: Mapping[str, Check] = field(default_factory=dict)
    loops: tuple[Loop, ...] = ()


Wire = Callable[[NatsBroker], AbstractAsyncContextManager[Wiring]]


def serve(
    *,
    service: str,
    nats_url: str,
    http_host: str,
    http_port: int,
    wire: Wire,
    durables: tuple[str, ...] = (),
    traces: Endpoint = "",
) -> None:
    """Runs the service until SIGTERM or SIGINT, then exits; exit status 1 when a loop or the start failed.

    `durables` are those it reads: it is not ready, and says why, while one is missing or differs. `traces` is the
    collector that its spans go to; empty means none.
    """
    work = _StreamWork(service, nats_url, durables, wire, traces)
    worker.serve(work, service=service, http_host=http_host, http_port=http_port)


class _StreamWork:
    """`runtime.worker.Work` on a connection to NATS."""

    def __init__(self, service: str, nats_url: str, durables: tuple[str, ...], wire: Wire, traces: Endpoint) -> None:
        self._service, self._durables, self._wire, self._traces = service, durables, wire, traces
        self._broker = make_broker(nats_url, service, on_closed=self._on_closed)
        self._client: Client | None = None
        self._wiring: Wiring | None = None
        self._stopping = False

    async def run(self, stop: asyncio.Event) -> None:
        try:
            await run_until(stop, self._connected_and_declared())
            if not stop.is_set():
                async with exporting(self._service, self._traces), self._wire(self._broker) as wiring:
                    await self._work(wiring, stop)
        finally:
            await self._stop_broker()

    async def missing(self) -> list[str]:
        if not (self._client and self._client.is_connected):
            return ["nats: not connected"]
        if self._wiring is None:
            return await self._undeclared() or ["starting"]
        # Under the name of what does not answer: with NATS hanging, this check is the first to run out of time.
        checks = {"nats": self._check_topology, **self._wiring.checks}
        failures = await asyncio.gather(*(worker.failure_of(name, check) for name, check in checks.items()))
        return [failure for failure in failures if failure]

    async def exposition(self) -> bytes:
        return await metrics.exposition(self._client, self._durables)

    async def _work(self, wiring: Wiring, stop: asyncio.Event) -> None:
        self._wiring = wiring
        try:
            freeze_gc()
            await self._broker.start()
            _log.info("started")
            await run_until(stop, *(loop() for loop in wiring.loops))
        finally:
            # Before the wiring goes: a handler that is finishing still needs its store.
            await self._stop_broker()

    async def _stop_broker(self) -> None:
        self._stopping = True
        await self._broker.stop()
        if self._client is not None:
            await close(self._client)

    async def _on_closed(self) -> None:
        # A closed client never comes back, and FastStream's pull loop would spin on it without yielding. Ending the
        # process at once lets its supervisor start a healthy one.
        if not self._stopping:
            _log.critical("nats connection closed for good; exiting")
            os._exit(1)

    async def _connected_and_declared(self) -> None:
        self._client = await self._broker.connect()
        last: list[str] = []
        while problems := await self._undeclared():
            if problems != last:
                _log.warning("not ready", extra={"fields": {"missing": problems}})
            last = problems
            await asyncio.sleep(RETRY_SECONDS)

    async def _undeclared(self) -> list[str]:
        try:
            return await topology.missing(self._broker.connection, self._durables)
        except BusError as exc:
            return [str(exc)]

    async def _check_topology(self) -> None:
        if problems := await self._undeclared():
            raise BusError("; ".join(problems))

"""The life of a worker process: health from the first moment, NATS when it answers, messages when all is declared.

SIGTERM stops the pulling first; a message under way has a moment to finish, then goes back to the stream.
"""

import asyncio
import json
import logging
import os
import sys
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Final

import uvicorn
from faststream.nats import NatsBroker
from runtime import logs, tracing
from runtime.tasks import run_until
from runtime.tuning import spare_what_is_there

from bus import metrics, topology
from bus.connection import close, make_broker
from bus.errors import BusError

Check = Callable[[], Coroutine[Any, Any, None]]
Loop = Callable[[], Coroutine[Any, Any, None]]

CHECK_SECONDS: Final = 2.0  # a readiness check that takes longer counts as failed
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
    traces: tracing.Endpoint = "",
) -> None:
    """Runs the service until SIGTERM or SIGINT, then exits; exit status 1 when a loop or the start failed.

    `durables` are those it reads: it is not ready, and says why, while one is missing or differs. `traces` is the
    collector that its spans go to; empty means none.
    """
    logs.configure(service)
    worker = _Worker(service, nats_url, durables, wire, traces)
    config = uvicorn.Config(
        worker, host=http_host, port=http_port, log_config=None, access_log=False, timeout_graceful_shutdown=2
    )
    worker.server = uvicorn.Server(config)
    worker.server.run()
    sys.exit(1 if worker.failed else 0)


class _Worker:
    """An ASGI application of three routes, with the worker's tasks in its lifespan."""

    server: uvicorn.Server

    def __init__(
        self, service: str, nats_url: str, durables: tuple[str, ...], wire: Wire, traces: tracing.Endpoint
    ) -> None:
        self._service, self._durables, self._wire, self._traces = service, durables, wire, traces
        self._broker = make_broker(nats_url, service, on_closed=self._on_closed)
        self._stop = asyncio.Event()
        self._wiring: Wiring | None = None
        self.failed = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope["path"], send)

    async def _lifespan(self, receive: Any, send: Any) -> None:
        await receive()
        main = asyncio.create_task(self._run())
        main.add_done_callback(self._ended)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._stop.set()
        await asyncio.wait([main])
        await send({"type": "lifespan.shutdown.complete"})

    def _ended(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (problem := task.exception()) is not None:
            _log.critical("service failed", exc_info=problem)
            self.failed = True
        self.server.should_exit = True

    async def _run(self) -> None:
        try:
            await run_until(self._stop, self._connected_and_declared())
            if not self._stop.is_set():
                async with tracing.exporting(self._service, self._traces), self._wire(self._broker) as wiring:
                    await self._work(wiring)
        finally:
            await self._stop_broker()

    async def _work(self, wiring: Wiring) -> None:
        self._wiring = wiring
        try:
            spare_what_is_there()
            await self._broker.start()
            _log.info("started")
            await run_until(self._stop, *(loop() for loop in wiring.loops))
        finally:
            # Before the wiring goes: a handler that is finishing still needs its store.
            await self._stop_broker()

    async def _stop_broker(self) -> None:
        self._stop.set()
        client = self._broker._connection
        await self._broker.stop()
        if client is not None:
            await close(client)

    async def _on_closed(self) -> None:
        # A closed client never comes back, and FastStream's pull loop would spin on it without yielding. Ending the
        # process at once lets whoever supervises it start a healthy one.
        if not self._stop.is_set():
            _log.critical("nats connection closed for good; exiting")
            os._exit(1)

    async def _connected_and_declared(self) -> None:
        await self._broker.connect()
        last: list[str] = []
        while problems := await self._undeclared():
            if problems != last:
                _log.warning("not ready", extra={"fields": {"missing": problems}})
            last = problems
            await asyncio.sleep(RETRY_SECONDS)

    async def _undeclared(self) -> list[str]:
        try:
            return await topology.missing(client_of(self._broker), self._durables)
        except BusError as problem:
            return [str(problem)]

    async def _answer(self, path: str, send: Any) -> None:
        match path:
            case "/healthz":
                await _send(send, 200, {"status": "ok", "service": self._service})
            case "/readyz":
                missing = await self._missing()
                status = 503 if missing else 200
                await _send(send, status, {"ready": not missing, "service": self._service, "missing": missing})
            case "/metrics":
                text = await metrics.scrape(self._broker._connection, self._durables)
                await _send_bytes(send, 200, metrics.CONTENT_TYPE, text)
            case _:
                await _send(send, 404, {"title": "Not Found", "status": 404, "code": "not-found"}, problem=True)

    async def _missing(self) -> list[str]:
        if not (self._broker._connection and self._broker._connection.is_connected):
            return ["nats: not connected"]
        if self._wiring is None:
            return await self._undeclared() or ["starting"]
        # Under the name of what does not answer: with NATS hanging, this check is the first to run out of time.
        checks = {"nats": self._check_topology, **self._wiring.checks}
        answers = await asyncio.gather(*(_probe(name, check) for name, check in checks.items()))
        return [answer for answer in answers if answer]

    async def _check_topology(self) -> None:
        if problems := await self._undeclared():
            raise BusError("; ".join(problems))


def client_of(broker: NatsBroker) -> Any:
    """The nats-py client of a connected broker; FastStream has no public name for it."""
    client = broker._connection
    if client is None:
        raise BusError("the broker is not connected")
    return client


async def _probe(name: str, check: Check) -> str | None:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except TimeoutError:
        return f"{name}: no answer within {CHECK_SECONDS:g} s"
    except Exception as problem:  # noqa: BLE001 - a readiness check that fails in any way means not ready
        return f"{name}: {problem}"
    return None


async def _send(send: Any, status: int, body: dict[str, Any], *, problem: bool = False) -> None:
    kind = "application/problem+json" if problem else "application/json"
    await _send_bytes(send, status, kind, json.dumps(body).encode())


async def _send_bytes(send: Any, status: int, kind: str, body: bytes) -> None:
    headers = [(b"content-type", kind.encode("ascii"))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

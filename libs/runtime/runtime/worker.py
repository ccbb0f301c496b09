"""The life of a worker process: its health is served from the first moment, its work runs until it ends or is stopped.

The caller provides the work, its readiness and its metrics; nothing here knows of NATS or any other server.
"""

import asyncio
import json
import logging
import sys
from collections.abc import Callable, Coroutine
from typing import Any, Final, Protocol

import uvicorn

from runtime import logs, metrics

Check = Callable[[], Coroutine[Any, Any, None]]

CHECK_SECONDS: Final = 2.0  # a readiness check that takes longer counts as failed

_log = logging.getLogger(__name__)


class Work(Protocol):
    """The work of a process."""

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set; it may also end by itself, or raise, and the process ends with it."""

    async def missing(self) -> list[str]:
        """What keeps it from being ready, a line each; empty when it is."""

    async def exposition(self) -> bytes:
        """All metrics, in Prometheus' text format."""


def serve(work: Work, *, service: str, http_host: str, http_port: int) -> None:
    """Runs the work until SIGTERM or SIGINT, then exits; exit status 1 when it failed."""
    logs.configure(service)
    worker = _Worker(service, work)
    config = uvicorn.Config(
        worker, host=http_host, port=http_port, log_config=None, access_log=False, timeout_graceful_shutdown=2
    )
    worker.server = uvicorn.Server(config)
    worker.server.run()
    sys.exit(1 if worker.failed else 0)


async def failure_of(name: str, check: Check) -> str | None:
    """Why `check` fails, in one line that begins with `name`; None when it passes within CHECK_SECONDS."""
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except TimeoutError:
        return f"{name}: no answer within {CHECK_SECONDS:g} s"
    except Exception as exc:  # noqa: BLE001 - a readiness check that fails in any way means not ready
        return f"{name}: {exc}"
    return None


class _Worker:
    """An ASGI application of three routes, with the work as a task in its lifespan."""

    server: uvicorn.Server

    def __init__(self, service: str, work: Work) -> None:
        self._service, self._work = service, work
        self._stop = asyncio.Event()
        self.failed = False

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope["path"], send)

    async def _lifespan(self, receive: Any, send: Any) -> None:
        await receive()
        running = asyncio.create_task(self._work.run(self._stop))
        running.add_done_callback(self._on_end)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._stop.set()
        await asyncio.wait([running])
        await send({"type": "lifespan.shutdown.complete"})

    def _on_end(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (failure := task.exception()) is not None:
            _log.critical("service failed", exc_info=failure)
            self.failed = True
        self.server.should_exit = True

    async def _answer(self, path: str, send: Any) -> None:
        match path:
            case "/healthz":
                await _send_json(send, 200, {"status": "ok", "service": self._service})
            case "/readyz":
                missing = await self._work.missing()
                body = {"ready": not missing, "service": self._service, "missing": missing}
                await _send_json(send, 503 if missing else 200, body)
            case "/metrics":
                await _send(send, 200, metrics.CONTENT_TYPE, await self._work.exposition())
            case _:
                not_found = {"title": "Not Found", "status": 404, "code": "not-found"}
                await _send_json(send, 404, not_found, media_type="application/problem+json")


async def _send_json(send: Any, status: int, body: dict[str, Any], *, media_type: str = "application/json") -> None:
    await _send(send, status, media_type, json.dumps(body).encode())


async def _send(send: Any, status: int, media_type: str, body: bytes) -> None:
    headers = [(b"content-type", media_type.encode("ascii"))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

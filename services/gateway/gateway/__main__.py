"""`python -m gateway`: serves the REST API until SIGTERM or SIGINT; how it then stops, `gateway.server` says."""

import os
import sys

import uvicorn

from gateway import SERVICE
from gateway.app import build
from gateway.server.protocol import HttpProtocol
from gateway.server.server import GRACE_SECONDS, Server
from gateway.settings import load
from gateway.shutdown import Shutdown
from runtime import logs
from runtime.tuning import tune_malloc


def main() -> None:
    """Raises: SystemExit, status 2 for settings that are missing or malformed."""
    settings = load(os.environ)
    logs.configure(SERVICE)
    tune_malloc()
    shutdown = Shutdown()
    config = uvicorn.Config(
        build(settings, shutdown),
        host=settings.http_host,
        port=settings.http_port,
        http=HttpProtocol,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    server = Server(config, shutdown, settings.drain_seconds)
    server.run()
    if not server.started:
        sys.exit(3)  # as uvicorn's own command does


if __name__ == "__main__":
    main()

"""`python -m gateway`: serves the REST API until SIGTERM or SIGINT; a request under way has a moment to finish."""

import os
from typing import Final

import uvicorn

from bus import logs
from gateway.adapters.connection import USER
from gateway.adapters.http_protocol import HttpProtocol
from gateway.app import build
from gateway.settings import load

GRACE_SECONDS: Final = 5  # more than any request waits that is not an upload


def main() -> None:
    """Raises: SystemExit, status 2 for settings that are missing or malformed."""
    settings = load(os.environ)
    logs.configure(USER)
    uvicorn.run(
        build(settings),
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


if __name__ == "__main__":
    main()

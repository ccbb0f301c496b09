"""`python -m benchmarks.bare <port> <file>`: one Litestar route that returns the bytes of a file, and no more."""

import sys
from pathlib import Path

import uvicorn
from litestar import Litestar, Response, get


def build(body: bytes) -> Litestar:
    @get("/", sync_to_thread=False)
    def answer() -> Response[bytes]:
        return Response(body, media_type="application/json")

    return Litestar([answer], openapi_config=None, logging_config=None)


def main() -> None:
    port, body = int(sys.argv[1]), Path(sys.argv[2]).read_bytes()
    uvicorn.run(build(body), port=port, log_config=None, access_log=False, server_header=False, ws="none")


if __name__ == "__main__":
    main()

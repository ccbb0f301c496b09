"""`python -m benchmarks.client_system`: the whole system, whose segmenter PUTs its slices with the client SLICE_CLIENT.

`… segmenter` is that segmenter: ours, in a process that was given another event loop, or obstore for its slices. Then
it computes no MD5 of them, which obstore would not send; with `+md5` it does, and hashes nothing for the signature.
"""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Final
from unittest.mock import patch

from benchmarks.clients import Put, borrowed, obstore
from objects import ObjectStore, S3Settings
from objects.connection import Connection, connect
from objects.settings import Timeouts
from segmenter import app, settings
from segmenter.audio import slices
from stack.__main__ import follow_parent, main
from stack.services import OURS, Programs

CLIENT_VARIABLE: Final = "SLICE_CLIENT"
ARGUMENTS: Final = ("-m", "benchmarks.client_system")


class SlicesElsewhere(ObjectStore):
    """The store of ours, but that whole slices go by `put`."""

    def __init__(self, connection: Connection, put: Put) -> None:
        super().__init__(connection)
        self._put = put

    async def put(self, key: str, body: bytes, content_type: str = "", content_md5: str | None = None) -> None:
        if "/segments/" in key:
            await self._put(key, body)
        else:
            await super().put(key, body, content_type, content_md5)


def segment(client: str) -> None:
    """Serves until stopped."""
    if client.endswith("+uvloop"):
        borrowed("uvloop")  # uvicorn runs on it where it is there
    with ExitStack() as changes:
        if client.startswith("obstore"):
            md5 = client.endswith("+md5")
            changes.enter_context(patch.object(app, "open_store", partial(_open_store, unsigned=md5)))
            if not md5:
                changes.enter_context(patch.object(slices, "md5_header", lambda body: ""))
        app.run(settings.load(os.environ))


@asynccontextmanager
async def _open_store(given: S3Settings, *, unsigned: bool) -> AsyncIterator[ObjectStore]:
    async with connect(given, Timeouts()) as connection, obstore(given, unsigned=unsigned) as put:
        yield SlicesElsewhere(connection, put)


def programs() -> Programs:
    services = {program.name: program for program in OURS.services}
    other = replace(services["segmenter"], arguments=(*ARGUMENTS, "segmenter"))
    return replace(OURS, services=tuple((services | {"segmenter": other}).values()))


if __name__ == "__main__":
    if sys.argv[1:] == ["segmenter"]:
        segment(os.environ[CLIENT_VARIABLE])
    else:
        follow_parent()
        sys.exit(main(["run"], os.environ, programs()))

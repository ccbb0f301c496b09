"""The stage of a campaign: a whole stack with two of every worker, each of its lines to a server on a wire of ours."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from types import MappingProxyType

from objects import S3Environment, open_store
from runtime.settings import load
from stack import state as states
from tests.chaos import altered, chaos_stack
from tests.chaos.schedule import SERVERS
from tests.chaos.wires import Wire
from tests.e2e.conftest import Trainer
from tests.stacks import RunningStack, StackProcess, processes_of

_VARIABLES = {"nats": "NATS_URL", "postgres": "DATABASE_URL", "s3": "AWS_ENDPOINT_URL_S3"}
_REPLICAS = {"SEGMENTERS": "2", "MANIFESTS": "2", "CATALOGS": "2"}
_ENTRY = ("-m", "tests.chaos.chaos_stack", "run")


@asynccontextmanager
async def stage(
    folder: Path, *, ack_wait_seconds: float, fenced: bool, extra: Mapping[str, str] = MappingProxyType({})
) -> AsyncIterator[tuple[RunningStack, Mapping[str, Wire]]]:
    """A running stack in `folder` and its wires by server; `extra` are variables of it and of what is altered in it.

    At the end no process of it may be left.
    """
    async with _wires(folder) as wires:
        # Made here, in the main thread: the kernel's promise to end it with us is bound to the thread that forked.
        process = StackProcess(folder, {**_environment(wires, ack_wait_seconds, fenced), **extra}, _ENTRY)
        try:
            yield await asyncio.to_thread(process.wait_running), wires
        finally:
            await asyncio.to_thread(process.end)
        assert processes_of(folder) == {}


@asynccontextmanager
async def trainer(stack: RunningStack) -> AsyncIterator[Trainer]:
    async with open_store(load(stack.admin, S3Environment).s3()) as store:
        yield Trainer(stack, store)


@asynccontextmanager
async def _wires(folder: Path) -> AsyncIterator[Mapping[str, Wire]]:
    wires = {server: Wire(lambda server=server: states.load(folder).ports[server]) for server in SERVERS}  # type: ignore[misc]
    for wire in wires.values():
        await wire.open()
    try:
        yield wires
    finally:
        for wire in wires.values():
            await wire.close()


def _environment(wires: Mapping[str, Wire], ack_wait_seconds: float, fenced: bool) -> dict[str, str]:
    ports = {_VARIABLES[server]: wire.port for server, wire in wires.items()}
    ports["NATS_PURGE_URL"] = wires["nats"].port
    chosen = {chaos_stack.WIRES: json.dumps(ports), altered.ACK_WAIT: str(ack_wait_seconds)}
    return chosen | _REPLICAS | ({} if fenced else {altered.UNFENCED: "yes"})

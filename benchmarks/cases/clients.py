"""The slice writer alone, with other S3 clients: how long 720 slices take, and how much processor time a slice."""

import asyncio
import sys
from typing import Final

import msgspec

from benchmarks import table
from benchmarks.clients import CLIENTS, Job, Spent, available
from benchmarks.session import Session
from benchmarks.table import Figure

SLICE_BYTES: Final = 423_424  # 4.8 s at 44.1 kHz


async def run(session: Session) -> list[Figure]:
    slices = session.hour_cues
    clients = [client for client in CLIENTS if available(client)]
    spent: dict[str, list[Spent]] = {client: [] for client in clients}
    with session.stack() as stack:
        job = session.folder / "clients.json"
        job.write_bytes(msgspec.json.encode(Job(stack.env, slices, SLICE_BYTES)))
        for client in clients:
            await _put(client, str(job))
        for _ in session.each_round():
            for client in clients:
                spent[client].append(await _put(client, str(job)))
    return [figure for client in clients for figure in _figures(client, slices, spent[client], spent[CLIENTS[0]])]


def _figures(client: str, slices: int, spent: list[Spent], ours: list[Spent]) -> list[Figure]:
    return [
        table.ratio(f"{client}: aiobotocore's time ÷ its time", [o.seconds for o in ours], [s.seconds for s in spent]),
        Figure(f"{client}: processor time a slice", "ms", tuple(1000 * s.cpu_seconds / slices for s in spent)),
    ]


async def _put(client: str, job: str) -> Spent:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.clients", client, job, stdout=asyncio.subprocess.PIPE
    )
    said, _ = await process.communicate()
    return msgspec.json.decode(said, type=Spent)

"""The slice writer with other S3 clients: 720 slices alone, and then the whole job of an hour."""

import asyncio
import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Final

import msgspec

from benchmarks import table
from benchmarks.cases.hour import SlicesDiffer
from benchmarks.client_system import ARGUMENTS, CLIENT_VARIABLE
from benchmarks.clients import CLIENTS, Job, Spent, available
from benchmarks.inputs import Recording
from benchmarks.ours import User, user_of
from benchmarks.session import Session
from benchmarks.table import Figure

SLICE_BYTES: Final = 423_424  # 4.8 s at 44.1 kHz
OURS: Final = "aiobotocore"
WHOLE_JOBS: Final = (OURS, "aiobotocore+uvloop", "obstore", "obstore+md5")


async def run(session: Session) -> list[Figure]:
    return [*await _alone(session), *await _whole_jobs(session)]


async def _alone(session: Session) -> list[Figure]:
    slices = session.hour_cues
    clients = [client for client in CLIENTS if available(client)]
    spent: dict[str, list[Spent]] = {client: [] for client in clients}
    with session.stack() as stack:
        job = session.folder / "clients.json"
        job.write_bytes(msgspec.json.encode(Job(stack.admin, slices, SLICE_BYTES)))
        for client in clients:
            await _put(client, str(job))
        for turn in _turns(session, clients):
            for client in turn:
                spent[client].append(await _put(client, str(job)))
    return [figure for client in clients for figure in _figures(client, slices, spent[client], spent[OURS])]


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


def _turns(session: Session, clients: list[str]) -> Iterator[list[str]]:
    """Another one begins each round: what one has stored is still being written to the disk during the next."""
    for n in session.each_round():
        first = (n - 1) % len(clients)
        yield clients[first:] + clients[:first]


async def _whole_jobs(session: Session) -> list[Figure]:
    """A system for each client, all there at the same time, so that they can take turns."""
    recording = session.hour()
    async with AsyncExitStack() as systems:
        jobs = {
            client: await _system(session, systems, recording, client) for client in WHOLE_JOBS if available(client)
        }
        seconds: Mapping[str, list[float]] = {client: [] for client in jobs}
        for turn in _turns(session, list(jobs)):
            for client in turn:
                user, dataset_id = jobs[client]
                seconds[client].append(await user.processed(dataset_id))
    return [figure for client in jobs for figure in _job_figures(recording, client, seconds[client], seconds[OURS])]


async def _system(session: Session, systems: AsyncExitStack, recording: Recording, client: str) -> tuple[User, str]:
    """A dataset that was processed once, unmeasured. Raises: SlicesDiffer from what the events say."""
    name, env = f"stack-{client.replace('+', '-')}", {CLIENT_VARIABLE: client}
    user = await systems.enter_async_context(user_of(systems.enter_context(session.stack(name, ARGUMENTS, **env))))
    dataset_id = await user.upload(recording)
    await user.processed(dataset_id)
    folder = (await user.dataset(dataset_id))["training_data_s3_key"].rpartition("/")[0]
    for line in await user.manifest(dataset_id):
        body = await user.store.get(f"{folder}/{line['audio_filepath']}")
        if hashlib.sha256(body).hexdigest() != line["sha256"]:
            raise SlicesDiffer
    return user, dataset_id


def _job_figures(recording: Recording, client: str, its: Sequence[float], ours: Sequence[float]) -> list[Figure]:
    job = f"{client}: the job of {recording.seconds / 60:g} min of WAV"
    return [table.ratio(f"{job}, aiobotocore's time ÷ its time", ours, its, "≥ 1.4"), table.seconds(job, its)]

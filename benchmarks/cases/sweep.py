"""A sweep over datasets that each have a superseded result: what it costs, and whether its memory grows."""

import asyncio
import os
import subprocess
import sys
import time
from typing import Final, NamedTuple

from benchmarks import table
from benchmarks.made_results import Maker, Slices
from benchmarks.serving_system import ARGUMENTS
from benchmarks.session import Session
from benchmarks.table import Figure
from bus.connection import close, connect
from runtime.tasks import cancel_and_wait
from tests.stacks import RunningStack

MANY: Final = 10_000
FEW: Final = 100
_AT_ONCE: Final = 16


class Sweep(NamedTuple):
    """`peak` in MiB, of the process of `python -m segmenter sweep`; `places` is what it said it removed.

    `again` are the seconds of another sweep, which finds nothing.
    """

    seconds: float
    peak: float
    places: int
    again: float = 0.0


async def run(session: Session) -> list[Figure]:
    counts = (FEW, FEW * 5 if session.quick else MANY)
    rounds = [[await _swept(session, count) for count in counts] for _ in session.each_round()]
    few, many = ([sweeps[side] for sweeps in rounds] for side in (0, 1))
    told = f"{counts[1]} superseded results"
    return [
        Figure(f"sweep of {told}: peak memory", "MiB", tuple(sweep.peak for sweep in many)),
        table.ratio(f"… ÷ of {FEW}", [sweep.peak for sweep in many], [sweep.peak for sweep in few], "≤ 1.1"),
        Figure(f"sweep of {told}: a dataset", "ms", tuple(sweep.seconds / counts[1] * 1000 for sweep in many)),
        Figure("… again, with nothing left: a dataset", "ms", tuple(sweep.again / counts[1] * 1000 for sweep in many)),
    ]


async def _swept(session: Session, datasets: int) -> Sweep:
    with session.stack("serving", ARGUMENTS) as stack:
        session.say(f"making {datasets} datasets of two results")
        await _make(stack, datasets)
        session.say("sweeping")
        swept, again = [await asyncio.to_thread(_sweep, stack) for _ in range(2)]
    assert (swept.places, again.places) == (datasets, 0), (swept, again)
    return swept._replace(again=again.seconds)


async def _make(stack: RunningStack, datasets: int) -> None:
    nats = await connect(stack.nats_url("topology"), "topology")
    maker = Maker(nats, "bench", stack.folder / "s3" / stack.admin["S3_BUCKET_NAME"])
    left, slices = iter(range(datasets)), Slices.of(1, 8_000, 50)

    async def some() -> None:
        for _ in left:
            await maker.make(1, slices, runs=2)

    making = [asyncio.create_task(some()) for _ in range(_AT_ONCE)]
    try:
        await asyncio.gather(*making)
    finally:
        await cancel_and_wait(*making)
        await close(nats)


def _sweep(stack: RunningStack) -> Sweep:
    env = {**os.environ, **stack.admin, "KEEP_SUPERSEDED_SECONDS": "0"}
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "segmenter", "sweep"], env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = sum(line.startswith("superseded ") for line in process.stdout)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return Sweep(time.perf_counter() - began, used.ru_maxrss / 1024, lines)

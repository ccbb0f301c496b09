"""A small dataset while a large one is cut, and a hundred users concurrently, alone and with the large one.

A round in which the large one was ready first shows nothing of this and does not count.
"""

import asyncio
import time
from typing import Final

from benchmarks import inputs, table
from benchmarks.ours import User, user_of
from benchmarks.session import Session
from benchmarks.table import Figure

CUES: Final = 3


async def run(session: Session) -> list[Figure]:
    small = inputs.wav(session.folder / "three.wav", CUES)
    large = session.wav(session.hour_cues * 10)
    users = 20 if session.quick else 100
    together: list[float] = []
    alone: list[list[float]] = []
    among: list[list[float]] = []
    with session.stack() as stack:
        async with user_of(stack) as first:
            others = [first.as_user(f"user-{n}") for n in range(users)]
            heavy = await first.upload(large)
            ids = [await user.upload(small) for user in others]
            for _ in session.each_round():
                alone.append(await _crowd(others, ids))
                await _while_cutting(first, heavy)
                seconds = await first.processed(await first.upload(small))
                together += [seconds] if await first.cancel(heavy) else []
                await _while_cutting(first, heavy)
                crowd = await _crowd(others, ids)
                among += [crowd] if await first.cancel(heavy) else []
    return [
        table.seconds(f"three cues while {large.seconds / 3600:g} h are cut: process → ready", together, "≤ 2"),
        table.seconds(f"{users} users, three cues each: until the last is ready", [max(times) for times in alone]),
        table.seconds(f"… while {large.seconds / 3600:g} h are cut", [max(times) for times in among]),
        Figure(
            f"… the slowest user ÷ the median one, while {large.seconds / 3600:g} h are cut",
            table.RATIO,
            tuple(max(times) / sorted(times)[len(times) // 2] for times in among),
        ),
    ]


async def _while_cutting(user: User, dataset_id: str) -> None:
    async with user.watching(f"tts.dataset.{dataset_id}.run.*.progress.*") as work:
        await user.process(dataset_id)
        await work.next("SpanProgressed")


async def _crowd(users: list[User], ids: list[str]) -> list[float]:
    """Everybody asks at once; seconds until each is ready."""
    async with users[0].watching() as lives:
        started = time.perf_counter()
        await asyncio.gather(*(user.process(dataset_id) for user, dataset_id in zip(users, ids, strict=True)))
        left, times = set(ids), []
        while left:
            event = await lives.next("DatasetReady")
            if event.body["dataset_id"] in left:
                left.remove(event.body["dataset_id"])
                times.append(event.at - started)
    return times

"""Two segmenter processes on one dataset against one: with the real store, and with one that discards all slices."""

import contextlib
from collections.abc import AsyncIterator
from typing import Final

from benchmarks import table
from benchmarks.discarding import PORT_VARIABLE
from benchmarks.discarding_system import ARGUMENTS
from benchmarks.inputs import Recording
from benchmarks.ours import user_of
from benchmarks.session import Session
from benchmarks.table import Figure
from stack import ports

REAL: Final = ("-m", "stack", "run")


async def run(session: Session) -> list[Figure]:
    recording = session.hour()
    stores = (("the real store", REAL), ("a store that forgets", ARGUMENTS))
    return [figure for name, arguments in stores for figure in await _compared(session, recording, name, arguments)]


async def _compared(session: Session, recording: Recording, store: str, arguments: tuple[str, ...]) -> list[Figure]:
    one: list[float] = []
    two: list[float] = []
    async with (
        _processed(session, recording, 1, arguments) as by_one,
        _processed(session, recording, 2, arguments) as by_two,
    ):
        for _ in session.each_round():
            one.append(await anext(by_one))
            two.append(await anext(by_two))
    return [
        table.ratio(f"one segmenter ÷ two, {store}", one, two, "≥ 1.3"),
        table.seconds(f"one segmenter, {store}", one),
        table.seconds(f"two segmenters, {store}", two),
    ]


@contextlib.asynccontextmanager
async def _processed(
    session: Session, recording: Recording, segmenters: int, arguments: tuple[str, ...]
) -> AsyncIterator[AsyncIterator[float]]:
    """A system of its own, that processes the recording whenever it is asked for the next time."""
    env = {"SEGMENTERS": str(segmenters), PORT_VARIABLE: str(ports.choose())}
    with session.stack(f"stack-{segmenters}", arguments, **env) as stack:
        async with user_of(stack) as user:
            dataset_id = await user.upload(recording)
            await user.processed(dataset_id)

            async def times() -> AsyncIterator[float]:
                while True:
                    yield await user.processed(dataset_id)

            yield times()

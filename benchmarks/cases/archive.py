"""An archive made while it is sent: its speed beside plain GETs of the same slices, its first byte, its memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from benchmarks import machine, table
from benchmarks.fetching import Fetched, fetch
from benchmarks.made_results import MadeResult, Maker, Slices
from benchmarks.plain_gets import Get, fetched_at_once, our_gets, stock_gets
from benchmarks.serving_system import ARGUMENTS
from benchmarks.session import Session, pids
from benchmarks.table import Figure
from bus.connection import close, connect
from tests.stacks import RunningStack

MOST_SEGMENTS: Final = 100_000
_USER: Final = "bench"
_FORM: Final = "jsonl"
_HOUR: Final = 720
_SHORT: Final = 10_000
# Of the largest archive the end only: the directory, the table of all rows, some 16,000 slices. All would take minutes.
_LARGE_READ_BYTES: Final = 70_000_000


@dataclass(frozen=True)
class Archives:
    """Asks a system for archives. Each `name` makes another archive, which the gateway has not surveyed before."""

    stack: RunningStack
    names: "count[int]"

    @property
    def gateway(self) -> int:
        return pids(self.stack, "-m gateway")[0]

    def cold(self, made: MadeResult) -> str:
        return f"/tts/archive?dataset={made.name}&format={_FORM}&name=archive-{next(self.names)}"

    async def get(self, path: str, *, last_bytes: int | None = None) -> Fetched:
        return await self._fetch(path, "GET", last_bytes)

    async def head(self, path: str) -> Fetched:
        return await self._fetch(path, "HEAD", None)

    async def _fetch(self, path: str, method: str, last_bytes: int | None) -> Fetched:
        return await fetch(self.stack.env["GATEWAY_URL"], path, self.stack.token(_USER), method, last_bytes)


@dataclass(frozen=True)
class Made:
    """Results by how many segments they have. Each of `unread` is read once: the gateway does not know it before."""

    by_segments: dict[int, MadeResult]
    unread: tuple[MadeResult, ...]


async def run(session: Session) -> list[Figure]:
    with session.stack("serving", ARGUMENTS) as stack:
        session.say("making results")
        made = await _made(stack, session)
        archives = Archives(stack, count())
        return [
            *await _memory(session, archives, made),
            *await _first_bytes(session, archives, made),
            *await _heads(session, archives, made),
            *await _speed(session, archives, made),
        ]


async def _made(stack: RunningStack, session: Session) -> Made:
    nats = await connect(stack.nats_url("topology"), "topology")
    maker = Maker(nats, _USER, stack.folder / "s3" / stack.admin["S3_BUCKET_NAME"])
    spoken, short = Slices.of(24, 44_100, 5_000), Slices.of(8, 8_000, 50)
    try:
        return Made(
            {count: await maker.make(count, spoken if count == _HOUR else short) for count in _counts(session)},
            tuple([await maker.make(_HOUR, spoken) for _ in range(session.rounds)]),
        )
    finally:
        await close(nats)


def _counts(session: Session) -> Sequence[int]:
    return (10, _HOUR, 1_000) if session.quick else (10, _HOUR, _SHORT, MOST_SEGMENTS)


async def _memory(session: Session, archives: Archives, made: Made) -> list[Figure]:
    """Once, from few segments to many, in one gateway: what an earlier download left would count for a later one."""
    await archives.get(archives.cold(made.by_segments[10]))  # what every first request costs
    pid, figures = archives.gateway, []
    rests_at = machine.resident_mebibytes(pid)
    for segments, result in made.by_segments.items():
        session.say(f"memory for {segments} segments")
        path = archives.cold(result)
        machine.forget_peak(pid)
        await archives.get(path, last_bytes=_LARGE_READ_BYTES if segments == MOST_SEGMENTS else None)
        grown = machine.peak_mebibytes(pid) - rests_at
        figures.append(Figure(f"{segments} segments: growth of the gateway's memory", "MiB", (grown,), "≤ 32"))
    return figures


async def _first_bytes(session: Session, archives: Archives, made: Made) -> list[Figure]:
    cold, warm = [], []
    for result in made.unread:
        path = archives.cold(result)
        cold.append(1000 * (await archives.get(path)).first_seconds)
        warm.append(1000 * (await archives.get(path)).first_seconds)
    return [
        Figure(f"{_HOUR} segments, never asked for: first byte", "ms", tuple(cold), "≤ 100"),
        Figure(f"{_HOUR} segments, again: first byte", "ms", tuple(warm)),
    ]


async def _heads(session: Session, archives: Archives, made: Made) -> list[Figure]:
    """Of the largest result."""
    segments = max(made.by_segments)
    cold, warm = [], []
    for _ in session.each_round():
        path = archives.cold(made.by_segments[segments])
        cold.append(1000 * (await archives.head(path)).seconds)
        warm.append(1000 * (await archives.head(path)).seconds)
    return [
        Figure(f"HEAD of {segments} segments, its index known", "ms", tuple(cold)),
        Figure(f"HEAD of {segments} segments, again", "ms", tuple(warm)),
    ]


async def _speed(session: Session, archives: Archives, made: Made) -> list[Figure]:
    figures: list[Figure] = []
    async with stock_gets(archives.stack.admin) as stock, our_gets(archives.stack.admin) as ours:
        for segments, rounds in ((_HOUR, session.rounds), (_counts(session)[2], min(session.rounds, 2))):
            figures += await _compared(session, archives, made.by_segments[segments], stock, ours, rounds)
    return figures


async def _compared(
    session: Session, archives: Archives, result: MadeResult, stock: Get, ours: Get, rounds: int
) -> list[Figure]:
    sent, plain, bare, used = [], [], [], []
    for n in range(rounds):
        session.say(f"{result.segments} segments: {n + 1} of {rounds}")
        before = machine.cpu_seconds([archives.gateway])
        sent.append((await archives.get(archives.cold(result))).seconds)
        used.append(1000 * (machine.cpu_seconds([archives.gateway]) - before) / result.segments)
        plain.append(await fetched_at_once(stock, result.slice_keys))
        bare.append(await fetched_at_once(ours, result.slice_keys))
    what = f"{result.segments} segments"
    return [
        table.ratio(f"{what}: plain GETs of aiobotocore ÷ archive", plain, sent, "≥ 0.8"),
        table.ratio(f"{what}: plain GETs of our client ÷ archive", bare, sent),
        Figure(f"{what}: archive", "MB/s", tuple(result.slice_bytes / seconds / 1e6 for seconds in sent)),
        Figure(f"{what}: processor time of the gateway for each", "ms", tuple(used)),
    ]

"""Ten hours against one: time, time to the first slice, and memory; and an upload of 2 GiB against its bare PUTs."""

import os
import time
from collections.abc import Sequence
from typing import Final

from benchmarks import inputs, machine, memory, table
from benchmarks.inputs import Recording
from benchmarks.multipart import parts_alone
from benchmarks.ours import User, s3_settings, user_of
from benchmarks.session import Session, pids
from benchmarks.table import Figure
from contracts import subjects

_GIBIBYTE: Final = 1 << 30


async def run(session: Session) -> list[Figure]:
    short, hour = session.wav(session.hour_cues // 6), session.hour()
    long = session.wav(session.hour_cues * 10)
    figures: list[Figure] = []
    with session.stack() as stack:
        async with user_of(stack) as user:
            figures += await _uploads(session, user, _GIBIBYTE // 8 if session.quick else 2 * _GIBIBYTE)
            figures += await _memory(session, user, (short, hour, long))
            figures += await _times(session, user, hour, long)
    return figures


async def _uploads(session: Session, user: User, size_bytes: int) -> list[Figure]:
    gateway, store = pids(user.stack, "-m gateway")[0], s3_settings(user.stack.admin)
    recording = inputs.wav(session.folder / "upload.wav", size_bytes // (inputs.RATE_HZ * 10))
    mebibytes = recording.path.stat().st_size / 2**20
    ours, checked, bare, peaks = [], [], [], []
    for _ in session.each_round():
        machine.forget_peak(gateway)
        os.sync()  # what was written before must not slow this one down
        started = time.perf_counter()
        await user.upload(recording)
        ours.append(time.perf_counter() - started)
        peaks.append(machine.peak_mebibytes(gateway))
        os.sync()
        checked.append(await parts_alone(store, recording.path, checked=True))
        os.sync()
        bare.append(await parts_alone(store, recording.path, checked=False))
    return [
        table.ratio(f"upload of {mebibytes:.0f} MiB: the same parts PUT alone ÷ ours", checked, ours, "≥ 0.8"),
        table.ratio(f"upload of {mebibytes:.0f} MiB: those parts without Content-MD5 ÷ ours", bare, ours, "≥ 0.8"),
        Figure(f"upload of {mebibytes:.0f} MiB", "MiB/s", tuple(mebibytes / seconds for seconds in ours)),
        Figure(f"upload of {mebibytes:.0f} MiB: peak memory of the gateway", "MiB", tuple(peaks), "≤ 150"),
    ]


async def _memory(session: Session, user: User, recordings: Sequence[Recording]) -> list[Figure]:
    figures = []
    for recording in recordings:
        minutes = recording.seconds / 60
        session.say(f"memory for {minutes:g} minutes")
        held = await memory.peaks(user, recording)
        for part in ("gateway", "segmenter"):
            figures.append(
                Figure(f"{minutes:g} min: peak memory of the {part}", "MiB", (held[part],), memory.AIMS[part])
            )
    return figures


async def _times(session: Session, user: User, hour: Recording, long: Recording) -> list[Figure]:
    hours, longs, firsts = [], [], []
    one, ten = await user.upload(hour), await user.upload(long)
    await user.processed(one)
    for _ in session.each_round():
        hours.append(await user.processed(one))
        first, whole = await _first_and_all(user, ten)
        firsts.append(first)
        longs.append(whole)
    return [
        table.ratio("ten times the length ÷ once", longs, hours, "≤ 10.5"),
        table.seconds("ten times the length", longs),
        Figure(
            f"{long.seconds / 60:g} min: process → first SegmentWritten",
            "ms",
            tuple(first * 1000 for first in firsts),
            "≤ 150",
        ),
    ]


async def _first_and_all(user: User, dataset_id: str) -> tuple[float, float]:
    """Seconds until the first slice's event, and until all is ready."""
    async with user.watching(subjects.life(dataset_id)) as life:
        async with user.watching(f"tts.dataset.{dataset_id}.run.*.segment.*") as slices:
            started = time.perf_counter()
            await user.process(dataset_id)
            first = (await slices.next("SegmentWritten")).at - started
        return first, (await life.next("DatasetReady")).at - started

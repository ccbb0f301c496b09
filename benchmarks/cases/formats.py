"""MP3, M4A and FLAC against merely decoding them and the bare PUTs; with resampling against without."""

import asyncio
import time

from benchmarks import encodings, table
from benchmarks.floor import Floor, floor, slices_of
from benchmarks.inputs import Recording
from benchmarks.ours import User, s3_settings, user_of
from benchmarks.session import Session
from benchmarks.table import Figure

RESAMPLED_HZ = 24_000


async def run(session: Session) -> list[Figure]:
    recording = session.hour()
    slices = slices_of(recording)
    figures: list[Figure] = []
    with session.stack() as stack:
        async with user_of(stack) as user, floor(s3_settings(stack.admin)) as puts:
            await puts.checked(slices)
            for extension in encodings.ENCODERS:
                session.say(f"encoding {extension}")
                encoded = encodings.encoded(recording, extension)
                figures += await _decoded(session, user, puts, encoded, slices)
            figures += await _resampled(session, user, recording)
    return figures


async def _decoded(
    session: Session, user: User, puts: Floor, recording: Recording, slices: list[bytes]
) -> list[Figure]:
    kind = recording.path.suffix[1:].upper()
    ours, decode, put = [], [], []
    dataset_id = await user.upload(recording)
    await user.processed(dataset_id)
    for _ in session.each_round():
        started = time.perf_counter()
        await asyncio.to_thread(encodings.decode, recording.path)
        decode.append(time.perf_counter() - started)
        put.append(await puts.checked(slices))
        ours.append(await user.processed(dataset_id))
    both = [d + p for d, p in zip(decode, put, strict=True)]
    return [
        table.ratio(f"{kind}: ours ÷ (decoding + PUTs alone)", ours, both, "≤ 1.25"),
        table.seconds(f"{kind}: ours", ours),
        table.seconds(f"{kind}: decoding alone", decode),
        table.seconds(f"{kind}: PUTs alone", put),
    ]


async def _resampled(session: Session, user: User, recording: Recording) -> list[Figure]:
    same, other = [], []
    # A second dataset, because the first plan owns the folder: both then replace objects of their own.
    plain, resampled = await user.upload(recording), await user.upload(recording)
    await user.processed(plain)
    await user.processed(resampled, sample_rate=RESAMPLED_HZ)
    for _ in session.each_round():
        same.append(await user.processed(plain))
        other.append(await user.processed(resampled, sample_rate=RESAMPLED_HZ))
    return [
        table.ratio("WAV: resampled to 24 kHz ÷ not", other, same, "≤ 1.5"),
        table.seconds("WAV: resampled to 24 kHz", other),
    ]

"""An hour of 44.1 kHz WAV with 720 cues: the usual script, the bare PUTs, and ours, one after another in each round."""

import hashlib
from collections.abc import Sequence

from benchmarks import table
from benchmarks.baseline import Spent
from benchmarks.floor import floor, slices_of
from benchmarks.inputs import Recording
from benchmarks.ours import User, s3_settings, user_of
from benchmarks.session import Session
from benchmarks.table import Figure
from benchmarks.usual import usual_script


class SlicesDiffer(Exception):
    """Ours did not write what the floor writes: their times may not be compared."""


async def run(session: Session) -> list[Figure]:
    recording = session.hour()
    slices = slices_of(recording)
    usual, checked, bare, ours = [], [], [], []
    with session.stack() as stack:
        async with user_of(stack) as user, floor(s3_settings(stack.admin)) as puts:
            dataset_id = await user.upload(recording)
            session.say("once, unmeasured: every later round replaces the same objects")
            await user.processed(dataset_id)
            await puts.checked(slices)
            await puts.bare(slices)
            await _compare(user, dataset_id, slices)
            for _ in session.each_round():
                usual.append(await usual_script(user, dataset_id, recording, session.folder))
                checked.append(await puts.checked(slices))
                bare.append(await puts.bare(slices))
                ours.append(await user.processed(dataset_id))
    return _figures(recording, usual, checked, bare, ours)


def _figures(
    recording: Recording,
    usual: Sequence[Spent],
    checked: Sequence[float],
    bare: Sequence[float],
    ours: Sequence[float],
) -> list[Figure]:
    usual_seconds = [spent.seconds for spent in usual]
    length = f"{recording.seconds / 60:g} min of WAV"
    real_time = [recording.seconds] * len(ours)
    return [
        table.ratio(f"{length}: usual script ÷ ours", usual_seconds, ours, "≥ 15"),
        table.ratio(f"{length}: ours ÷ the same PUTs alone", ours, checked, "≤ 1.3"),
        table.ratio(f"{length}: ours ÷ those PUTs without Content-MD5", ours, bare),
        table.ratio(f"{length}: real time ÷ ours", real_time, ours),
        table.ratio(f"{length}: real time ÷ usual script", real_time, usual_seconds),
        table.seconds(f"{length}: usual script", usual_seconds),
        table.seconds(f"{length}: PUTs alone", checked),
        table.seconds(f"{length}: PUTs without Content-MD5", bare),
        table.seconds(f"{length}: ours", ours),
        Figure(f"{length}: peak memory of the usual script", "MiB", tuple(spent.peak_mebibytes for spent in usual)),
    ]


async def _compare(user: User, dataset_id: str, slices: Sequence[bytes]) -> None:
    """Raises: SlicesDiffer."""
    listed = [line["sha256"] for line in await user.manifest(dataset_id)]
    if listed != [hashlib.sha256(body).hexdigest() for body in slices]:
        raise SlicesDiffer

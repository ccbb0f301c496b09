"""What can be seen of datasets that were processed again and again: their life, who wrote where, and every object."""

import asyncio
import hashlib
from contextlib import suppress
from dataclasses import dataclass, field

from contracts import keys
from stack import environment
from tests.chaos import witness
from tests.chaos.leavings import Rerun
from tests.chaos.reruns import Reruns
from tests.e2e.conftest import Trainer, User

_FACTS = ("root", "plan")


@dataclass
class Seen:
    """`left_of_deleted` says of deleted datasets what is still there, where anything is."""

    alive: list[Rerun] = field(default_factory=list)
    left_of_deleted: dict[str, str] = field(default_factory=dict)


async def everything(user: User, trainer: Trainer, reruns: Reruns) -> Seen:
    seen, events = Seen(), await _events(user)
    for dataset_id in reruns.alive:
        dataset = events.get(dataset_id) or Rerun(dataset_id, "")
        await _look(dataset, user, trainer)
        seen.alive.append(dataset)
    for dataset_id in reruns.deleted:
        objects = await trainer.keys(keys.dataset_prefix(user.name, dataset_id))
        left = events.get(dataset_id)
        if objects or (left is not None and (left.facts or len(left.life) > 1)):
            seen.left_of_deleted[dataset_id] = f"{objects[:3]}, {left and len(left.life)} events"
    return seen


async def _events(user: User) -> dict[str, Rerun]:
    found: dict[str, Rerun] = {}
    async for dataset_id, rest, seq, event in witness.stored_events(user.stack.nats_url("topology")):
        dataset = found.setdefault(dataset_id, Rerun(dataset_id, keys.dataset_prefix(user.name, dataset_id)))
        if not rest:
            dataset.life.append((seq, event))
        elif rest[-1] in _FACTS:
            dataset.facts.append((seq, event))
    return found


async def _look(dataset: Rerun, user: User, trainer: Trainer) -> None:
    shown = await witness.shown_of(dataset.dataset_id, user)
    dataset.status, dataset.rate = shown["status"], shown["options"]["sample_rate"]
    dataset.prefix = (
        (shown["training_data_s3_key"] or "").removeprefix(dataset.root).removesuffix("training_data.jsonl")
    )
    bucket = user.stack.folder / "s3" / environment.BUCKET
    for key in await trainer.keys(dataset.root):
        with suppress(FileNotFoundError):  # a sweep has removed it since it was listed
            body = await asyncio.to_thread((bucket / key).read_bytes)
            dataset.objects[key.removeprefix(dataset.root)] = hashlib.sha256(body).hexdigest()

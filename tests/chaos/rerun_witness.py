"""What can be seen of datasets that were processed again and again: their life, who wrote where, and every object."""

import asyncio
import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from bus.connection import close, connect
from contracts import keys, subjects
from stack import environment
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
    seen, events = Seen(), await _events(user.stack.nats_url("topology"))
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


async def _events(nats_url: str) -> dict[str, Rerun]:
    found: dict[str, Rerun] = {}
    client = await connect(nats_url, "witness")
    try:
        js = client.jetstream()
        left = (await js.stream_info(subjects.STREAM)).state.messages
        messages = await js.subscribe("tts.dataset.>", stream=subjects.STREAM, ordered_consumer=True)
        while left:
            message = await messages.next_msg(timeout=30)
            left = message.metadata.num_pending
            _, _, dataset_id, *rest = message.subject.split(".")
            dataset = found.setdefault(dataset_id, Rerun(dataset_id, keys.dataset_prefix("alice", dataset_id)))
            event = (message.metadata.sequence.stream, json.loads(message.data))
            if not rest:
                dataset.life.append(event)
            elif rest[-1] in _FACTS:
                dataset.facts.append(event)
    finally:
        await close(client)
    return found


async def _look(dataset: Rerun, user: User, trainer: Trainer) -> None:
    shown = await _shown(dataset.dataset_id, user)
    dataset.status, dataset.rate = shown["status"], shown["options"]["sample_rate"]
    dataset.prefix = (
        (shown["training_data_s3_key"] or "").removeprefix(dataset.root).removesuffix("training_data.jsonl")
    )
    bucket = user.stack.folder / "s3" / environment.BUCKET
    for key in await trainer.keys(dataset.root):
        with suppress(FileNotFoundError):  # a sweep has removed it since it was listed
            body = await asyncio.to_thread((bucket / key).read_bytes)
            dataset.objects[key.removeprefix(dataset.root)] = hashlib.sha256(body).hexdigest()


async def _shown(dataset_id: str, user: User) -> dict[str, Any]:
    """A 503 says that it may be asked again, so it is, for a while."""
    async with asyncio.timeout(30):
        while (answer := await user.http.get(f"/tts/datasets/{dataset_id}")).status_code == 503:
            await asyncio.sleep(0.5)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())

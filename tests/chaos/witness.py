"""What can be seen of every dataset when all is quiet: its events, its objects, its manifest, its status.

Read past the wires, from the servers themselves. The slices are read where the store keeps them, because there are
too many to ask for one by one; which there are is asked of the store.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bus.connection import close, connect
from contracts import keys, subjects
from stack import environment
from tests.e2e.conftest import Trainer, User

_PATIENCE_SECONDS = 30.0


@dataclass
class Seen:
    """One dataset. Events are in stream order, those of its life with their sequence.

    `slices` are sha256 by the key's last part; `others` are all other objects, by key without the dataset's prefix.
    """

    dataset_id: str
    life: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    segments: list[dict[str, Any]] = field(default_factory=list)
    progress: list[dict[str, Any]] = field(default_factory=list)
    slices: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    manifest: bytes | None = None
    status: str = ""

    @property
    def name(self) -> str:
        return str(self.life[0][1]["source"]["name"]) if self.life else "?"

    @property
    def runs(self) -> list[int]:
        return [seq for seq, event in self.life if event["type"] == "ProcessRequested"]


async def everything(user: User, trainer: Trainer, folder: Path) -> list[Seen]:
    """Every dataset the stream knows, in the order of their lives' beginning."""
    seen = await _events(user.stack.nats_url("topology"))
    for dataset in seen:
        # One after another: our wires share this process, and must not starve the services while we look.
        await _look(dataset, user, trainer, folder)
    return seen


async def _events(nats_url: str) -> list[Seen]:
    found: dict[str, Seen] = {}
    by_kind: dict[str, str] = {"segment": "segments", "progress": "progress"}
    async for dataset_id, rest, seq, event in stored_events(nats_url):
        dataset = found.setdefault(dataset_id, Seen(dataset_id))
        if not rest:
            dataset.life.append((seq, event))
        elif len(rest) == 4 and rest[2] in by_kind:
            getattr(dataset, by_kind[rest[2]]).append(event)
    return list(found.values())


async def stored_events(nats_url: str) -> AsyncIterator[tuple[str, list[str], int, dict[str, Any]]]:
    """All that the stream holds, in its order: the dataset, what its subject has behind that, sequence and event."""
    client = await connect(nats_url, "witness")
    try:
        js = client.jetstream()
        left = (await js.stream_info(subjects.STREAM)).state.messages
        messages = await js.subscribe("tts.dataset.>", stream=subjects.STREAM, ordered_consumer=True)
        while left:
            message = await messages.next_msg(timeout=30)
            left = message.metadata.num_pending
            _, _, dataset_id, *rest = message.subject.split(".")
            yield dataset_id, rest, message.metadata.sequence.stream, json.loads(message.data)
    finally:
        await close(client)


async def _look(dataset: Seen, user: User, trainer: Trainer, folder: Path) -> None:
    prefix = keys.dataset_prefix(user.name, dataset.dataset_id)
    shown = await shown_of(dataset.dataset_id, user)
    dataset.status = shown["status"]
    bucket = folder / "s3" / environment.BUCKET
    for key in await trainer.keys(prefix):
        folder_of, _, name = key.removeprefix(prefix).rpartition("/")
        if folder_of == "segments":
            dataset.slices[name] = await asyncio.to_thread(_sha256, bucket / key)
        else:
            dataset.others.append(key.removeprefix(prefix))
    if shown["training_data_s3_key"]:
        dataset.manifest = await trainer.store.get(shown["training_data_s3_key"])


async def shown_of(dataset_id: str, user: User) -> dict[str, Any]:
    """What the API shows. A 503 says that it may be asked again, so it is, for a while."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while (answer := await user.http.get(f"/tts/datasets/{dataset_id}")).status_code == 503:
            await asyncio.sleep(0.5)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

"""Archives of datasets whose manifests and slices are in memory."""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from typing import Any, cast

from contracts import keys, manifest_index
from contracts.dataset import Options, Result
from contracts.warnings import WarningSummary
from gateway.archives.archives import Archives
from gateway.archives.formats import FORMATS
from gateway.archives.order import Order, Source
from gateway.results.manifests import Manifests
from objects import ObjectMissing, ObjectStore
from tests.unit.gateway.archives.clips import clip, dataset

SPEAKERS = ("Ann", "Ben", None)


class MemoryStore:
    """What an archive reads of a store; `reads` are the keys in the order they were read, each in `seconds`."""

    def __init__(self, seconds: float = 0) -> None:
        self.seconds = seconds
        self.objects: dict[str, bytes] = {}
        self.reads: list[str] = []

    async def get(self, key: str, max_bytes: int = 0) -> bytes:
        self.reads.append(key)
        await asyncio.sleep(self.seconds)
        if key not in self.objects:
            raise ObjectMissing(key)
        return self.objects[key]

    async def put(self, key: str, body: bytes, content_type: str = "") -> None:
        self.objects[key] = body

    async def get_range(self, key: str, first: int, count: int) -> bytes:
        return (await self.get(key))[first : first + count]


def archives_of(store: MemoryStore) -> Archives:
    return Archives(cast(ObjectStore, store), Manifests(cast(ObjectStore, store)))


def order_of(store: MemoryStore, *rows: int, form: str = "jsonl", ids: Sequence[str] = (), **others: Any) -> Order:
    """Of datasets with so many rows each, whose manifests are put into the store; slices are not."""
    named = ids or [f"d{place}" for place in range(len(rows))]
    sources = tuple(_source(store, each, count) for each, count in zip(named, rows, strict=True))
    values: dict[str, Any] = {"validation": 0, "skip": frozenset(), "name": "book", "language": None}
    return Order(**values | {"form": FORMATS[form], "sources": sources} | others)


def _source(store: MemoryStore, dataset_id: str, rows: int) -> Source:
    prefix = keys.run_prefix("alice", dataset_id, 3)
    body = b"".join(
        json.dumps(clip(n, f"It was {n}.", speaker=SPEAKERS[n % len(SPEAKERS)]).columns).encode() + b"\n"
        for n in range(rows)
    )
    sha256 = hashlib.sha256(body).hexdigest()
    store.objects[keys.manifest(prefix)] = body
    store.objects[keys.manifest_index(prefix)] = manifest_index.encode(manifest_index.index_of(body, sha256))
    result = Result(
        run=3,
        options=Options(),
        plan_id="p",
        prefix=prefix,
        training_data_key=keys.manifest(prefix),
        training_data_sha256=sha256,
        segment_count=rows,
        total_frames=rows * 800,
        sample_rate=24_000,
        warnings=WarningSummary(),
    )
    return Source(dataset(id=dataset_id, manifest_sha256=sha256, segment_count=rows), result)

"""The last broom: objects of datasets that were deleted or never began, and uploads that nobody will finish.

It removes only what no life speaks for: an upload writes its objects before its life begins, so a young prefix
without a life is left alone.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bus.life_log import LifeLog
from contracts import keys, life
from contracts.envelope import UndecodableEvent
from objects import ObjectStore

UPLOAD_ENDS: Final = timedelta(hours=6)  # the gateway's limit; a prefix without a life is a leftover after it
MULTIPART_ENDS: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a sweep removed, or with `dry_run` would remove."""

    prefixes: tuple[str, ...]
    objects: int
    uploads: int


@dataclass(frozen=True, slots=True)
class Sweeper:
    store: ObjectStore
    lives: LifeLog

    async def sweep(self, *, dry_run: bool = False) -> Sweep:
        """Raises: StoreError, BusError while a dependency is unavailable."""
        prefixes, objects = [], 0
        async for prefix in self._datasets():
            if await self._is_leftover(prefix):
                prefixes.append(prefix)
                objects += 0 if dry_run else await self.store.delete_prefix(prefix)
        return Sweep(tuple(prefixes), objects, await self._abort_uploads(dry_run))

    async def _datasets(self) -> AsyncIterator[str]:
        async for user in self.store.list_prefixes(keys.USERS):
            async for dataset in self.store.list_prefixes(f"{user}datasets/"):
                yield dataset

    async def _is_leftover(self, prefix: str) -> bool:
        try:
            state = (await self.lives.head(prefix.rstrip("/").rsplit("/", 1)[-1])).state
        except UndecodableEvent:
            return False  # a newer version's event speaks for it, and its sweeper knows what it says
        if isinstance(state, life.Absent):
            return await self._youngest(prefix) < datetime.now(UTC) - UPLOAD_ENDS
        return isinstance(state, life.Deleted)

    async def _youngest(self, prefix: str) -> datetime:
        return max([found.modified async for found in self.store.list(prefix)], default=datetime.now(UTC))

    async def _abort_uploads(self, dry_run: bool) -> int:
        old = datetime.now(UTC) - MULTIPART_ENDS
        count = 0
        async for upload in self.store.list_open_uploads(keys.USERS):
            if upload.started < old:
                count += 1
                if not dry_run:
                    await self.store.abort_upload(upload.key, upload.upload_id)
        return count

"""Goes through all datasets, one at a time, and hands out what it removed, so that its memory does not grow with them.

An upload writes its objects before its life begins, so a young prefix without a life is left alone.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from bus.life_log import LifeLog
from contracts import keys, life
from contracts.envelope import UndecodableEvent
from objects import ObjectStore
from segmenter.sweeping.removal import Reason, Removed, Remover
from segmenter.sweeping.superseded import Superseded

UPLOAD_ENDS: Final = timedelta(hours=6)  # the gateway's limit; a prefix without a life is a leftover after it
MULTIPART_ENDS: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Sweeper:
    store: ObjectStore
    lives: LifeLog
    superseded: Superseded

    async def sweep(self, *, dry_run: bool = False) -> AsyncIterator[Removed]:
        """What is removed, as it goes; with `dry_run` nothing is, and the same is handed out.

        Raises: StoreError, BusError while a dependency is unavailable.
        """
        remover = Remover(self.store, dry_run)
        async for prefix in self._datasets():
            try:
                async for removed in self._of_dataset(prefix, remover):
                    yield removed
            except UndecodableEvent:
                continue  # a newer version's event speaks for it, and its sweeper knows what it says
        async for removed in self._open_uploads(remover):
            yield removed

    async def _datasets(self) -> AsyncIterator[str]:
        async for user in self.store.list_prefixes(keys.USERS):
            async for dataset in self.store.list_prefixes(f"{user}datasets/"):
                yield dataset

    async def _of_dataset(self, prefix: str, remover: Remover) -> AsyncIterator[Removed]:
        head = await self.lives.head(keys.dataset_of(prefix))
        match head.state:
            case life.Deleted():
                yield await remover.remove(prefix, Reason.DELETED)
            case life.Absent():
                if await self._youngest(prefix) < datetime.now(UTC) - UPLOAD_ENDS:
                    yield await remover.remove(prefix, Reason.NO_LIFE)
            case _:
                async for removed in self.superseded.removed(prefix, head, remover):
                    yield removed

    async def _youngest(self, prefix: str) -> datetime:
        return max([found.modified async for found in self.store.list(prefix)], default=datetime.now(UTC))

    async def _open_uploads(self, remover: Remover) -> AsyncIterator[Removed]:
        old = datetime.now(UTC) - MULTIPART_ENDS
        async for upload in self.store.list_open_uploads(keys.USERS):
            if upload.started < old:
                yield await remover.abort(upload)

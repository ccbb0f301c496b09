"""Removes one place after the other, or says what it would remove."""

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from objects import Deleted, ObjectInfo, ObjectStore, OpenUpload

Place: TypeAlias = ObjectInfo | str  # an object, or a folder's prefix, which ends with "/"


class Reason(Enum):
    DELETED = "deleted"  # the dataset was
    NO_LIFE = "no-life"  # an upload that never became a dataset
    SUPERSEDED = "superseded"  # of a run that is over, and whose result is not the current one
    OPEN_UPLOAD = "open-upload"  # parts of an object that was never completed


@dataclass(frozen=True, slots=True)
class Removed:
    """What was removed, or would be: a key, or a prefix that ends with "/". The size of open uploads is not known."""

    place: str
    reason: Reason
    amount: Deleted


@dataclass(frozen=True, slots=True)
class Remover:
    """With `dry_run` it only looks."""

    store: ObjectStore
    dry_run: bool

    async def remove(self, place: Place, reason: Reason) -> Removed:
        """Raises: StoreError."""
        if isinstance(place, str):
            return Removed(place, reason, await self._folder(place))
        if not self.dry_run:
            await self.store.delete([place.key])
        return Removed(place.key, reason, Deleted(1, place.size_bytes))

    async def abort(self, upload: OpenUpload) -> Removed:
        """Raises: StoreError."""
        if not self.dry_run:
            await self.store.abort_upload(upload.key, upload.upload_id)
        return Removed(upload.key, Reason.OPEN_UPLOAD, Deleted(objects=1))

    async def _folder(self, prefix: str) -> Deleted:
        if not self.dry_run:
            return await self.store.delete_prefix(prefix)
        objects = size_bytes = 0
        async for found in self.store.list(prefix):
            objects, size_bytes = objects + 1, size_bytes + found.size_bytes
        return Deleted(objects, size_bytes)

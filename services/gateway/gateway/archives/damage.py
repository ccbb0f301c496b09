"""The note that a result has a damaged slice: kept beside the result, so that every gateway refuses its archive.

It names a run, so a later result is not refused for it.
"""

import logging

import msgspec
from msgspec import Struct

from contracts import keys
from gateway import metrics
from gateway.errors import SliceDamaged
from objects import ObjectMissing, ObjectStore

_log = logging.getLogger(__name__)


class Damage(Struct, frozen=True):
    """`n` is the number of the segment that was found last; None where the note can't be read."""

    n: int | None
    detail: str


class Damages(Struct, frozen=True):
    store: ObjectStore

    async def found(self, user_id: str, dataset_id: str, run: int) -> Damage | None:
        """Raises: StoreError."""
        try:
            body = await self.store.get(_key(user_id, dataset_id, run), max_bytes=64 * 1024)
            return msgspec.json.decode(body, type=Damage)
        except ObjectMissing:
            return None
        except (msgspec.DecodeError, UnicodeDecodeError):
            return Damage(None, "the note of it can't be read")

    async def note(self, user_id: str, dataset_id: str, run: int, damaged: SliceDamaged) -> None:
        """Raises: StoreError."""
        metrics.result_damaged()
        fields = {"dataset_id": dataset_id, "run": run, "n": damaged.n, "error": damaged.internal_detail}
        _log.error("slice damaged", extra={"fields": fields})
        body = msgspec.json.encode(Damage(damaged.n, damaged.internal_detail))
        await self.store.put(_key(user_id, dataset_id, run), body, "application/json")


def _key(user_id: str, dataset_id: str, run: int) -> str:
    return keys.damage(keys.dataset_prefix(user_id, dataset_id), run)

"""Pages of a manifest's rows. With the index, a page of the manifest as it is costs one short read at any position.

A filter or another order costs one pass over the manifest, of which a gateway makes two at a time; the positions of the
matching rows are then cached, so that further pages of the same question are short reads, too.
"""

import asyncio
from typing import Final, NamedTuple

import msgspec

from contracts import keys, manifest_index
from contracts.dataset import Result
from contracts.manifest_index import ManifestIndex
from gateway.domain.row_order import Question
from gateway.results import lines
from gateway.results.bounded_cache import BoundedCache
from gateway.results.passes import Passes
from gateway.results.scan import Matches, Scan
from objects import ObjectMissing, ObjectStore

PIECE_BYTES: Final = 4 * 1024 * 1024
MAX_INDEX_BYTES: Final = 4 * 1024 * 1024
INDEXES_KEPT_BYTES: Final = 8 * 1024 * 1024
FOUND_KEPT_BYTES: Final = 32 * 1024 * 1024
_OFFSET_BYTES: Final = 40  # of an int in a tuple
_ENTRY_BYTES: Final = 2_000  # of an entry of the cache, its question included

PLAIN: Final = Question()


class Page(NamedTuple):
    """`rows` by number and line; `next` is the position at which the next page begins, None after the last."""

    rows: list[tuple[int, bytes]]
    next: int | None


class Manifests:
    """The manifests of all results; one for each process."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self.passes = Passes()
        self._indexes: BoundedCache[ManifestIndex] = BoundedCache(INDEXES_KEPT_BYTES)
        self._found: BoundedCache[Matches] = BoundedCache(FOUND_KEPT_BYTES)

    async def page(self, result: Result, question: Question, position: int, limit: int) -> Page:
        """At most `limit` rows and `lines.PAGE_BYTES`, but one at least while there is one, from `position` on.

        Raises: ResultTooOld; ObjectDamaged; StoreError.
        """
        index = await self.index(result)
        if question.is_plain:
            total = index.rows
            rows = await lines.run_of(self._store, result.training_data_key, index, position, limit)
        else:
            found = await self._matches_for(result, question)
            total = len(found.numbers)
            places = found.places(position, position + limit)
            rows = await lines.picked(self._store, result.training_data_key, places)
        after = position + len(rows)
        return Page(rows, after if after < total else None)

    async def row(self, result: Result, n: int) -> bytes | None:
        """Row `n` (0-based); None where there is none.

        Raises: ObjectDamaged; StoreError.
        """
        rows = (await self.page(result, PLAIN, n, 1)).rows
        return rows[0][1] if rows else None

    async def index(self, result: Result) -> ManifestIndex:
        """Raises: ObjectDamaged; StoreError."""
        found = self._indexes.get(_key(result)) or await self._stored_index(result)
        if found is None:
            async with self.passes.slot(keys.user_of(result.prefix)):
                found = self._indexes.get(_key(result)) or (await self._pass(result, PLAIN)).index(
                    result.training_data_sha256
                )
        self._indexes.put(_key(result), found, len(found.offsets) * _OFFSET_BYTES + 1_000)
        return found

    async def _stored_index(self, result: Result) -> ManifestIndex | None:
        """None for a result of a release without indexes, or if the index is not of this manifest."""
        try:
            body = await self._store.get(keys.manifest_index(result.prefix), MAX_INDEX_BYTES)
            index = manifest_index.decode(body)
        except (ObjectMissing, msgspec.DecodeError, UnicodeDecodeError):
            return None
        return index if index.manifest_sha256 == result.training_data_sha256 else None

    async def _matches_for(self, result: Result, question: Question) -> Matches:
        key = (_key(result), question)
        if (found := self._found.get(key)) is not None:
            return found
        async with self.passes.slot(keys.user_of(result.prefix)):
            if (found := self._found.get(key)) is None:  # another request may have asked the same meanwhile
                scan = await self._pass(result, question)
                scan.index(result.training_data_sha256)
                found = await asyncio.to_thread(scan.found)
        self._found.put(key, found, found.size_bytes + _ENTRY_BYTES)
        return found

    async def _pass(self, result: Result, question: Question) -> Scan:
        scan = Scan(question)
        async for piece in self._store.stream(result.training_data_key, PIECE_BYTES):
            await asyncio.to_thread(scan.feed, piece)
        return scan


def _key(result: Result) -> tuple[str, str]:
    return result.training_data_key, result.training_data_sha256

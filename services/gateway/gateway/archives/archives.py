"""Surveys of archives, and what they are made for: the archive itself, or what its trainer would leave out of it."""

import asyncio
from contextlib import AbstractAsyncContextManager, aclosing
from typing import Final

from contracts import keys
from gateway.archives.checking.check import Check, Checked
from gateway.archives.clip import Clip
from gateway.archives.content import Archive, clips_from
from gateway.archives.layout.places import MOST_CHECKPOINTS
from gateway.archives.order import Order, Source
from gateway.archives.slices import Ahead
from gateway.archives.survey import OverviewBuilder, Survey, SurveyBuilder, kept
from gateway.results.bounded_cache import BoundedCache
from gateway.results.manifests import Manifests
from objects import ObjectStore

INDEXES_AT_ONCE: Final = 8
SURVEYS_KEPT_BYTES: Final = 16 * 1024 * 1024
_PLACE_BYTES: Final = 150  # of a checkpoint or a mark
_DATASET_BYTES: Final = 2_000
_NAME_BYTES: Final = 90  # of a speaker's, besides its characters


class Archives:
    """Of all users; one for each process. A survey costs two passes over the manifests, and is kept for a while."""

    def __init__(self, store: ObjectStore, manifests: Manifests) -> None:
        self._store, self._manifests = store, manifests
        self._surveys: BoundedCache[Survey] = BoundedCache(SURVEYS_KEPT_BYTES)
        self._ahead = Ahead()
        self._making: dict[str, asyncio.Task[Survey]] = {}

    async def archive(self, order: Order) -> Archive:
        """Raises: ResultTooOld; ObjectDamaged; Busy; StoreError."""
        survey = self._surveys.get(order.sha256) or await self._shared(order)
        return Archive(self._store, self._ahead, order, survey)

    async def check(self, order: Order) -> tuple[Checked, Survey]:
        """What the trainer would leave out. Raises: as `archive`."""
        survey = (await self.archive(order)).survey
        checking = Check(order.form)
        async with (
            self._slot(order),
            aclosing(clips_from(self._store, order, survey.manifest_bytes)) as batches,
        ):
            async for _, clips in batches:
                await asyncio.to_thread(_check, checking, clips, order)
        return checking.finish(survey.overview), survey

    async def _shared(self, order: Order) -> Survey:
        """One for all requests that ask meanwhile: a download by sixteen connections is begun by all at once."""
        making = self._making.get(order.sha256)
        if making is None:
            making = self._making[order.sha256] = asyncio.create_task(self._made(order))
            making.add_done_callback(lambda made: self._forget(order.sha256, made))
        return await asyncio.shield(making)

    def _forget(self, sha256: str, made: asyncio.Task[Survey]) -> None:
        del self._making[sha256]
        if not made.cancelled():
            made.exception()  # retrieved, though every request that waits may have ended

    async def _made(self, order: Order) -> Survey:
        manifest_bytes = await self._manifest_bytes(order)  # may need a pass of its own
        async with self._slot(order):
            survey = await self._survey(order, manifest_bytes)
        self._surveys.put(order.sha256, survey, size_of(survey))
        return survey

    def _slot(self, order: Order) -> AbstractAsyncContextManager[None]:
        return self._manifests.passes.slot(keys.user_of(order.sources[0].result.prefix))

    async def _manifest_bytes(self, order: Order) -> tuple[int, ...]:
        gate = asyncio.Semaphore(INDEXES_AT_ONCE)

        async def one(source: Source) -> int:
            async with gate:
                return (await self._manifests.index(source.result)).manifest_bytes

        return tuple(await asyncio.gather(*map(one, order.sources)))

    async def _survey(self, order: Order, manifest_bytes: tuple[int, ...]) -> Survey:
        looking = OverviewBuilder(order)
        async with aclosing(clips_from(self._store, order, manifest_bytes)) as batches:
            async for start, clips in batches:
                await asyncio.to_thread(looking.add, start, clips)
        overview, marks = await asyncio.to_thread(looking.finish)  # it sorts all speakers
        measuring = await asyncio.to_thread(SurveyBuilder, order, overview)  # it labels all speakers
        async with aclosing(clips_from(self._store, order, manifest_bytes)) as batches:
            async for _, clips in batches:
                await asyncio.to_thread(_measure, measuring, clips, order)
        return await asyncio.to_thread(measuring.finish, marks, manifest_bytes)


def _measure(measuring: SurveyBuilder, clips: list[Clip], order: Order) -> None:
    measuring.add(kept(clips, order))


def _check(checking: Check, clips: list[Clip], order: Order) -> None:
    for clip in kept(clips, order):
        checking.add(clip)


def size_of(survey: Survey) -> int:
    """What it takes in memory, in bytes, or somewhat more."""
    places = min(survey.layout.member_count, MOST_CHECKPOINTS) + len(survey.marks)
    names = sum(_NAME_BYTES + 4 * len(name) for name in survey.overview.speakers)
    return places * _PLACE_BYTES + len(survey.overview.datasets) * _DATASET_BYTES + names

"""What earlier runs of a living dataset left behind, once another result has stood for the time that it is kept.

A run's folder is removed once its life says that nothing needs it; that never changes back. The root folder is
different: a new run of its owner's plan would write there again. So it is retired first: the server stores RootRetired
only while the life that was read has no later event. A run that was requested before prevents it, and one that is
requested after reads it and writes to its own folder (docs/decisions/0009-the-root-is-retired-never-reclaimed.md).
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from bus.errors import ConditionFailed, InFlight
from bus.life_log import Head, LifeLog
from bus.messages import MessageFactory
from bus.stream import Stream
from contracts import envelope, keys, life, subjects
from contracts.events import RootRetired
from objects import ObjectInfo, ObjectStore
from segmenter import metrics
from segmenter.domain.supersession import Supersession
from segmenter.sweeping.removal import Place, Reason, Removed, Remover

_FOLDERS_OF_RUNS: Final = ("runs/", "damage/")


@dataclass(frozen=True, slots=True)
class Superseded:
    """`keep`: for how long a result stays after another one has taken its place."""

    stream: Stream
    factory: MessageFactory
    lives: LifeLog
    keep: timedelta

    async def removed(self, root: str, head: Head, remover: Remover) -> AsyncIterator[Removed]:
        """Removes what is superseded under `root`, the prefix of a living dataset whose life was read up to `head`.

        Raises: StoreError, BusError; UndecodableEvent for a life of a newer release.
        """
        assert isinstance(head.state, life.Living)
        left = await _left(remover.store, root, head.state)
        if not left.by_runs and not left.in_root:
            return
        told = await self._told(root, head.state.dataset_id)
        for run, place in left.by_runs:
            if self._is_due(told.over.get(run)):
                yield await remover.remove(place, Reason.SUPERSEDED)
        if left.in_root and await self._is_root_free(head, told.root_left_at, remover.dry_run):
            for place in left.in_root:
                yield await remover.remove(place, Reason.SUPERSEDED)

    async def _told(self, root: str, dataset_id: str) -> Supersession:
        told = Supersession(root)
        async for event in self.lives.every(dataset_id):
            told.fold(event)
        return told

    def _is_due(self, since: datetime | None) -> bool:
        return since is not None and datetime.now(UTC) - since >= self.keep

    async def _is_root_free(self, head: Head, left_at: datetime | None, dry_run: bool) -> bool:
        """Whether no run writes to the root, now or ever again; `left_at` is when the result came to be elsewhere."""
        fact = _retired(head)
        stored = await self.stream.last(subjects.root(fact.dataset_id))
        if stored is not None and isinstance(envelope.decode(stored.body), RootRetired):
            return True
        if isinstance(head.state, life.Processing) or not self._is_due(left_at):
            return False
        return dry_run or await self._retire(fact, head.state.seq)

    async def _retire(self, fact: RootRetired, head: int) -> bool:
        """False where the life has gone on from `head`: the next sweep decides again."""
        try:
            await self.stream.publish(self.factory.lasting(subjects.root(fact.dataset_id), fact, head=head))
        except (ConditionFailed, InFlight):
            return False
        metrics.count_retired_root()
        return True


class _Left(NamedTuple):
    """What lies under a dataset's prefix and is not of its result, nor of a run in progress in its own folder."""

    by_runs: list[tuple[int, Place]]
    in_root: list[Place]


async def _left(store: ObjectStore, root: str, state: life.Living) -> _Left:
    left = _Left([], [])
    async for place in store.list_folder(root):
        name = _name(place).removeprefix(root)
        if name in _FOLDERS_OF_RUNS:
            left.by_runs.extend([found async for found in _by_runs(store, root + name, state)])
        elif name in keys.RUN_WRITES and state.result is not None and state.result.prefix != root:
            left.in_root.append(place)
    return left


async def _by_runs(store: ObjectStore, folder: str, state: life.Living) -> AsyncIterator[tuple[int, Place]]:
    """Each place in `folder` that is named after a run, unless the run is in progress or made the result."""
    in_use = (state.seq, state.result and state.result.run)
    async for place in store.list_folder(folder):
        run = keys.run_of(_name(place))
        if run is not None and run not in in_use:
            yield run, place


def _name(place: Place) -> str:
    return place.key if isinstance(place, ObjectInfo) else place


def _retired(head: Head) -> RootRetired:
    assert isinstance(head.state, life.Living)
    assert head.state.result is not None
    assert head.event is not None
    return RootRetired(**head.event.identity(cause=head.event_id), run=head.state.result.run)

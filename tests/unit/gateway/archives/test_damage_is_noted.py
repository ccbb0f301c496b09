"""A slice that is not what was stored is noted where it is sure that it should be there; no note hides the damage."""

from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from bus.errors import BusUnavailable
from contracts.dataset import Result
from gateway.archives.answering import Archiving
from gateway.archives.choosing import Choosing
from gateway.archives.damage import Damages
from gateway.archives.order import Order
from gateway.errors import NotFound, ObjectDamaged, ResultDamaged, ResultRemoved, SliceDamaged
from gateway.http.auth import Caller
from gateway.results.delivery import Gone
from gateway.results.manifests import Manifests
from gateway.results.reader import Reader
from gateway.shutdown import Shutdown
from objects import ObjectStore, StoreUnavailable
from tests.unit.gateway.archives.made_archives import MemoryStore, archives_of, order_of

IDS = ("0191aaaa-0000-7000-8000-000000000001", "0191aaaa-0000-7000-8000-000000000002")


class Lives:
    """Of alice's datasets: each has the result that is given, or what asking for it raises."""

    def __init__(self, results: dict[str, Result | Exception]) -> None:
        self.results = results
        self.asked: list[str] = []

    async def last(self, dataset_id: str, user_id: str) -> Any:
        self.asked.append(dataset_id)
        result = self.results[dataset_id]
        if isinstance(result, Exception):
            raise result
        source = SimpleNamespace(name="A book", audio_sha256="aa", transcript_sha256="bb")
        state = SimpleNamespace(dataset_id=dataset_id, user_id=user_id, source=source, result=result)
        return SimpleNamespace(state=state)


class Gateway:
    """What answers one request, on a store in memory."""

    def __init__(self, rows: int = 3) -> None:
        self.store = MemoryStore()
        self.order: Order = order_of(self.store, rows, rows, ids=IDS)
        self.lives = Lives({source.facts.id: source.result for source in self.order.sources})
        store = cast(ObjectStore, self.store)
        reader = Reader(Caller("alice", "r"), cast(Any, self.lives), store, Manifests(store), Shutdown())
        self.archiving = Archiving(archives_of(self.store), Choosing(reader, Damages(store)))
        self.reader = reader

    async def download(self) -> Any:
        return await self.archiving.answer(self.order, None, "GET", {})

    async def send(self) -> None:
        """Raises: what ends the body."""
        answer = await self.download()
        async for _ in answer._delivery._pieces():
            pass

    def notes(self) -> list[str]:
        return [key for key in self.store.objects if "/damage/" in key]


async def test_a_missing_slice_of_the_current_result_is_noted() -> None:
    gateway = Gateway()
    with pytest.raises(SliceDamaged):
        await gateway.send()
    assert gateway.notes() == [f"users/alice/datasets/{IDS[0]}/damage/3.json"]


@pytest.mark.parametrize("how", ["deleted", "replaced", "unknown"])
async def test_a_slice_that_should_be_missing_is_not_noted(how: str) -> None:
    gateway = Gateway()
    answer = await gateway.download()
    later = msgspec.structs.replace(gateway.order.sources[0].result, run=4)
    meanwhile = {"deleted": NotFound(), "replaced": later, "unknown": BusUnavailable("away")}
    gateway.lives.results[IDS[0]] = cast(Any, meanwhile[how])
    with pytest.raises(SliceDamaged):
        async for _ in answer._delivery._pieces():
            pass
    assert gateway.notes() == []


async def test_a_note_that_can_not_be_written_does_not_hide_the_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    async def put(*args: object) -> None:
        raise StoreUnavailable("away")

    gateway = Gateway()
    monkeypatch.setattr(gateway.store, "put", put)
    with pytest.raises(SliceDamaged):
        await gateway.send()


@pytest.mark.parametrize(
    ("note", "detail"), [(b'{"n":7,"detail":"x"}', "Segment 7 of run 3"), (b"?", "A segment of run 3")]
)
async def test_a_result_with_a_note_is_refused(note: bytes, detail: str) -> None:
    gateway = Gateway()
    gateway.store.objects[f"users/alice/datasets/{IDS[1]}/damage/3.json"] = note
    with pytest.raises(ResultDamaged, match=detail):
        await gateway.archiving.choosing.sources(IDS)


async def test_a_manifest_that_is_missing_is_damage_unless_its_dataset_went_or_changed() -> None:
    gateway = Gateway()
    del gateway.store.objects[gateway.order.sources[1].result.training_data_key]
    with pytest.raises(ObjectDamaged, match="training_data"):
        await gateway.download()
    with pytest.raises(ObjectDamaged, match="training_data"):
        await gateway.archiving.check(gateway.order)
    gateway.lives.results[IDS[1]] = msgspec.structs.replace(gateway.order.sources[1].result, run=4)
    with pytest.raises(ResultRemoved):
        await gateway.download()
    gateway.lives.results[IDS[1]] = NotFound()
    with pytest.raises(NotFound):
        await gateway.download()


async def test_a_manifest_whose_texts_changed_is_damage() -> None:
    gateway = Gateway()
    key = gateway.order.sources[1].result.training_data_key
    gateway.store.objects[key] = gateway.store.objects[key].replace(b"It was 2.", b"It was 9.")
    with pytest.raises(ObjectDamaged, match="sha256"):
        await gateway.download()


async def test_a_bus_that_is_away_is_asked_once_for_all_datasets_of_a_download() -> None:
    gateway = Gateway()
    gateway.lives.results = {each: BusUnavailable("no clear answer in time") for each in IDS}
    assert await gateway.reader.watch(*IDS).why_gone() is None
    assert gateway.lives.asked == [IDS[0]]


async def test_a_download_knows_what_is_gone_and_a_deletion_comes_first() -> None:
    gateway = Gateway()
    names = [source.name for source in gateway.order.sources]
    assert await gateway.reader.watch(*names).why_gone() is None
    gateway.lives.results[IDS[0]] = msgspec.structs.replace(gateway.order.sources[0].result, run=4)
    assert await gateway.reader.watch(*names).why_gone() is Gone.REPLACED
    gateway.lives.results[IDS[1]] = NotFound()
    assert await gateway.reader.watch(*names).why_gone() is Gone.DELETED

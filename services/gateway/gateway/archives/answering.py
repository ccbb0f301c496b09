"""From chosen results and a wish to an answer: an archive, any part of it, or what its trainer would leave out."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager

from litestar.response.base import ASGIResponse
from msgspec import Struct, structs

from bus.errors import BusError
from contracts.envelope import UndecodableEvent
from gateway.archives.archives import Archives
from gateway.archives.checking.check import Checked
from gateway.archives.choosing import Choosing
from gateway.archives.content import Archive
from gateway.archives.order import Order, Source
from gateway.archives.parameters import Wish
from gateway.archives.stems import archive_name
from gateway.domain import conditions
from gateway.errors import (
    ArchiveChanged,
    FieldError,
    InvalidRequest,
    NotFound,
    ObjectDamaged,
    ResultRemoved,
    SliceDamaged,
)
from gateway.results import bodies, downloads
from gateway.results.bodies import Body
from gateway.results.delivery import Delivery
from gateway.results.downloads import Download
from gateway.results.objects import ARCHIVE_TYPES, Kind, StoredObject
from objects import ObjectMissing, StoreError

_log = logging.getLogger(__name__)


class CheckedDataset(Struct, frozen=True):
    id: str
    run: int


class ArchiveCheck(Checked, frozen=True, kw_only=True):
    """`clips` are in the archive, of which the trainer would keep `kept`; hours of sound. `left_out` counts, by flag,
    what `skip` leaves out. `reasons` counts clips by code, `rows` are the first 100; `notes` concern the whole.
    """

    datasets: list[CheckedDataset]
    validation_clips: int
    left_out: dict[str, int]


class Archiving(Struct, frozen=True):
    """Made for each request."""

    archives: Archives
    choosing: Choosing

    async def answer(self, order: Order, version: str | None, method: str, headers: Mapping[str, str]) -> ASGIResponse:
        """The answer to a GET or HEAD; HEAD reads no slice, and takes no notice of Range. `version`: the archive must
        still be the one that had it.

        Raises: InvalidRequest; ArchiveChanged; ResultTooOld; RangeNotSatisfiable; ObjectDamaged; Busy; StoreError;
        where a manifest is missing because of what happened meanwhile, as `Choosing.sources`.
        """
        if version not in (None, order.version):
            raise ArchiveChanged("A dataset of it was renamed, or the gateway lays archives out in another way now.")
        tag = conditions.etag(order.sha256)
        common = {"etag": tag, "accept-ranges": "bytes"}
        if conditions.is_known(headers.get("if-none-match"), tag):
            return ASGIResponse(status_code=304, headers=common)
        async with self._explaining(order):
            archive = await self._archive(order)
        stored = _as_object(archive)
        common |= {"content-disposition": stored.disposition}
        if method == "HEAD":
            return ASGIResponse(headers=common | bodies.whole(stored).headers, is_head_response=True)
        body = downloads.chosen_body(stored, headers)
        watch = self.choosing.reader.watch(*(source.name for source in order.sources))
        delivery = Delivery(Kind.ARCHIVE, lambda: self._pieces(archive, body), watch)
        return Download(common | body.headers, body.status, delivery)

    async def check(self, order: Order) -> ArchiveCheck:
        """Raises: as `answer`."""
        async with self._explaining(order):
            checked, survey = await self.archives.check(order)
        return ArchiveCheck(
            **structs.asdict(checked),
            datasets=[CheckedDataset(source.facts.id, source.facts.run) for source in order.sources],
            validation_clips=survey.overview.validation_clips,
            left_out=survey.overview.left_out,
        )

    async def _archive(self, order: Order) -> Archive:
        archive = await self.archives.archive(order)
        if archive.survey.overview.clips == 0:
            raise InvalidRequest(
                FieldError("skip", "nothing-left", "Every segment has one of the flags to be skipped.")
            )
        return archive

    async def _pieces(self, archive: Archive, body: Body) -> AsyncGenerator[bytes, None]:
        """Raises: SliceDamaged, which is noted, so that the archive is refused from then on; StoreError."""
        try:
            for part in body.parts:
                yield part.before
                async with aclosing(archive.bytes_of(part.span)) as pieces:
                    async for piece in pieces:
                        yield piece
            yield body.after
        except SliceDamaged as exc:
            await self._note(archive.order.sources[exc.dataset], exc)
            raise

    @asynccontextmanager
    async def _explaining(self, order: Order) -> AsyncIterator[None]:
        """A manifest is missing: its dataset was deleted or its result replaced a moment ago, or it is damage."""
        try:
            yield
        except ObjectMissing as exc:
            await self.choosing.sources([source.name for source in order.sources])
            raise ObjectDamaged(str(exc)) from exc

    async def _note(self, source: Source, damaged: SliceDamaged) -> None:
        """Only where the result is known to be the current one: the slices of another are missing because they should
        be. What can't be noted now is found again by the next download.
        """
        reader = self.choosing.reader
        try:
            await reader.result(source.name)
            await self.choosing.damages.note(reader.caller.user_id, source.facts.id, source.facts.run, damaged)
        except (NotFound, ResultRemoved):
            return
        except (BusError, UndecodableEvent, StoreError) as exc:
            fields = {"dataset_id": source.facts.id, "run": source.facts.run, "error": f"{type(exc).__name__}: {exc}"}
            _log.warning("damage not noted", extra={"fields": fields})


def order_of(sources: Sequence[Source], wish: Wish) -> Order:
    return Order(
        form=wish.form,
        sources=tuple(sources),
        validation=wish.validation,
        skip=wish.skip,
        name=archive_name(wish.name, [source.facts for source in sources]),
        language=wish.language,
    )


def _as_object(archive: Archive) -> StoredObject:
    """What downloads need to know; its key is in no store."""
    order = archive.order
    return StoredObject(
        kind=Kind.ARCHIVE,
        key=order.file_name,
        size_bytes=archive.survey.layout.size_bytes,
        sha256=order.sha256,
        content_type=ARCHIVE_TYPES[order.form.container],
        file_name=order.file_name,
        attachment=True,
    )

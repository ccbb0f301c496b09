"""The bytes of any part of an archive, made while they are sent: records, tables and, read ahead, slices."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from typing import Final

from msgspec import Struct

from contracts import keys
from gateway.archives.clip import Clip
from gateway.archives.clips import BEGINNING, Clips, Start, lines_from
from gateway.archives.formats import Table, table_files
from gateway.archives.layout.members import Member
from gateway.archives.layout.walks import Content, MembersDiffer, Walk
from gateway.archives.order import Order
from gateway.archives.slices import Ahead, Read, Slice, in_order, reads_of
from gateway.archives.survey import Survey, clip_members, kept
from gateway.domain.ranges import Span
from gateway.errors import ObjectDamaged
from objects import ObjectStore

JOINED_BYTES: Final = 256 * 1024  # small pieces are sent together


class Archive(Struct, frozen=True):
    store: ObjectStore
    ahead: Ahead
    order: Order
    survey: Survey

    async def bytes_of(self, span: Span) -> AsyncGenerator[bytes, None]:
        """Bytes `span` of the archive, in pieces. Close it, because it reads ahead.

        Raises: SliceDamaged, ObjectDamaged; StoreError.
        """
        try:
            async with (
                aclosing(self._items(span)) as items,
                aclosing(in_order(self.store, self.ahead, items)) as pieces,
                aclosing(_joined(pieces)) as joined,
            ):
                async for piece in joined:
                    yield piece
        except MembersDiffer as exc:
            raise ObjectDamaged(f"a manifest of {self.order.file_name} changed: {exc}") from exc

    async def _items(self, span: Span) -> AsyncGenerator[bytes | Read, None]:
        for walk in self.survey.layout.walks(span.first, span.last):
            async with aclosing(self._walked(walk)) as items:
                async for item in items:
                    yield item
            walk.finish()
        yield self.survey.layout.ending(span.first, span.last)

    async def _walked(self, walk: Walk) -> AsyncGenerator[bytes | Read, None]:
        """Feeds the walk the members it needs, those of clips first, then those of tables."""
        if walk.first_member < self.survey.first_table:
            first_clip = walk.first_member // self.survey.files_per_clip
            async with aclosing(self._clips_from(first_clip)) as batches:
                async for clips in batches:
                    for item in self._of_clips(walk, clips, walk.next_member):
                        yield item
                    if walk.done:
                        return
        for number in range(walk.next_member - self.survey.first_table, len(self.survey.tables)):
            for piece in walk.feed(self.survey.tables[number]):
                if isinstance(piece, bytes):
                    yield piece
                else:
                    async with aclosing(self._of_table(number, piece)) as parts:
                        async for part in parts:
                            yield part

    def _of_clips(self, walk: Walk, clips: Sequence[Clip], index: int) -> Iterator[bytes | Read]:
        """`index` is that of the next member; it may be any of the first clip's."""
        skipped = index % self.survey.files_per_clip
        for clip in clips:
            members = clip_members(clip, self.order.form, self.survey.overview)
            for place in range(skipped, len(members)):
                for piece in walk.feed(members[place]):
                    if isinstance(piece, bytes):
                        yield piece
                    else:
                        yield from self._of_file(clip, place, members[place], piece)
                if walk.done:
                    return
            skipped = 0

    def _of_file(self, clip: Clip, place: int, member: Member, part: Content) -> Iterator[bytes | Read]:
        _, content = self.order.form.files(clip, self.survey.overview)[place]
        if content is not None:
            yield content[part.first : part.last + 1]
            return
        key = keys.segment(self.order.sources[clip.dataset].result.prefix, clip.n)
        yield from reads_of(Slice(key, member.size_bytes, member.crc32, clip.dataset, clip.n), part.first, part.last)

    async def _of_table(self, number: int, part: Content) -> AsyncGenerator[bytes, None]:
        """Bytes of a file that is made of all clips; what of its part lies before them is made, too, and not sent."""
        tables = await asyncio.to_thread(self._parts_of, number)
        at = 0
        for table, size in zip(tables, self.survey.part_bytes[number], strict=True):
            if at + size <= part.first:
                at += size  # each part is a pass over all clips
                continue
            async with aclosing(self._whole_table(table)) as pieces:
                async for piece in pieces:
                    first, last = max(part.first - at, 0), min(part.last - at, len(piece) - 1)
                    at += len(piece)
                    if first <= last:
                        yield piece[first : last + 1]
                    if at > part.last:
                        return

    def _parts_of(self, number: int) -> Sequence[Table]:
        """Labels all speakers, of whom there may be as many as clips."""
        _, tables = tuple(table_files(self.order.form.tables(self.survey.overview)))[number]
        return tables

    async def _whole_table(self, table: Table) -> AsyncGenerator[bytes, None]:
        yield table.head
        async with aclosing(self._clips_from(0)) as batches:
            async for clips in batches:
                yield await asyncio.to_thread(lambda clips: b"".join(map(table.line, clips)), clips)
        yield table.tail

    async def _clips_from(self, clip: int) -> AsyncGenerator[Sequence[Clip], None]:
        """Clip number `clip` and all after it that are not left out, some at a time."""
        if self.survey.overview.clips == 0:
            return
        mark = self.survey.mark_before(clip)
        before = clip - mark.clip
        async with aclosing(clips_from(self.store, self.order, self.survey.manifest_bytes, mark.start)) as batches:
            async for _, every in batches:
                clips = list(kept(every, self.order))
                yield clips[before:]
                before = max(0, before - len(clips))


async def clips_from(
    store: ObjectStore, order: Order, manifest_bytes: tuple[int, ...], start: Start = BEGINNING
) -> AsyncGenerator[tuple[Start, list[Clip]], None]:
    """All clips, those that are left out, too, some at a time with where the first of them is. Close it.

    Raises: ObjectDamaged; ResultTooOld; StoreError.
    """
    clips = Clips(order)
    async with aclosing(lines_from(store, order, manifest_bytes, start)) as found:
        async for lines in found:
            yield lines.start, await asyncio.to_thread(clips.of, lines)


async def _joined(pieces: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """The first piece at once; after it small ones together."""
    held: list[bytes] = []
    size, least = 0, 1
    async for piece in pieces:
        held.append(piece)
        size += len(piece)
        if size >= least:
            yield b"".join(held)
            held.clear()
            size, least = 0, JOINED_BYTES
    if size:
        yield b"".join(held)

"""What must be known of an archive before its first byte: how its bytes lie, and how large each table is.

Pure, and fed clip by clip: once for what the tables' own lines depend on, once more for their sizes. Of the clips
nothing is kept, so that a hundred thousand take no more memory than ten.
"""

import zlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter
from typing import Final, NamedTuple

from msgspec import Struct

from gateway.archives.clip import Clip, Overview
from gateway.archives.clips import Start
from gateway.archives.formats import Format, Table, table_files
from gateway.archives.layout.checksums import combined
from gateway.archives.layout.layout import Layout, LayoutBuilder
from gateway.archives.layout.members import Member
from gateway.archives.order import Order

_MICROSECONDS: Final = 1_000_000


class Mark(NamedTuple):
    """Clip number `clip` of the archive, or the next one that is not left out, is at `start` or behind it."""

    clip: int
    start: Start


class Survey(Struct, frozen=True):
    """`marks` are ascending; `files_per_clip` members belong to each clip, and those of `tables` follow them all.
    `part_bytes` are the sizes of the parts that each of these consists of.
    """

    overview: Overview
    layout: Layout
    marks: tuple[Mark, ...]
    manifest_bytes: tuple[int, ...]
    files_per_clip: int
    tables: tuple[Member, ...]
    part_bytes: tuple[tuple[int, ...], ...]

    def mark_before(self, clip: int) -> Mark:
        return self.marks[bisect_right(self.marks, clip, key=itemgetter(0)) - 1]

    @property
    def first_table(self) -> int:
        """The index of the first member that is made of all clips."""
        return self.overview.clips * self.files_per_clip


class OverviewBuilder:
    """The first pass. `add` what each piece of a manifest has, then `finish`."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._clips = self._validation = self._unnamed = self._microseconds = 0
        self._speakers: set[str] = set()
        self._rates: set[int] = set()
        self._flags: Counter[str] = Counter()
        self._left_out: Counter[str] = Counter()
        self._marks: list[Mark] = []

    def add(self, start: Start, clips: Iterable[Clip]) -> None:
        self._marks.append(Mark(self._clips, start))
        for clip in clips:
            flags = clip.columns["flags"]
            if (reason := left_out_for(clip, self._order)) is not None:
                self._left_out[reason] += 1
                continue
            self._clips += 1
            self._validation += clip.validation
            self._microseconds += round(clip.seconds * _MICROSECONDS)
            self._rates.add(clip.sample_rate)
            self._flags.update(flags)
            if clip.speaker is None:
                self._unnamed += 1
            else:
                self._speakers.add(clip.speaker)

    def finish(self) -> tuple[Overview, tuple[Mark, ...]]:
        overview = Overview(
            name=self._order.name,
            datasets=tuple(source.facts for source in self._order.sources),
            clips=self._clips,
            validation_clips=self._validation,
            seconds=self._microseconds / _MICROSECONDS,
            speakers=tuple(sorted(self._speakers)),
            unnamed=self._unnamed,
            rates_hz=tuple(sorted(self._rates)),
            flags=dict(sorted(self._flags.items())),
            left_out=dict(sorted(self._left_out.items())),
        )
        return overview, tuple(self._marks)


class SurveyBuilder:
    """The second pass: how long everything is. `add` the clips that are not left out, in order, then `finish`."""

    def __init__(self, order: Order, overview: Overview) -> None:
        self._form, self._overview = order.form, overview
        self._layout = LayoutBuilder(order.form.container)
        self._tables = [_TableSize(name, parts) for name, parts in table_files(order.form.tables(overview))]
        self._files_per_clip = 1

    def add(self, clips: Iterable[Clip]) -> None:
        for clip in clips:
            members = clip_members(clip, self._form, self._overview)
            self._files_per_clip = len(members)
            for member in members:
                self._layout.add(member)
            for table in self._tables:
                table.add(clip)

    def finish(self, marks: tuple[Mark, ...], manifest_bytes: tuple[int, ...]) -> Survey:
        tables = tuple(table.member(self._overview) for table in self._tables)
        for member in tables:
            self._layout.add(member)
        layout = self._layout.finish()
        part_bytes = tuple(table.part_bytes for table in self._tables)
        return Survey(self._overview, layout, marks, manifest_bytes, self._files_per_clip, tables, part_bytes)


class _TableSize:
    """The size and the checksum of one file that is made of all clips, without its bytes.

    Parts that make one file follow one another in it, so each is measured alone; their checksums are then combined.
    """

    def __init__(self, name: str, parts: Sequence[Table]) -> None:
        self._name, self._parts = name, parts
        self._sums = [(len(part.head), zlib.crc32(part.head)) for part in parts]

    def add(self, clip: Clip) -> None:
        for i, part in enumerate(self._parts):
            if line := part.line(clip):
                size, crc32 = self._sums[i]
                self._sums[i] = (size + len(line), zlib.crc32(line, crc32))

    @property
    def part_bytes(self) -> tuple[int, ...]:
        return tuple(size + len(part.tail) for part, (size, _) in zip(self._parts, self._sums, strict=True))

    def member(self, overview: Overview) -> Member:
        size, crc32 = 0, 0
        for part, (part_size, part_crc32) in zip(self._parts, self._sums, strict=True):
            part_crc32 = zlib.crc32(part.tail, part_crc32)
            part_size += len(part.tail)
            crc32 = combined(crc32, part_crc32, part_size)
            size += part_size
        return Member(in_folder(self._name, overview), size, crc32)


def clip_members(clip: Clip, form: Format, overview: Overview) -> list[Member]:
    """The files of one clip; the slice itself is not needed for any of them."""
    return [
        Member(in_folder(name, overview), clip.size_bytes, clip.crc32)
        if content is None
        else Member(in_folder(name, overview), len(content), zlib.crc32(content))
        for name, content in form.files(clip, overview)
    ]


def in_folder(name: str, overview: Overview) -> str:
    """All files are in one folder, so that unpacking does not scatter them."""
    return f"{overview.name}/{name}"


def left_out_for(clip: Clip, order: Order) -> str | None:
    """The worst of the clip's flags that `skip` names; None for a clip that is kept."""
    return next((flag for flag in clip.columns["flags"] if flag in order.skip), None)


def kept(clips: Iterable[Clip], order: Order) -> Iterator[Clip]:
    return (clip for clip in clips if left_out_for(clip, order) is None)

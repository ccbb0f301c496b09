"""From the manifests' lines to clips, in the order of the archive: dataset by dataset, by number.

Lines are read ahead, so the store and the gateway work at the same time; no more than two pieces are held.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Struct

from contracts.dataset import Result
from gateway.archives.clip import Clip
from gateway.archives.order import Order
from gateway.archives.split import is_validation
from gateway.archives.stems import Stems
from gateway.domain.ranges import Span
from gateway.errors import GatewayError, ObjectDamaged, ResultTooOld
from gateway.results.pieces import Pace, pieces_of
from objects import ObjectStore

PIECE_BYTES: Final = 512 * 1024  # some 1,200 rows, of which 3 MB of objects are made


class _Row(Struct, frozen=True):
    """What every archive needs of a row. Rows of older releases don't have all of it."""

    text: str
    speaker: str | None
    duration: float
    sample_rate: int
    size: int
    crc32: int
    flags: tuple[str, ...]


_rows = msgspec.json.Decoder(_Row)
_columns = msgspec.json.Decoder(dict[str, Any])


class Start(NamedTuple):
    """Row `n` (0-based) of the dataset at place `dataset`; its line begins at byte `offset` of the manifest."""

    dataset: int
    n: int
    offset: int


BEGINNING: Final = Start(0, 0, 0)


class Lines(Struct, frozen=True):
    """Whole lines of one manifest, without their ends; the first of them is that of `start`."""

    start: Start
    lines: list[bytes]


class _Steady(Pace):
    """Pieces of one size, however fast they are taken."""

    def __init__(self) -> None:
        self.piece_bytes = PIECE_BYTES

    def sent_in(self, seconds: float) -> None:
        pass


async def lines_from(
    store: ObjectStore, order: Order, sizes: tuple[int, ...], start: Start
) -> AsyncGenerator[Lines, None]:
    """All lines from `start` on, in order. `sizes`: how many bytes each manifest has. Close it: it reads ahead.

    Raises: ObjectDamaged where a manifest is not as long as it was, or, read from its beginning, has another sha256;
    StoreError.
    """
    for place in range(start.dataset, len(order.sources)):
        following = start if place == start.dataset else Start(place, 0, 0)
        async with aclosing(_lines(store, order.sources[place].result, sizes[place], following)) as found:
            async for lines in found:
                yield lines


async def _lines(store: ObjectStore, result: Result, size_bytes: int, start: Start) -> AsyncGenerator[Lines, None]:
    key, carry = result.training_data_key, b""
    digest = None if start.offset else hashlib.sha256()
    span = Span(start.offset, size_bytes - 1)
    async with aclosing(pieces_of(store, key, span, _Steady())) as pieces:
        async for piece in pieces:
            if digest is not None:
                await asyncio.to_thread(digest.update, piece)
            *lines, carry = (carry + piece).split(b"\n")
            if lines:
                yield Lines(start, lines)
                taken = sum(map(len, lines)) + len(lines)
                start = Start(start.dataset, start.n + len(lines), start.offset + taken)
    if carry:
        raise ObjectDamaged(f"{key} does not end with a line")
    # The archive's ETag vouches for it: with other texts, the same ETag would name other bytes.
    if digest is not None and digest.hexdigest() != result.training_data_sha256:
        raise ObjectDamaged(f"{key} has another sha256 than was stored")


class Clips:
    """Makes clips of lines. Pure, and the most of the work: some 10 µs a row."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._stems = Stems([source.facts for source in order.sources])

    def of(self, lines: Lines) -> list[Clip]:
        """One for each line, those of segments that are left out, too.

        Raises: ObjectDamaged at a line that is no row; ResultTooOld for rows without what an archive needs.
        """
        place, first, _ = lines.start
        return [self._clip(place, first + i, line) for i, line in enumerate(lines.lines)]

    def _clip(self, place: int, n: int, line: bytes) -> Clip:
        try:
            row, columns = _rows.decode(line), _columns.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as exc:
            raise self._refusal(place, n, line) from exc
        return Clip(
            stem=self._stems.stem(place, n),
            dataset=place,
            n=n,
            text=row.text,
            speaker=row.speaker,
            seconds=row.duration,
            sample_rate=row.sample_rate,
            size_bytes=row.size,
            crc32=row.crc32,
            validation=is_validation(row.text, self._order.validation),
            columns=columns,
        )

    def _refusal(self, place: int, n: int, line: bytes) -> GatewayError:
        dataset = self._order.sources[place].facts.id
        try:
            missing = [name for name in _Row.__struct_fields__ if name not in _columns.decode(line)]
        except (msgspec.DecodeError, UnicodeDecodeError):
            missing = []
        if missing:
            return ResultTooOld(f"Dataset {dataset}: its rows have no {' and no '.join(missing)}.")
        return ObjectDamaged(f"row {n} of the manifest of {dataset} can't be read")

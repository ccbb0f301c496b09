"""One pass over a manifest: its index, and the rows that match a question. Pure; a match takes 24 bytes.

The manifest comes in pieces of any size; of its text, no more than the longest line is kept.
"""

import hashlib
from array import array
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
from msgspec import Struct

from contracts.manifest_index import LineCounter, ManifestIndex
from gateway.domain import row_order
from gateway.domain.row_order import Question, Row, Sort
from gateway.errors import ObjectDamaged, ResultTooOld

_rows = msgspec.json.Decoder(Row)


class Place(Struct, frozen=True):
    """Row `n` (0-based): `size_bytes` bytes from `offset` of the manifest, its line's end included."""

    n: int
    offset: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Matches:
    """The places of the rows that a question is about, in its order."""

    numbers: "array[int]"
    offsets: "array[int]"
    sizes: "array[int]"

    @property
    def size_bytes(self) -> int:
        return len(self.numbers) * 16

    def places(self, first: int, last: int) -> list[Place]:
        some = slice(first, last)
        return [Place(*one) for one in zip(self.numbers[some], self.offsets[some], self.sizes[some], strict=True)]


class Scan:
    """Feed it all of the manifest, then ask for what it found."""

    def __init__(self, question: Question) -> None:
        self._question = row_order.folded(question)
        self._lines, self._digest = LineCounter(), hashlib.sha256()
        self._carry, self._n, self._offset = b"", 0, 0
        self._numbers, self._offsets, self._sizes = array("I"), array("Q"), array("I")
        self._keys = array("d")

    def feed(self, piece: bytes) -> None:
        """Raises: ResultTooOld where rows lack a column; ObjectDamaged at a line that is no row."""
        self._digest.update(piece)
        self._lines.feed(piece)
        if self._question.is_plain:
            return
        for line in self._complete(piece):
            self._look_at(line)

    def index(self, manifest_sha256: str) -> ManifestIndex:
        """Raises: ObjectDamaged where what has passed has another sha256."""
        if self._digest.hexdigest() != manifest_sha256:
            raise ObjectDamaged("the manifest has another sha256 than was stored")
        return self._lines.index(manifest_sha256)

    def found(self) -> Matches:
        if self._question.sort is not Sort.N:
            order = sorted(range(len(self._keys)), key=self._keys.__getitem__)  # stable: equal ones stay as they were
            return Matches(*(array(kept.typecode, [kept[i] for i in order]) for kept in self._kept()))
        return Matches(*self._kept())

    def _kept(self) -> tuple["array[int]", "array[int]", "array[int]"]:
        return self._numbers, self._offsets, self._sizes

    def _complete(self, piece: bytes) -> Iterator[bytes]:
        lines = (self._carry + piece).split(b"\n")
        self._carry = lines.pop()
        yield from lines

    def _look_at(self, line: bytes) -> None:
        try:
            row = _rows.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as exc:
            raise ObjectDamaged(f"row {self._n} of the manifest can't be read") from exc
        if missing := row_order.missing(self._question, row):
            raise ResultTooOld(f"Its rows have no {' and no '.join(missing)}.")
        if row_order.matches(self._question, row):
            self._numbers.append(self._n)
            self._offsets.append(self._offset)
            self._sizes.append(len(line) + 1)
            self._keys.append(row_order.sort_key(self._question.sort, row))
        self._n += 1
        self._offset += len(line) + 1

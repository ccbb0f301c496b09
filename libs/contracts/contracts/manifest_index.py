"""training_data.index: where every hundredth line of a manifest begins, so that a page anywhere is one short read.

It has line offsets only and so does not depend on columns. The manifest service writes it next to the manifest; for a
result without one, the gateway reads the manifest once.
"""

from typing import Final

import msgspec
from msgspec import Struct

EVERY: Final = 100  # lines; a page of a hundred is then within two steps


class ManifestIndex(Struct, frozen=True, kw_only=True):
    """`offsets[i]` is the byte at which line `i` × `every` of the manifest begins, both zero-based.

    Valid for the manifest with this sha256 (lower-case hex) only, which has `manifest_bytes` bytes and `rows` lines.
    """

    manifest_sha256: str
    manifest_bytes: int
    rows: int
    every: int
    offsets: tuple[int, ...]


class LineCounter:
    """Finds the offsets while a manifest passes in pieces of any size."""

    def __init__(self) -> None:
        self._offsets: list[int] = []
        self._bytes = self._rows = 0
        self._at_start = True

    def feed(self, piece: bytes) -> None:
        at = 0
        while at < len(piece):
            if self._at_start:
                self._begin(self._bytes + at)
            end = piece.find(b"\n", at)
            self._at_start = end >= 0
            at = end + 1 if end >= 0 else len(piece)
        self._bytes += len(piece)

    def index(self, manifest_sha256: str) -> ManifestIndex:
        """The index of what has passed."""
        return ManifestIndex(
            manifest_sha256=manifest_sha256,
            manifest_bytes=self._bytes,
            rows=self._rows,
            every=EVERY,
            offsets=tuple(self._offsets),
        )

    def _begin(self, offset: int) -> None:
        if self._rows % EVERY == 0:
            self._offsets.append(offset)
        self._rows += 1


def index_of(manifest: bytes, manifest_sha256: str) -> ManifestIndex:
    counter = LineCounter()
    counter.feed(manifest)
    return counter.index(manifest_sha256)


def encode(index: ManifestIndex) -> bytes:
    return msgspec.json.encode(index)


def decode(body: bytes) -> ManifestIndex:
    """Raises: msgspec.DecodeError for what is no index."""
    return msgspec.json.decode(body, type=ManifestIndex)

"""What the first boxes of an ISO media file (MP4, M4A, MOV, 3GP) say: that it has no audio, or that it is protected.

Only boxes that were read count. They may be at the end of the file, and then nothing is known here.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from msgspec import Struct

# Still images in the same container; no recorder writes audio under these names.
IMAGE_BRANDS: Final = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"avif", b"crx ", b"jp2 ", b"jxl "})
_PROTECTED_BRANDS: Final = frozenset({b"M4P ", b"aax ", b"aaxc"})  # iTunes, Audible
_PROTECTED_SAMPLES: Final = frozenset({b"drms", b"enca"})  # FairPlay, Common Encryption
_AUDIO: Final = b"soun"
# Handlers of tracks that certainly have no audio. A handler that is not listed might have.
_SILENT: Final = frozenset({b"vide", b"auxv", b"pict", b"text", b"sbtl", b"subt", b"clcp", b"tmcd", b"meta", b"hint"})
_FULL_BOX_BYTES: Final = 4  # version and flags, before what a full box holds


class Box(NamedTuple):
    """`body` is the part of it that was read, which is all of it where `whole`."""

    kind: bytes
    body: bytes
    whole: bool


class Track(Struct, frozen=True):
    """`samples` are the kinds of its sample descriptions; empty where they are out of sight."""

    handler: bytes | None
    samples: tuple[bytes, ...]


def is_protected(head: bytes) -> bool:
    """Whether all audio of the file is encrypted."""
    if head[4:8] == b"ftyp" and head[8:12] in _PROTECTED_BRANDS:
        return True
    _, tracks = _tracks(head)
    kinds = [kind for track in tracks if track.handler == _AUDIO for kind in track.samples]
    return bool(kinds) and _PROTECTED_SAMPLES.issuperset(kinds)


def has_no_audio(head: bytes) -> bool:
    """Whether the file has tracks, and none of them can be audio."""
    whole, tracks = _tracks(head)
    return whole and bool(tracks) and all(track.handler in _SILENT for track in tracks)


def _tracks(head: bytes) -> tuple[bool, list[Track]]:
    """The tracks that were read, and whether those are all."""
    movie = _first(head, b"moov")
    if movie is None:
        return False, []
    return movie.whole, [_track(box.body) for box in _boxes(movie.body) if box.kind == b"trak"]


def _track(body: bytes) -> Track:
    media = _first(body, b"mdia")
    handler = _first(media.body, b"hdlr") if media else None
    samples = _within(media.body, b"minf", b"stbl", b"stsd") if media else None
    kinds = tuple(box.kind for box in _boxes(samples.body[_FULL_BOX_BYTES + 4 :])) if samples else ()
    at = _FULL_BOX_BYTES + 4
    return Track((handler.body[at : at + 4] or None) if handler else None, kinds)


def _within(body: bytes, *path: bytes) -> Box | None:
    found: Box | None = None
    for kind in path:
        found = _first(body, kind)
        if found is None:
            return None
        body = found.body
    return found


def _first(body: bytes, kind: bytes) -> Box | None:
    return next((box for box in _boxes(body) if box.kind == kind), None)


def _boxes(body: bytes) -> Iterator[Box]:
    at = 0
    while at + 8 <= len(body):
        size, header = int.from_bytes(body[at : at + 4]), 8
        if size == 1:  # the real one follows, in eight bytes
            size, header = int.from_bytes(body[at + 8 : at + 16]), 16
        elif size == 0:  # to the end of the file, which is never known to have been read
            size = len(body) - at + 1
        if size < header:
            return
        yield Box(body[at + 4 : at + 8], body[at + header : at + size], at + size <= len(body))
        at += size

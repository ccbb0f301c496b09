"""A stored object as a download needs it: key, size and sha256, and the headers it is served with."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final
from urllib.parse import quote

from msgspec import Struct

from contracts.dataset import Source
from gateway.domain import sniff

MANIFEST_TYPE: Final = "application/x-ndjson"
SLICE_TYPE: Final = "audio/wav"
ANY_TYPE: Final = "application/octet-stream"
ARCHIVE_TYPES: Final = {"zip": "application/zip", "tar": "application/x-tar"}

_CHARSETS: Final = {"cp1252": "windows-1252", "cp1251": "windows-1251", "cp1250": "windows-1250", "cp932": "shift_jis"}


class Kind(StrEnum):
    """The label that downloads are counted by."""

    MANIFEST = "manifest"
    SEGMENT = "segment"
    RECORDING = "recording"
    TRANSCRIPT = "transcript"
    ARCHIVE = "archive"


class StoredObject(Struct, frozen=True, kw_only=True):
    """`sha256` in lower-case hex. `attachment`: a browser saves it under `file_name` and does not show it."""

    kind: Kind
    key: str
    size_bytes: int
    sha256: str
    content_type: str
    file_name: str
    attachment: bool = False

    @property
    def disposition(self) -> str:
        how = "attachment" if self.attachment else "inline"
        return f"{how}; filename*=UTF-8''{quote(self.file_name, safe='')}"


def recording(source: Source) -> StoredObject:
    """As it was uploaded. Its content type is that of its container, which may be one of video."""
    extension = _extension(source.audio_key)
    return StoredObject(
        kind=Kind.RECORDING,
        key=source.audio_key,
        size_bytes=source.audio_bytes,
        sha256=source.audio_sha256,
        content_type=sniff.CONTENT_TYPES.get(extension, ANY_TYPE),
        file_name=f"{source.name}.{extension}",
    )


def transcript(source: Source) -> StoredObject:
    """As it was given last. It is not ours, so a browser must save it and never render it."""
    return StoredObject(
        kind=Kind.TRANSCRIPT,
        key=source.transcript_key,
        size_bytes=source.transcript_bytes,
        sha256=source.transcript_sha256,
        content_type=f"text/plain; charset={_CHARSETS.get(source.transcript_encoding, source.transcript_encoding)}",
        file_name=f"{source.name}.{_extension(source.transcript_key)}",
        attachment=True,
    )


def content_types_of(kind: Kind) -> Sequence[str]:
    """All content types that objects of `kind` are served with, parameters left out."""
    match kind:
        case Kind.MANIFEST:
            return (MANIFEST_TYPE,)
        case Kind.SEGMENT:
            return (SLICE_TYPE,)
        case Kind.RECORDING:
            return (*sorted(set(sniff.CONTENT_TYPES.values())), ANY_TYPE)
        case Kind.TRANSCRIPT:
            return ("text/plain",)
        case Kind.ARCHIVE:
            return tuple(ARCHIVE_TYPES.values())


def _extension(key: str) -> str:
    return key.rpartition(".")[2]

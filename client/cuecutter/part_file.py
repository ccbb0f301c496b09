"""A download that is not complete yet: `<name>.part`, and beside it `<name>.part.json`, which says what it is part of.

Where the two do not belong to what is asked for now, they are not continued. The bytes on the disk decide where a
download goes on; those that a crash of the machine spoilt are found when the whole is verified.
"""

import errno
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from msgspec import Struct

from cuecutter.errors import DownloadDamaged, UnusableAnswer
from cuecutter.steps import Answer, OnProgress

_RANGE: Final = re.compile(r"bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18})")
_LENGTH: Final = re.compile(r"[0-9]{1,18}")


class Origin(Struct, frozen=True, kw_only=True):
    """`asked` is what the caller wanted, `pinned` the path that names the runs; `etag` and `size_bytes` are what the
    server said of the whole. Empty and None before it has answered.
    """

    asked: str
    pinned: str = ""
    etag: str = ""
    size_bytes: int | None = None


class PartFile:
    """The sink of a download. `done_bytes` are on the disk, or will be when it is closed."""

    def __init__(self, to: Path, asked: str, on_progress: OnProgress | None) -> None:
        """Continues what is there. Raises: OSError, at once where nothing could be put at `to` in the end."""
        if to.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(to))
        self._to, self._on_progress = to, on_progress
        self._part, self._note = to.with_name(f"{to.name}.part"), to.with_name(f"{to.name}.part.json")
        self._file: BinaryIO | None = None
        self._origin, self.done_bytes = Origin(asked=asked), 0
        kept = _read(self._note)
        if kept and kept.asked == asked:
            self._origin = kept
            self.done_bytes = self._part.stat().st_size if kept.etag and self._part.exists() else 0

    @property
    def pinned(self) -> str:
        """The path to go on with; empty where the server has not named one."""
        return self._origin.pinned

    @property
    def is_complete(self) -> bool:
        return self.done_bytes == self._origin.size_bytes

    def begin_at(self, pinned: str) -> None:
        self._keep(Origin(asked=self._origin.asked, pinned=pinned))

    def forget(self) -> None:
        """All of it: the result was replaced, or the part is no part of it."""
        self.close()
        self._part.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)
        self._origin, self.done_bytes = Origin(asked=self._origin.asked), 0

    def headers(self) -> Mapping[str, str]:
        """What asks for the rest, of the same file only."""
        if not self.done_bytes:
            return {}
        return {"range": f"bytes={self.done_bytes}-", "if-range": self._origin.etag}

    def begin(self, answer: Answer) -> bool:
        """Raises: UnusableAnswer, OSError."""
        if answer.status == 206:
            self._continue(answer)
        elif answer.status == 200:
            self._begin_anew(answer)
        return answer.status in (200, 206)

    def write(self, chunk: bytes) -> None:
        """Raises: OSError; what was written before is continued the next time."""
        assert self._file is not None
        self._file.write(chunk)
        self.done_bytes += len(chunk)

    def told(self) -> None:
        if self._on_progress:
            self._on_progress(self.done_bytes, self._origin.size_bytes or self.done_bytes)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def finish(self, verify: Callable[[Path], None]) -> None:
        """Puts it in its place. Raises: DownloadDamaged, after which nothing of it is left; OSError."""
        self.close()
        try:
            verify(self._part)
        except DownloadDamaged:
            self.forget()
            raise
        with self._part.open("rb") as file:
            os.fsync(file.fileno())
        self._part.replace(self._to)
        self._note.unlink(missing_ok=True)

    def _continue(self, answer: Answer) -> None:
        found = _RANGE.fullmatch(answer.headers.get("content-range", ""))
        if found is None or (int(found[1]), int(found[2])) != (self.done_bytes, self._origin.size_bytes):
            raise UnusableAnswer("the server sends other bytes than were asked for")
        if answer.headers.get("etag") != self._origin.etag:
            raise UnusableAnswer("the server sends a part of another file")
        self.close()
        self._file = self._part.open("ab")

    def _begin_anew(self, answer: Answer) -> None:
        length = answer.headers.get("content-length", "")
        etag = answer.headers.get("etag", "")
        if not _LENGTH.fullmatch(length) or not etag or etag.startswith("W/"):
            raise UnusableAnswer("the server does not say how long the archive is, and which one it is")
        self.close()
        self._file = self._part.open("wb")
        self.done_bytes = 0
        # With the part emptied first, no note ever stands beside bytes of another file.
        self._keep(Origin(asked=self._origin.asked, pinned=self.pinned, etag=etag, size_bytes=int(length)))

    def _keep(self, origin: Origin) -> None:
        self._origin = origin
        fresh = self._note.with_name(f"{self._note.name}.new")
        fresh.write_bytes(msgspec.json.encode(origin))
        fresh.replace(self._note)


def _read(note: Path) -> Origin | None:
    """None where there is none, or one that was not ours: nothing in it may lead to another server."""
    try:
        kept = msgspec.json.decode(note.read_bytes(), type=Origin)
    except (FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
        return None
    return kept if kept.pinned == "" or kept.pinned.startswith("/") else None

"""A form with files (RFC 7578), made piece by piece while it is sent: a file of any size takes the same memory."""

import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from cuecutter.errors import FileChanged
from cuecutter.steps import OnProgress

CHUNK_BYTES: Final = 256 * 1024


class Form:
    """Fields, then files in their order. Progress is told in bytes of the whole form."""

    def __init__(
        self, fields: Mapping[str, str], files: Sequence[tuple[str, Path]], on_progress: OnProgress | None = None
    ) -> None:
        """Raises: OSError for a file that is not there."""
        self._boundary = secrets.token_hex(16)
        self._fields = b"".join(self._field(name, value) for name, value in fields.items())
        self._files = [(self._head(name, path.name), path, _size(path)) for name, path in files]
        self._end = f"--{self._boundary}--\r\n".encode()
        self._on_progress: Callable[[int, int], object] = on_progress or (lambda done, total: None)

    @property
    def content_type(self) -> str:
        return f"multipart/form-data; boundary={self._boundary}"

    @property
    def size_bytes(self) -> int:
        return len(self._fields) + sum(len(head) + size + 2 for head, _, size in self._files) + len(self._end)

    def chunks(self) -> Iterator[bytes]:
        """Raises: FileChanged, OSError."""
        yield self._fields
        for head, path, size in self._files:
            yield head
            yield from _chunks(path, size)
            yield b"\r\n"
        yield self._end

    def told(self, done_bytes: int) -> None:
        self._on_progress(done_bytes, self.size_bytes)

    def _field(self, name: str, value: str) -> bytes:
        text = value.encode("utf-8", "replace")
        return f'--{self._boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + text + b"\r\n"

    def _head(self, name: str, file_name: str) -> bytes:
        described = f'Content-Disposition: form-data; name="{name}"; filename="{_quoted(file_name)}"\r\n'
        return f"--{self._boundary}\r\n{described}Content-Type: application/octet-stream\r\n\r\n".encode(
            "utf-8", "replace"
        )


def _quoted(file_name: str) -> str:
    """As browsers write it, so that no name ends the header."""
    return file_name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _size(path: Path) -> int:
    with path.open("rb") as file:
        return os.fstat(file.fileno()).st_size


def _chunks(path: Path, size: int) -> Iterator[bytes]:
    """Just `size` bytes, which were announced; what was written behind them since is not sent."""
    left = size
    with path.open("rb") as file:
        while left:
            chunk = file.read(min(CHUNK_BYTES, left))
            if not chunk:
                raise FileChanged(path)
            left -= len(chunk)
            yield chunk

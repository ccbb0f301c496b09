"""A dataset uploaded from a file by a client that costs next to nothing: the kernel copies the recording."""

import asyncio
import json
import socket
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

_PIECE_BYTES: Final = 1 << 20


class UploadRefused(Exception):
    """The gateway answered something else than 201."""


async def upload(url: str, token: str, audio: Path, transcript: bytes, **fields: str) -> dict[str, Any]:
    """The dataset as the gateway answers it.

    Raises: UploadRefused.
    """
    return await asyncio.to_thread(_upload, url, token, audio, transcript, {"name": audio.name, **fields})


def _upload(url: str, token: str, audio: Path, transcript: bytes, fields: dict[str, str]) -> dict[str, Any]:
    boundary = uuid4().hex
    before = b"".join(_part(boundary, name, value.encode()) for name, value in fields.items())
    before += _part(boundary, "transcript", transcript) + _opening(boundary, "audio")
    after = f"\r\n--{boundary}--\r\n".encode()
    size = len(before) + audio.stat().st_size + len(after)
    return _exchange(url, _head(url, token, boundary, size) + before, audio, after)


def _exchange(url: str, before: bytes, audio: Path, after: bytes) -> dict[str, Any]:
    with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port)) as line, audio.open("rb") as file:
        line.sendall(before)
        line.sendfile(file)
        line.sendall(after)
        answer = b"".join(iter(lambda: line.recv(_PIECE_BYTES), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 201"):
        raise UploadRefused(answer.decode("utf-8", "replace"))
    dataset: dict[str, Any] = json.loads(body)
    return dataset


def _head(url: str, token: str, boundary: str, size_bytes: int) -> bytes:
    lines = (
        "POST /tts/datasets HTTP/1.1",
        f"host: {urlsplit(url).netloc}",
        f"authorization: Bearer {token}",
        f"content-type: multipart/form-data; boundary={boundary}",
        f"content-length: {size_bytes}",
        "connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _opening(boundary: str, name: str) -> bytes:
    return f'--{boundary}\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n'.encode()


def _part(boundary: str, name: str, value: bytes) -> bytes:
    return _opening(boundary, name) + value + b"\r\n"

"""Multipart bodies made by hand: any order of parts, any mistake, sent in pieces."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx

BOUNDARY = "frontier"
CONTENT_TYPE = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
END = f"--{BOUNDARY}--\r\n".encode()


def part(name: str, body: bytes | str, *, filename: str | None = None) -> bytes:
    file = "" if filename is None else f'; filename="{filename}"'
    raw = body.encode() if isinstance(body, str) else body
    return f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + raw + b"\r\n"


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + END


async def pieces(body: bytes, size_bytes: int) -> AsyncIterator[bytes]:
    for at in range(0, len(body), size_bytes):
        yield body[at : at + size_bytes]


async def send(client: httpx.AsyncClient, body: bytes | AsyncIterator[bytes], **headers: str) -> httpx.Response:
    return await client.post("/tts/datasets", content=body, headers=CONTENT_TYPE | headers)


def refusal(answer: httpx.Response) -> tuple[int, str, Sequence[tuple[str, str]]]:
    """Status, code, and the field and code of each error. Every refusal says what to do about it."""
    problem: dict[str, Any] = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["remedy"]
    return answer.status_code, problem["code"], [(x["field"], x["code"]) for x in problem.get("errors", [])]

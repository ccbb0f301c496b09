"""Parts that are held in memory as a whole, up to a limit."""

import io
from collections.abc import Callable

from gateway.errors import FieldError, TranscriptTooLarge
from gateway.uploads.staging import NextChunk


async def whole(next_chunk: NextChunk, limit_bytes: int, reserve: Callable[[int], None]) -> bytes | None:
    """The whole part; None where it has more than `limit_bytes`. `reserve` is called with the size that it will have
    before more of it is kept.
    """
    body = io.BytesIO()  # returns what it holds without a copy
    while (chunk := await next_chunk()) is not None:
        if body.tell() + len(chunk) > limit_bytes:
            return None
        reserve(body.tell() + len(chunk))
        body.write(chunk)
    return body.getvalue()


async def transcript(next_chunk: NextChunk, limit_bytes: int, reserve: Callable[[int], None]) -> bytes:
    """Raises: TranscriptTooLarge; what `next_chunk` and `reserve` raise."""
    body = await whole(next_chunk, limit_bytes, reserve)
    if body is None:
        raise transcript_too_large(limit_bytes)
    return body


def transcript_too_large(limit_bytes: int) -> TranscriptTooLarge:
    detail = f"A transcript may have at most {limit_bytes} bytes."
    return TranscriptTooLarge(detail, FieldError("transcript", "too-large", detail))

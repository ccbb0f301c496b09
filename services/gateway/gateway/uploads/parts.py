"""What the parts of an upload have in common, beyond being read."""

from typing import Final

from gateway.domain import forgotten_at
from gateway.uploads.multipart_reader import MultipartReader
from gateway.uploads.staging import NextChunk

# Once something is wrong, so much is passed over in search of what else is: most forms are small but for the recording.
SEARCH_BYTES: Final = 4 * 1024 * 1024


async def content(field: str, reader: MultipartReader) -> NextChunk:
    """What gives the chunks of the part that `reader` is at.

    Raises: InvalidRequest where it is the path of a file.
    """
    if reader.names_file:
        return reader.next_chunk
    start = bytearray()
    while len(start) <= forgotten_at.MAX_PATH_BYTES:
        chunk = await reader.next_chunk()
        if chunk is None:
            forgotten_at.check(field, bytes(start))
            break
        start += chunk
    return _with(bytes(start), reader.next_chunk)


def _with(start: bytes, next_chunk: NextChunk) -> NextChunk:
    first = [start] if start else []

    async def next_of_all() -> bytes | None:
        return first.pop() if first else await next_chunk()

    return next_of_all


async def pass_over(reader: MultipartReader, limit_bytes: int) -> int:
    """Reads what is left of a part, until a little more than `limit_bytes` came, and says how much did."""
    passed = 0
    while passed <= limit_bytes and (chunk := await reader.next_chunk()) is not None:
        passed += len(chunk)
    return passed

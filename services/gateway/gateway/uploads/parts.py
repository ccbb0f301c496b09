"""What the parts of an upload have in common, beyond being read."""

from gateway.domain import path_instead_of_file
from gateway.uploads.multipart_reader import MultipartReader
from gateway.uploads.staging import NextChunk


async def content(field: str, reader: MultipartReader) -> NextChunk:
    """What returns the chunks of the current part of `reader`, one after another.

    Raises: InvalidRequest where the part is the path of a file.
    """
    if reader.names_file:
        return reader.next_chunk
    start = bytearray()
    while len(start) <= path_instead_of_file.MAX_PATH_BYTES:
        chunk = await reader.next_chunk()
        if chunk is None:
            path_instead_of_file.check(field, bytes(start))
            break
        start += chunk
    return _with(bytes(start), reader.next_chunk)


def _with(start: bytes, next_chunk: NextChunk) -> NextChunk:
    first = [start] if start else []

    async def next_of_all() -> bytes | None:
        return first.pop() if first else await next_chunk()

    return next_of_all


async def skip(reader: MultipartReader, limit_bytes: int) -> int:
    """Reads what is left of the current part, but little more than `limit_bytes`. Returns how many bytes it read."""
    skipped_bytes = 0
    while skipped_bytes <= limit_bytes and (chunk := await reader.next_chunk()) is not None:
        skipped_bytes += len(chunk)
    return skipped_bytes

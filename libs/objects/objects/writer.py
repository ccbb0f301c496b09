"""Writing an object whose length is not known yet, in bounded memory.

The object appears under its key when the context is left without an exception, whole or not at all. Up to one
part it is a single PUT, otherwise a multipart upload.
"""

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from objects.connection import Connection
from objects.digests import RunningSha256
from objects.errors import StoreError
from objects.multipart_upload import MultipartUpload
from objects.parts import SMALLEST_PART_BYTES, part_bytes
from objects.sending import put_object


class ObjectWriter:
    """Takes chunks of any size. At most `in_flight` parts travel while one more is filled.

    One task writes; `size_bytes` and `sha256` are of all chunks written so far.
    """

    def __init__(
        self,
        connection: Connection,
        key: str,
        content_type: str,
        first_part_bytes: int,
        in_flight: int,
        travelling: asyncio.Semaphore | None,
    ) -> None:
        self._connection = connection
        self._key = key
        self._content_type = content_type
        self._first_part_bytes = first_part_bytes
        self._upload = MultipartUpload(connection, key, content_type, in_flight, travelling)
        self._buffer = io.BytesIO()
        self._sha256 = RunningSha256()
        self._size_bytes = 0
        self._unsettled = False  # a write is in progress, or one has failed

    @property
    def size_bytes(self) -> int:
        return self._size_bytes

    @property
    def sha256(self) -> str:
        """Lower-case hexadecimal."""
        return self._sha256.hexdigest()

    async def write(self, chunk: bytes | bytearray | memoryview) -> None:
        """Appends; the chunk may be reused as soon as this returns.

        Raises: `UploadLost` when the store forgot the upload (begin again), `StoreUnavailable`,
        `ObjectTooLarge`; after any of them the writer takes no more and the context must be left.
        """
        self._require_settled()
        self._unsettled = True
        view = memoryview(chunk).cast("B")
        await self._sha256.add(view)
        self._size_bytes += len(view)
        while view:
            view = view[self._fill(view) :]
            if self._room() == 0:
                await self._send_buffer()
        self._unsettled = False

    async def finish(self) -> None:
        """Called by the context when its body ended well."""
        self._require_settled()
        if self._upload.next_number == 1:
            await put_object(self._connection, self._key, self._buffer.getvalue(), self._content_type)
            return
        if self._buffer.tell():
            await self._send_buffer()
        await self._upload.complete()

    async def discard(self) -> None:
        """Called by the context when its body, or finish(), ended with an exception."""
        self._unsettled = True
        self._buffer = io.BytesIO()
        await self._upload.abort()

    def _require_settled(self) -> None:
        if self._unsettled:
            raise StoreError(f"writing {self._key}: an earlier write failed or is still in progress")

    def _room(self) -> int:
        return part_bytes(self._upload.next_number, self._first_part_bytes) - self._buffer.tell()

    def _fill(self, view: memoryview) -> int:
        return self._buffer.write(view[: self._room()])

    async def _send_buffer(self) -> None:
        await self._upload.send(self._buffer)
        self._buffer = io.BytesIO()


@asynccontextmanager
async def writing(
    connection: Connection,
    key: str,
    content_type: str,
    first_part_bytes: int,
    in_flight: int,
    travelling: asyncio.Semaphore | None = None,
) -> AsyncIterator[ObjectWriter]:
    if first_part_bytes < SMALLEST_PART_BYTES or in_flight < 1:
        raise ValueError(f"parts of {first_part_bytes} bytes, {in_flight} in flight: S3 takes no such upload")
    writer = ObjectWriter(connection, key, content_type, first_part_bytes, in_flight, travelling)
    complete = False
    try:
        yield writer
        await writer.finish()
        complete = True
    finally:
        if not complete:
            await writer.discard()

"""The object store as its callers see it: one bucket, keys, bytes.

All methods raise `StoreUnavailable` when the store cannot be reached or takes too long, `AccessDenied` and
`BucketMissing`; the docstrings name only what comes on top.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from objects import bucket, listing, reading, sending
from objects.connection import Connection, connect
from objects.errors import UploadLost
from objects.settings import S3Settings, Timeouts
from objects.values import Deleted, ObjectInfo, OpenUpload
from objects.writer import ObjectWriter, writing

_MIB = 1024**2
_ANY_BYTES = "application/octet-stream"


class ObjectStore:
    """Safe to share between tasks of one event loop; made by `open_store`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def put(self, key: str, body: bytes, content_type: str = _ANY_BYTES, content_md5: str | None = None) -> None:
        """Stores the object whole or not at all, replacing another one of that key.

        `content_md5` is the body's (base64, RFC 1864), from a caller that computed it in a thread of its own.

        Raises: `DigestMismatch` when the bytes did not arrive as sent.
        """
        await sending.put_object(self._connection, key, body, content_type, content_md5)

    async def get(self, key: str, max_bytes: int = 64 * _MIB) -> bytes:
        """Raises: `ObjectMissing`; `ObjectTooLarge`, before reading, for more than `max_bytes` bytes."""
        return await reading.read_object(self._connection, key, max_bytes)

    async def get_range(self, key: str, first: int, count: int) -> bytes:
        """`count` bytes from the zero-based `first`: fewer only at the object's end, b"" after it.

        Raises: `ObjectMissing`; ValueError for a negative `first` or a `count` below 1.
        """
        return (await reading.read_piece(self._connection, key, first, count)).body

    async def size(self, key: str) -> int:
        """In bytes. Raises: `ObjectMissing`, also when the bucket is missing."""
        return await reading.read_size(self._connection, key)

    def stream(self, key: str, chunk_bytes: int = 4 * _MIB) -> AsyncIterator[bytes]:
        """The object in order, in chunks of `chunk_bytes` bytes but for the last; nothing for an empty one.

        Raises: `ObjectMissing`; `StoreUnavailable` also when the size changes while reading.
        """
        return reading.read_stream(self._connection, key, chunk_bytes)

    def writer(
        self,
        key: str,
        content_type: str = _ANY_BYTES,
        part_bytes: int = 8 * _MIB,
        in_flight: int = 2,
        travelling: asyncio.Semaphore | None = None,
    ) -> AbstractAsyncContextManager[ObjectWriter]:
        """Writes an object of unknown length in at most (in_flight + 1) × part size bytes of memory.

        Writers that share a semaphore `travelling` send no more parts at once than it allows.

        Leaving the context makes it visible, leaving it with an exception leaves nothing behind; only a
        cancellation that meets the store's last step may leave the whole object. The part size stays
        `part_bytes` for 1,000 parts and then doubles per 1,000.

        Raises: ValueError for parts below 5 MiB; at leaving, what `ObjectWriter.write` may raise.
        """
        return writing(self._connection, key, content_type, part_bytes, in_flight, travelling)

    async def delete(self, keys: Iterable[str]) -> int:
        """The number of keys named; a key without an object is no error.

        Raises: the error of the first key refused; keys before and after it may be deleted.
        """
        return await listing.delete_objects(self._connection, keys)

    async def delete_prefix(self, prefix: str) -> Deleted:
        """Deletes every object listed under `prefix`, and says how much it was; open uploads stay.

        Raises: ValueError unless the prefix ends with "/": "users/1" would also take "users/10/…".
        """
        if not prefix.endswith("/"):
            raise ValueError(f"not a folder's prefix: {prefix!r}")
        return await listing.delete_prefix(self._connection, prefix)

    def list(self, prefix: str) -> AsyncIterator[ObjectInfo]:
        """Every object whose key begins with `prefix`, in ascending order of the keys."""
        return listing.list_objects(self._connection, prefix)

    def list_folder(self, prefix: str) -> AsyncIterator[ObjectInfo | str]:
        """What lies directly under `prefix`, which ends with "/": objects, and the prefixes of folders."""
        return listing.list_folder(self._connection, prefix)

    def list_prefixes(self, prefix: str, delimiter: str = "/") -> AsyncIterator[str]:
        """What the keys under `prefix` have in common up to the next `delimiter`, each once, prefix included."""
        return listing.list_prefixes(self._connection, prefix, delimiter)

    def list_open_uploads(self, prefix: str) -> AsyncIterator[OpenUpload]:
        """Multipart uploads under `prefix` that were neither completed nor aborted."""
        return listing.list_open_uploads(self._connection, prefix)

    async def abort_upload(self, key: str, upload_id: str) -> None:
        """Frees what was stored of the upload; one that is already gone is no error."""
        with contextlib.suppress(UploadLost):
            await sending.abort_upload(self._connection, key, upload_id)

    async def ensure_bucket(self) -> bool:
        """Creates the bucket unless it is there, and says whether it did.

        Raises: `AccessDenied` when it is another account's.
        """
        return await bucket.ensure_bucket(self._connection)

    async def check(self) -> None:
        """One cheap request that shows whether store, bucket and credentials are there."""
        await bucket.check_bucket(self._connection)


@asynccontextmanager
async def open_store(settings: S3Settings, timeouts: Timeouts | None = None) -> AsyncIterator[ObjectStore]:
    """Opens the client and closes it again; nothing is sent, so a dead store shows at the first call."""
    async with connect(settings, timeouts or Timeouts()) as connection:
        yield ObjectStore(connection)

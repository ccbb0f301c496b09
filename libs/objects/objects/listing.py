"""Listing and purging: pages of at most 1,000 entries, followed to the end.

Nothing is yielded while a request is open, so a slow reader never runs into a deadline. What is written while
a listing is read may or may not appear in it.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC
from itertools import islice
from typing import TYPE_CHECKING

from objects.connection import Connection
from objects.errors import BucketMissing, StoreError, UploadLost
from objects.translation import error_type
from objects.values import Deleted, ObjectInfo, OpenUpload

if TYPE_CHECKING:
    from types_aiobotocore_s3.type_defs import (
        ListMultipartUploadsOutputTypeDef,
        ListObjectsV2OutputTypeDef,
        ObjectTypeDef,
    )

PAGE_KEYS = 1_000  # S3 neither lists nor deletes more at once


async def list_objects(connection: Connection, prefix: str) -> AsyncIterator[ObjectInfo]:
    async for page in _pages(connection, prefix, delimiter=""):
        for entry in page.get("Contents", []):
            yield _info(entry)


async def list_prefixes(connection: Connection, prefix: str, delimiter: str) -> AsyncIterator[str]:
    async for page in _pages(connection, prefix, delimiter):
        for entry in page.get("CommonPrefixes", []):
            yield entry["Prefix"]


async def list_folder(connection: Connection, prefix: str) -> AsyncIterator[ObjectInfo | str]:
    async for page in _pages(connection, prefix, delimiter="/"):
        for entry in page.get("Contents", []):
            yield _info(entry)
        for folder in page.get("CommonPrefixes", []):
            yield folder["Prefix"]


def _info(entry: "ObjectTypeDef") -> ObjectInfo:
    return ObjectInfo(entry["Key"], entry["Size"], entry["LastModified"].astimezone(UTC))


async def _pages(connection: Connection, prefix: str, delimiter: str) -> AsyncIterator["ListObjectsV2OutputTypeDef"]:
    paginator = connection.client.get_paginator("list_objects_v2")
    pages = aiter(paginator.paginate(Bucket=connection.bucket, Prefix=prefix, Delimiter=delimiter))
    while True:
        async with connection.call(f"listing {prefix}", missing=BucketMissing):
            page = await anext(pages, None)
        if page is None:
            return
        yield page


async def list_open_uploads(connection: Connection, prefix: str) -> AsyncIterator[OpenUpload]:
    async for page in _upload_pages(connection, prefix):
        for entry in page.get("Uploads", []):
            yield OpenUpload(entry["Key"], entry["UploadId"], entry["Initiated"].astimezone(UTC))


async def _upload_pages(connection: Connection, prefix: str) -> AsyncIterator["ListMultipartUploadsOutputTypeDef"]:
    paginator = connection.client.get_paginator("list_multipart_uploads")
    pages = aiter(paginator.paginate(Bucket=connection.bucket, Prefix=prefix))
    while True:
        try:
            async with connection.call(f"listing uploads under {prefix}", missing=BucketMissing):
                page = await anext(pages, None)
        except UploadLost:  # what rclone answers for a bucket that has never had an upload
            return
        if page is None:
            return
        yield page


async def delete_objects(connection: Connection, keys: Iterable[str]) -> int:
    """Deletes page by page and counts the keys named, whether or not an object lay there.

    Raises: the error of the first key the store could not delete; earlier pages are gone then.
    """
    deleted = 0
    for page in _batches(keys):
        await _delete_page(connection, page)
        deleted += len(page)
    return deleted


async def delete_prefix(connection: Connection, prefix: str) -> Deleted:
    objects = size_bytes = 0
    # A page is listed before the one ahead of it is deleted at the latest; tokens are positions by key.
    async for page in _pages(connection, prefix, delimiter=""):
        entries = page.get("Contents", [])
        objects += await delete_objects(connection, (entry["Key"] for entry in entries))
        size_bytes += sum(entry["Size"] for entry in entries)
    return Deleted(objects, size_bytes)


async def _delete_page(connection: Connection, keys: list[str]) -> None:
    async with connection.call(f"deleting {len(keys)} objects", missing=BucketMissing):
        answer = await connection.client.delete_objects(
            Bucket=connection.bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
        )
    for refused in answer.get("Errors", []):  # the answer as a whole is a 200
        raise _refusal(refused.get("Key", ""), refused.get("Code", ""))


def _refusal(key: str, code: str) -> StoreError:
    return error_type(code, status=0)(f"deleting {key}: the store answered {code}")


def _batches(keys: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(keys)
    while page := list(islice(remaining, PAGE_KEYS)):
        yield page

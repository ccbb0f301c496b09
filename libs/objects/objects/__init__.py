"""Cuecutter's way to S3: whole objects, ranged reads, streaming writes, listings and purges of one bucket.

What is promised: every byte sent is checked by the store (Content-MD5), memory stays bounded, no call waits
indefinitely, and every failure is a `StoreError`. ETags are never a statement about content here.
"""

from objects.digests import md5_header
from objects.errors import (
    AccessDenied,
    BucketMissing,
    DigestMismatch,
    ObjectMissing,
    ObjectTooLarge,
    StoreError,
    StoreUnavailable,
    UploadLost,
)
from objects.settings import S3Environment, S3Settings, Timeouts
from objects.store import ObjectStore, open_store
from objects.values import Deleted, ObjectInfo, OpenUpload
from objects.writer import ObjectWriter

__all__ = [
    "AccessDenied",
    "BucketMissing",
    "Deleted",
    "DigestMismatch",
    "ObjectInfo",
    "ObjectMissing",
    "ObjectStore",
    "ObjectTooLarge",
    "ObjectWriter",
    "OpenUpload",
    "S3Environment",
    "S3Settings",
    "StoreError",
    "StoreUnavailable",
    "Timeouts",
    "UploadLost",
    "md5_header",
    "open_store",
]

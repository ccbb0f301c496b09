"""Everything that can go wrong with the object store, as its callers see it.

A message names the action, the key and the store's error code, never a credential, a header or a signed URL.
`StoreUnavailable` and `UploadLost` are worth another try; the others repeat themselves.
"""


class StoreError(Exception):
    """The object store refused, failed or was asked for something impossible."""


class StoreUnavailable(StoreError):
    """The store cannot be reached, is too slow, or answers that it cannot serve now."""


class ObjectMissing(StoreError):
    """No object lies under this key."""


class BucketMissing(StoreError):
    """The bucket does not exist."""


class DigestMismatch(StoreError):
    """The store received other bytes than were sent; it kept nothing."""


class UploadLost(StoreError):
    """The store no longer knows the multipart upload, as after its restart; begin again."""


class ObjectTooLarge(StoreError):
    """The object is larger than the caller reads, or than the store can hold."""


class AccessDenied(StoreError):
    """The credentials are unknown, expired, or not allowed to do this."""

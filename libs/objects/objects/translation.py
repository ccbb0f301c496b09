"""The one table from the client's errors to ours.

Callers never see botocore or aiohttp. Only the store's error code and the class of a network error reach a
message: full texts may carry URLs and headers.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

import aiohttp
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, IncompleteReadError
from botocore.exceptions import ConnectionError as ConnectingError
from botocore.parsers import ResponseParserError

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

_BY_CODE: Mapping[str, type[StoreError]] = MappingProxyType(
    {
        "NoSuchKey": ObjectMissing,
        "NoSuchBucket": BucketMissing,
        "NoSuchUpload": UploadLost,
        "InvalidPart": UploadLost,  # a part that the store had acknowledged is gone
        "BadDigest": DigestMismatch,
        "InvalidDigest": DigestMismatch,
        "XAmzContentSHA256Mismatch": DigestMismatch,
        "EntityTooLarge": ObjectTooLarge,
        "AccessDenied": AccessDenied,
        "InvalidAccessKeyId": AccessDenied,
        "SignatureDoesNotMatch": AccessDenied,
        "ExpiredToken": AccessDenied,
        "InvalidToken": AccessDenied,
        "InternalError": StoreUnavailable,
        "OperationAborted": StoreUnavailable,
        "RequestTimeout": StoreUnavailable,  # comes with status 400
        "ServiceUnavailable": StoreUnavailable,
        "SlowDown": StoreUnavailable,
    }
)

# What an answer's body may break with once the headers have arrived.
BROKEN_STREAM: tuple[type[Exception], ...] = (
    aiohttp.ClientError,
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
    TimeoutError,
)
_UNREACHABLE: tuple[type[Exception], ...] = (*BROKEN_STREAM, ConnectingError, ResponseParserError)


def error_code(error: ClientError) -> str:
    """The store's code for its refusal; answers to HEAD have no body and give the HTTP status instead."""
    return str(error.response.get("Error", {}).get("Code", ""))


def error_type(code: str, status: int, missing: type[StoreError] = ObjectMissing) -> type[StoreError]:
    """Our error for a store's code and HTTP status; `missing` is what a bare 404 means to the caller."""
    if code in _BY_CODE:
        return _BY_CODE[code]
    if status in (401, 403):
        return AccessDenied
    if status == 404:
        return missing
    if status == 429 or status >= 500:
        return StoreUnavailable
    return StoreError


@contextmanager
def translated(action: str, missing: type[StoreError] = ObjectMissing) -> Iterator[None]:
    """Turns whatever the client raises inside into a `StoreError` that says which `action` failed."""
    try:
        yield
    except ClientError as error:
        status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
        code = error_code(error)
        raise error_type(code, status, missing)(f"{action}: the store answered {code or status}") from error
    except _UNREACHABLE as error:
        raise StoreUnavailable(f"{action}: {type(error).__name__}") from error
    except BotoCoreError as error:
        raise StoreError(f"{action}: {type(error).__name__}") from error

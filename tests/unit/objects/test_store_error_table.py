"""What each refusal of the store and each failure of the network means to our callers."""

import aiohttp
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from objects import (
    AccessDenied,
    BucketMissing,
    DigestMismatch,
    ObjectMissing,
    ObjectTooLarge,
    StoreError,
    StoreUnavailable,
    UploadLost,
)
from objects.translation import error_type, translated


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("NoSuchKey", 404, ObjectMissing),
        ("NoSuchBucket", 404, BucketMissing),
        ("NoSuchUpload", 404, UploadLost),
        ("InvalidPart", 400, UploadLost),
        ("BadDigest", 400, DigestMismatch),
        ("EntityTooLarge", 400, ObjectTooLarge),
        ("SignatureDoesNotMatch", 403, AccessDenied),
        ("ExpiredToken", 400, AccessDenied),
        ("SlowDown", 503, StoreUnavailable),
        ("RequestTimeout", 400, StoreUnavailable),
        ("InternalError", 200, StoreUnavailable),
        ("403", 403, AccessDenied),
        ("404", 404, ObjectMissing),
        ("429", 429, StoreUnavailable),
        ("599", 599, StoreUnavailable),
        ("SomethingNew", 418, StoreError),
    ],
)
def test_a_refusal_becomes_our_error(code: str, status: int, expected: type[StoreError]) -> None:
    assert error_type(code, status) is expected


def test_a_bare_404_means_what_was_asked_for() -> None:
    assert error_type("404", 404, missing=BucketMissing) is BucketMissing


@pytest.mark.parametrize(
    "failure",
    [
        EndpointConnectionError(endpoint_url="http://store/k?X-Amz-Signature=feed"),
        ConnectTimeoutError(endpoint_url="http://store/k?X-Amz-Signature=feed"),
        ReadTimeoutError(endpoint_url="http://store/k?X-Amz-Signature=feed"),
        aiohttp.ClientPayloadError("http://store/k?X-Amz-Signature=feed"),
        ConnectionResetError("http://store/k?X-Amz-Signature=feed"),
        TimeoutError(),
        ResponseParserError("half an answer with X-Amz-Signature=feed"),
    ],
)
def test_a_failing_network_is_unavailability_without_urls(failure: Exception) -> None:
    with pytest.raises(StoreUnavailable) as caught, translated("reading k"):
        raise failure

    assert str(caught.value) == f"reading k: {type(failure).__name__}"
    assert caught.value.__cause__ is failure


def test_a_refusal_names_action_and_code_only() -> None:
    refusal = ClientError(
        {
            "Error": {"Code": "AccessDenied", "Message": "AWS4-HMAC-SHA256 of the secret …"},
            "ResponseMetadata": {"HTTPStatusCode": 403},  # type: ignore[typeddict-item]
        },
        "GetObject",
    )
    with pytest.raises(AccessDenied) as caught, translated("reading k"):
        raise refusal

    assert str(caught.value) == "reading k: the store answered AccessDenied"


def test_a_wrong_call_is_an_error_of_the_store_package() -> None:
    with pytest.raises(StoreError) as caught, translated("reading k"):
        raise ParamValidationError(report="…")

    assert type(caught.value) is StoreError


def test_errors_of_others_pass() -> None:
    with pytest.raises(LookupError), translated("reading k"):
        raise LookupError

"""The bucket, our credentials, and that nothing but the settings decides where we go."""

import dataclasses
import traceback
from uuid import uuid4

import pytest

from objects import AccessDenied, ObjectStore, S3Settings, StoreError, open_store


async def test_a_bucket_that_is_there_is_ready(store: ObjectStore) -> None:
    await store.check()
    assert await store.ensure_bucket() is False


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1"])
async def test_a_missing_bucket_is_made_once(settings: S3Settings, region: str) -> None:
    fresh = dataclasses.replace(settings, bucket=f"test-{uuid4().hex}", region=region)
    async with open_store(fresh) as store:
        assert await store.ensure_bucket() is True
        await store.put("k", b"kept")
        assert await store.ensure_bucket() is False

        assert await store.get("k") == b"kept"


async def test_a_wrong_secret_is_refused_and_never_shown(settings: S3Settings) -> None:
    wrong = dataclasses.replace(settings, secret_access_key="not-the-secret", session_token="a-session-token")
    errors: list[StoreError] = []
    async with open_store(wrong) as store:
        for call in (store.check(), store.get("k"), store.put("k", b"x"), store.delete(["k"])):
            with pytest.raises(AccessDenied) as caught:
                await call
            errors.append(caught.value)

    told = "\n".join("".join(traceback.format_exception(error)) for error in errors)
    for secret in ("not-the-secret", "a-session-token", "Signature=", "X-Amz-", "AWS4-HMAC"):
        assert secret not in told


async def test_the_environment_and_the_home_folder_have_no_say(
    settings: S3Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = "http://127.0.0.1:1"
    for name, value in {
        "AWS_PROFILE": "no-such-profile",
        "AWS_CONFIG_FILE": "/no/such/file",
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "else",
        "AWS_SESSION_TOKEN": "token",
        "AWS_REGION": "mars-north-1",
        "AWS_ENDPOINT_URL": nowhere,
        "AWS_ENDPOINT_URL_S3": nowhere,
        "AWS_MAX_ATTEMPTS": "1",
        "http_proxy": nowhere,
        "HTTP_PROXY": nowhere,
    }.items():
        monkeypatch.setenv(name, value)

    async with open_store(settings) as store:
        await store.put("k", b"arrived")
        assert await store.get("k") == b"arrived"

"""From a service's environment to our settings, and a few bytes to write."""

import dataclasses
from typing import Final

from objects import S3Settings

MIB: Final = 1024**2
SOMEWHERE: Final = S3Settings(bucket="bucket", region="us-east-1", access_key_id="KEYID", secret_access_key="SECRET")


def settings_of(env: dict[str, str]) -> S3Settings:
    return S3Settings(
        bucket=env["S3_BUCKET_NAME"],
        region=env["AWS_REGION"],
        access_key_id=env["AWS_ACCESS_KEY_ID"],
        secret_access_key=env["AWS_SECRET_ACCESS_KEY"],
        endpoint_url=env["AWS_ENDPOINT_URL_S3"],
    )


def at_port(settings: S3Settings, port: int) -> S3Settings:
    """The same access through another port of this machine."""
    return dataclasses.replace(settings, endpoint_url=f"http://127.0.0.1:{port}")


def bytes_that_differ(size_bytes: int) -> bytes:
    """Never the same at two places of a part's distance, so that swapped parts would show."""
    lines = b"".join(b"%015d\n" % number for number in range(size_bytes // 16 + 1))
    return lines[:size_bytes]

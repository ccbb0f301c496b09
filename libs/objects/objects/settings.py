"""Where the store is, with which credentials it is used, and how long a call may take.

The secrets never show in a repr, so that a settings object may be part of a log line or a traceback.
"""

from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta, Struct


@dataclass(frozen=True, slots=True, kw_only=True)
class S3Settings:
    """One bucket of one store. `endpoint_url` None means AWS itself, in `region`."""

    bucket: str
    region: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)
    endpoint_url: str | None = None


class S3Environment(Struct, frozen=True, kw_only=True, rename="upper"):
    """The variables every service that stores objects reads; its own settings inherit them."""

    aws_access_key_id: str
    aws_secret_access_key: str
    s3_bucket_name: Annotated[str, Meta(pattern=r"^[^\s/]+$")]
    aws_region: str = "us-east-1"
    aws_session_token: str | None = None
    aws_endpoint_url_s3: Annotated[str, Meta(pattern=r"^https?://\S+$")] | None = None

    def s3(self) -> S3Settings:
        return S3Settings(
            endpoint_url=self.aws_endpoint_url_s3,
            region=self.aws_region,
            access_key_id=self.aws_access_key_id,
            secret_access_key=self.aws_secret_access_key,
            session_token=self.aws_session_token,
            bucket=self.s3_bucket_name,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """How long a call may take before it counts as `StoreUnavailable`.

    `call_seconds` bounds one call with all its attempts; calls that carry bytes get `bytes /
    slowest_bytes_per_second` on top. It is needed beside the other two because a store that stops reading
    in the middle of a body runs into neither of them.

    A slow call does not mean that the store is unavailable: one that lasts `silence_seconds` is given up only if the
    store does not answer a probe within as long again. `abort_seconds` is for cleaning up after a failed write.
    """

    connect_seconds: float = 3.0
    read_seconds: float = 25.0
    call_seconds: float = 60.0
    slowest_bytes_per_second: int = 256 * 1024
    attempts: int = 3
    silence_seconds: float = 10.0
    abort_seconds: float = 10.0  # a process that stops must not wait long for a store that is gone

    def deadline_seconds(self, body_bytes: int) -> float:
        """The longest a call may take that sends or receives `body_bytes` bytes."""
        return self.call_seconds + body_bytes / self.slowest_bytes_per_second

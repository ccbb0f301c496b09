"""What the migrations read from the environment: everything that holds state, and who may change it."""

from typing import Annotated

from msgspec import Meta, Struct

from objects import S3Settings


class Settings(Struct, frozen=True, kw_only=True, rename="upper"):
    """`nats_url` is of the user `topology`, the only one that may declare; `stream_replicas` is 1 or 3."""

    database_url: Annotated[str, Meta(pattern="^postgres(ql)?://")]
    nats_url: str
    aws_access_key_id: str
    aws_secret_access_key: str
    s3_bucket_name: str
    aws_region: str = "us-east-1"
    aws_session_token: str | None = None
    aws_endpoint_url_s3: str | None = None
    stream_replicas: Annotated[int, Meta(ge=1, le=5)] = 1

    def s3(self) -> S3Settings:
        return S3Settings(
            endpoint_url=self.aws_endpoint_url_s3,
            region=self.aws_region,
            access_key_id=self.aws_access_key_id,
            secret_access_key=self.aws_secret_access_key,
            session_token=self.aws_session_token,
            bucket=self.s3_bucket_name,
        )

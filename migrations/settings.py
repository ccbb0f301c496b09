"""What the migrations read from the environment: everything that holds state, and who may change it."""

from typing import Annotated

from msgspec import Meta

from bus.connection import NatsUrl
from objects import S3Environment


class Settings(S3Environment, frozen=True, kw_only=True, rename="upper"):
    """`nats_url` is of the user `topology`, the only one that may declare; `stream_replicas` is 1 or 3."""

    database_url: Annotated[str, Meta(pattern="^postgres(ql)?://")]
    nats_url: NatsUrl
    stream_replicas: Annotated[int, Meta(ge=1, le=5)] = 1

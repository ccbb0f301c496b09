"""What the migrations read from the environment: everything that holds state, and who may change it."""

from typing import Annotated

from msgspec import Meta

from bus.connection import NatsUrl
from catalog.database_url import check_setting
from objects import S3Environment


class Settings(S3Environment, frozen=True, kw_only=True, rename="upper"):
    """`nats_url` is of the user `topology`, the only one that may declare; `stream_replicas` is 1 or 3."""

    database_url: str
    nats_url: NatsUrl
    stream_replicas: Annotated[int, Meta(ge=1, le=5)] = 1

    def __post_init__(self) -> None:
        check_setting(self.database_url)  # a malformed one stops the start

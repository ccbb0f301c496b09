"""The two tables as this version reads and writes them; `migrations` makes them.

Postgres has no way to store the character NUL. It is left out on the way in, here and nowhere else, because a row
that can't be stored would otherwise stop the projection.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Dialect, Double, Integer, MetaData, Table, Text, TypeDecorator, Uuid
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

from contracts.dataset import Options
from contracts.failure import RunFailure
from contracts.known_options import to_known_options
from contracts.warnings import WarningSummary

SCHEMA_REVISION: Final = "0003"  # the migration that this version needs; later ones keep what it uses


def without_nul(value: Any) -> Any:
    """JSON-like `value` with NUL removed from every string in it."""
    match value:
        case str():
            return value.replace("\0", "")
        case list():
            return [without_nul(item) for item in value]
        case dict():
            return {without_nul(key): without_nul(item) for key, item in value.items()}
        case _:
            return value


class TextWithoutNul(TypeDecorator[str]):
    """Text from users, stored without the character NUL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else value.replace("\0", "")


class StructAsJson(TypeDecorator[Any]):
    """A Struct of the contracts as jsonb, so that people can query it; `read` converts what is stored back."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def __init__(self, kind: type[msgspec.Struct], read: Callable[[Any], Any] | None = None) -> None:
        super().__init__()
        self.kind = kind
        self.read = read

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        return without_nul(msgspec.to_builtins(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        return self.read(value) if self.read else msgspec.convert(value, self.kind)


def dataset_table(name: str, metadata: MetaData) -> Table:
    """A table of dataset rows; a rebuild makes its own in addition to `dataset`."""
    return Table(
        name,
        metadata,
        Column("id", Uuid(as_uuid=False), primary_key=True),
        Column("user_id", TextWithoutNul, nullable=False),
        Column("created_seq", BigInteger, nullable=False),
        Column("seq", BigInteger, nullable=False),
        Column("status", TextWithoutNul, nullable=False),
        Column("run", BigInteger),
        Column("name", TextWithoutNul, nullable=False),
        Column("description", TextWithoutNul, nullable=False),
        Column("transcript_type", TextWithoutNul, nullable=False),
        Column("audio_s3_key", TextWithoutNul, nullable=False),
        Column("transcript_s3_key", TextWithoutNul, nullable=False),
        Column("training_data_s3_key", TextWithoutNul),
        Column("segment_count", Integer),
        Column("total_duration_seconds", Double),
        Column("segments_written", Integer),
        Column("segments_planned", Integer),
        Column("error_message", TextWithoutNul),
        Column("error", StructAsJson(RunFailure)),
        Column("warnings", StructAsJson(WarningSummary), nullable=False),
        Column("options", StructAsJson(Options, to_known_options), nullable=False),
        Column("created_at", TIMESTAMP(timezone=True), nullable=False),
        Column("updated_at", TIMESTAMP(timezone=True), nullable=False),
        Column("fact_at", TIMESTAMP(timezone=True)),
        Column("result_outdated", Boolean, nullable=False),
    )


METADATA: Final = MetaData()

dataset: Final = dataset_table("dataset", METADATA)

position: Final = Table(
    "tts_projection",
    METADATA,
    Column("one", Boolean, primary_key=True),  # true: there is exactly one row
    Column("stream_created", TIMESTAMP(timezone=True)),
    Column("seq", BigInteger, nullable=False),
    Column("life_seq", BigInteger),  # with the next two the last life event in the rows; null before the first
    Column("life_stored_at", TIMESTAMP(timezone=True)),
    Column("life_of", Uuid(as_uuid=False)),
)

revision: Final = Table("alembic_version", METADATA, Column("version_num", Text, primary_key=True))

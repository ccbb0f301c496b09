"""The catalog's rows and its position in the stream.

Revision ids are four digits in order, so that a service can tell a later schema from an earlier one.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dataset",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("created_seq", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("run", sa.BigInteger()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("transcript_type", sa.Text(), nullable=False),
        sa.Column("audio_s3_key", sa.Text(), nullable=False),
        sa.Column("transcript_s3_key", sa.Text(), nullable=False),
        sa.Column("training_data_s3_key", sa.Text()),
        sa.Column("segment_count", sa.Integer()),
        sa.Column("total_duration_seconds", sa.Double()),
        sa.Column("segments_written", sa.Integer()),
        sa.Column("segments_planned", sa.Integer()),
        sa.Column("error_message", sa.Text()),
        sa.Column("error", pg.JSONB()),
        sa.Column("warnings", pg.JSONB(), nullable=False),
        sa.Column("options", pg.JSONB(), nullable=False),
        sa.Column("created_at", pg.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", pg.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("fact_at", pg.TIMESTAMP(timezone=True)),
    )
    newest = sa.text("created_seq DESC")
    op.create_index("dataset_created_seq", "dataset", ["created_seq"], unique=True)
    op.create_index("dataset_of_user", "dataset", ["user_id", newest])
    op.create_index("dataset_of_user_by_status", "dataset", ["user_id", "status", newest])
    op.create_index("dataset_by_status", "dataset", ["status", newest])
    op.create_table(
        "tts_projection",
        sa.Column("one", sa.Boolean(), sa.CheckConstraint("one"), primary_key=True, server_default=sa.true()),
        sa.Column("stream_created", pg.TIMESTAMP(timezone=True)),
        sa.Column("seq", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.execute("INSERT INTO tts_projection DEFAULT VALUES")


def downgrade() -> None:
    op.drop_table("tts_projection")
    op.drop_table("dataset")

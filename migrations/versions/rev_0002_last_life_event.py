"""The last life event in the rows, by which a stream is known that was set back to an earlier state.

Other events then get the sequence numbers of those that were lost, so the position alone would not show it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql as pg

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tts_projection", sa.Column("life_seq", sa.BigInteger()))
    op.add_column("tts_projection", sa.Column("life_stored_at", pg.TIMESTAMP(timezone=True)))
    op.add_column("tts_projection", sa.Column("life_of", sa.Uuid()))


def downgrade() -> None:
    op.drop_column("tts_projection", "life_of")
    op.drop_column("tts_projection", "life_stored_at")
    op.drop_column("tts_projection", "life_seq")

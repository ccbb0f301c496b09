"""Whether a dataset's result was made from another transcript than the one it has now.

The release before this one neither reads nor writes the column; its rows have the default.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dataset", sa.Column("result_outdated", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("dataset", "result_outdated")

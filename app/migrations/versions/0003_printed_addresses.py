"""With which address each badge was printed last"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("badge_code", sa.Column("printed_url", sa.String(), nullable=True))
    op.add_column("badge_code", sa.Column("printed_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("badge_code", "printed_at")
    op.drop_column("badge_code", "printed_url")

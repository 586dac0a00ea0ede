"""Messages and drop-offs are found without all other words and visits"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index("ix_visit_text_field", "visit_text", ["field", "at"])
    where = sa.text("kind = 'drop_off'")
    op.create_index(
        "ix_visit_drop_off",
        "visit",
        ["arrived_at", "id"],
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    """Take back."""
    op.drop_index("ix_visit_drop_off", "visit")
    op.drop_index("ix_visit_text_field", "visit_text")

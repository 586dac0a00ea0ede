"""Loans remember which one they replace, and when a badge that stayed away turned up"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute(
        "ALTER TABLE loan ADD COLUMN replaces_id INTEGER "
        "CONSTRAINT fk_loan_replaces_id REFERENCES loan (id)"
    )
    op.add_column("loan", sa.Column("recovered_at", sa.DateTime(), nullable=True))


def downgrade() -> None:
    """Take back."""
    op.drop_column("loan", "recovered_at")
    op.drop_column("loan", "replaces_id")

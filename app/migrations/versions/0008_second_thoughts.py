"""Times that were put right: which event, to when, and how many a visit has"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("step_event", sa.Column("corrects", sa.Integer(), nullable=True))
    op.add_column("step_event", sa.Column("corrected_to", sa.DateTime(), nullable=True))
    op.add_column(
        "visit", sa.Column("corrections", sa.Integer(), server_default="0", nullable=False)
    )


def downgrade() -> None:
    """Take back."""
    op.drop_column("visit", "corrections")
    op.drop_column("step_event", "corrected_to")
    op.drop_column("step_event", "corrects")

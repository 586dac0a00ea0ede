"""When a queued scan happened, and what was decided about those that moved nothing"""

import sqlalchemy as sa
from alembic import op

from app.models.dialect import append_only_triggers

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("scan", sa.Column("happened_at", sa.DateTime(), nullable=True))
    op.create_index(
        "ix_scan_queued", "scan", ["actor_id", "id"], sqlite_where=sa.text("queued"),
        postgresql_where=sa.text("queued"),
    )  # fmt: skip
    op.create_table(
        "scan_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scan_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(), nullable=False),
        sa.Column("by_scan_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name="fk_scan_decision_scan_id"),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name="fk_scan_decision_actor_id"),
        sa.ForeignKeyConstraint(["by_scan_id"], ["scan.id"], name="fk_scan_decision_by_scan_id"),
        sa.PrimaryKeyConstraint("id", name="pk_scan_decision"),
        sa.UniqueConstraint("scan_id", name="uq_scan_decision_scan_id"),
    )
    for statement in append_only_triggers("scan_decision"):
        op.execute(statement)


def downgrade() -> None:
    """Take back."""
    op.drop_table("scan_decision")
    op.drop_index("ix_scan_queued", table_name="scan")
    op.drop_column("scan", "happened_at")

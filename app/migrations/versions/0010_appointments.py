"""Guests who were asked to come again: when, and with which visit they came"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.DateTime(), nullable=False),
        sa.Column("destination_id", sa.Integer(), nullable=True),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("arrived_visit_id", sa.Integer(), nullable=True),
        sa.Column("dropped_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_appointment_visit_id"),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["unit.id"], name="fk_appointment_destination_id"
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name="fk_appointment_made_by_id"),
        sa.ForeignKeyConstraint(
            ["arrived_visit_id"], ["visit.id"], name="fk_appointment_arrived_visit_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_appointment"),
    )
    op.create_index("ix_appointment_due_at", "appointment", ["due_at"])
    op.create_index("ix_appointment_visit_id", "appointment", ["visit_id"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("appointment")

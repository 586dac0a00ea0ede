"""Who holds a post for somebody else, and until when"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "delegation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("deputy_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=True),
        sa.Column("set_by_id", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('plh', 'plt')", name=op.f("ck_delegation_kind")),
        sa.CheckConstraint(
            "(role IS NULL) <> (unit_id IS NULL)", name=op.f("ck_delegation_one_post")
        ),
        sa.CheckConstraint(
            "ends_at IS NULL OR starts_at <= ends_at", name=op.f("ck_delegation_in_order")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_delegation_unit_id"),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.id"], name="fk_delegation_deputy_id"),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name="fk_delegation_set_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_delegation"),
    )
    op.create_index("ix_delegation_deputy", "delegation", ["deputy_id", "starts_at"])


def downgrade() -> None:
    """Take back."""
    op.drop_table("delegation")

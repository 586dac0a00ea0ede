"""Kinds of badges that the office can name and colour"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

FIRST_KINDS = [
    ("general", "Umum", "#172f57", "solid", 1),
    ("group", "Rombongan", "#17603d", "stripes", 2),
    ("vip", "VIP", "#a1211d", "diamonds", 3),
    ("provider", "Penyedia", "#dfb25a", "checks", 4),
]


def upgrade() -> None:
    """Apply."""
    kinds = op.create_table(
        "badge_kind",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("colour", sa.String(), nullable=False),
        sa.Column("pattern", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("colour LIKE '#______'", name=op.f("ck_badge_kind_colour")),
        sa.PrimaryKeyConstraint("code", name="pk_badge_kind"),
        sa.UniqueConstraint("word", name="uq_badge_kind_word"),
        sa.UniqueConstraint("pattern", name="uq_badge_kind_pattern"),
        sa.UniqueConstraint("position", name="uq_badge_kind_position"),
    )
    columns = ("code", "word", "colour", "pattern", "position")
    op.bulk_insert(kinds, [dict(zip(columns, row, strict=True)) for row in FIRST_KINDS])


def downgrade() -> None:
    """Take back."""
    op.drop_table("badge_kind")

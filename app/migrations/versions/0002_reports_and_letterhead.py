"""Letterhead, office hours, exports, step times and the search of guests"""

from datetime import time

import sqlalchemy as sa
from alembic import op

from app.models.dialect import append_only_triggers, visitor_search_statements

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Jam kerja: Monday to Thursday 07.30-16.00, Friday 07.30-16.30 (a setting).
USUAL_HOURS = [
    *((weekday, time(7, 30), time(16), time(12), time(13)) for weekday in range(4)),
    (4, time(7, 30), time(16, 30), time(11, 30), time(13)),
]


def upgrade() -> None:
    """Apply."""
    with op.batch_alter_table("office") as office:
        for name in (
            "government", "city", "phone", "email", "signer_name", "signer_nip", "signer_rank",
            "signer_post", "signer_capacity", "signer_for",
        ):  # fmt: skip
            office.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        office.add_column(sa.Column("paper", sa.String(), nullable=False, server_default="A4"))
        office.create_check_constraint(op.f("ck_office_paper"), "paper IN ('A4', 'F4')")
        office.create_check_constraint(
            op.f("ck_office_signer_capacity"), "signer_capacity IN ('', 'an', 'plt', 'plh')"
        )
    op.create_table(
        "emblem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_emblem_only_one")),
        sa.PrimaryKeyConstraint("id", name="pk_emblem"),
    )
    hours = op.create_table(
        "office_hours",
        sa.Column("weekday", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=False),
        sa.Column("closes_at", sa.Time(), nullable=False),
        sa.Column("break_from", sa.Time(), nullable=True),
        sa.Column("break_until", sa.Time(), nullable=True),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_office_hours_weekday")),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_office_hours_order")),
        sa.CheckConstraint(
            "(break_from IS NULL) = (break_until IS NULL)", name=op.f("ck_office_hours_break")
        ),
        sa.PrimaryKeyConstraint("weekday", name="pk_office_hours"),
    )
    columns = ("weekday", "opens_at", "closes_at", "break_from", "break_until")
    op.bulk_insert(hours, [dict(zip(columns, row, strict=True)) for row in USUAL_HOURS])
    _step_times()
    _exports()
    for statement in visitor_search_statements():
        op.execute(statement)


def _step_times() -> None:
    op.add_column(
        "visit", sa.Column("arrived_hour", sa.Integer(), nullable=False, server_default="-1")
    )
    op.add_column(
        "visit", sa.Column("late_steps", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_index("ix_visit_arrived_on", "visit", ["arrived_on"])
    for name, columns, condition in (
        ("ix_visit_late", ["arrived_at", "id"], "late_steps > 0"),
        ("ix_visit_unprojected", ["id"], "arrived_hour < 0"),
    ):
        where = sa.text(condition)
        op.create_index(name, "visit", columns, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "step_time",
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("step_key", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("standing", sa.String(), nullable=False),
        sa.Column("elapsed_s", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_step_time_visit_id"),
        sa.PrimaryKeyConstraint("visit_id", "step_key", "round", name="pk_step_time"),
    )


def _exports() -> None:
    op.create_table(
        "export",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("actor_post", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("filters", sa.String(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name="fk_export_actor_id"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_export_visit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_export"),
    )
    op.create_index("ix_export_at", "export", ["at"])
    for statement in append_only_triggers("export"):
        op.execute(statement)


def downgrade() -> None:
    """Take back."""
    op.execute("DROP TRIGGER visitor_search_erased")
    op.execute("DROP TRIGGER visitor_searched")
    op.execute("DROP TABLE visitor_search")
    op.drop_table("export")
    op.drop_table("step_time")
    for index in ("ix_visit_unprojected", "ix_visit_late", "ix_visit_arrived_on"):
        op.drop_index(index, "visit")
    # Not in batch mode, which would drop and make anew a table that others refer to.
    op.execute("ALTER TABLE visit DROP COLUMN late_steps")
    op.execute("ALTER TABLE visit DROP COLUMN arrived_hour")
    op.drop_table("office_hours")
    op.drop_table("emblem")
    with op.batch_alter_table("office") as office:
        office.drop_constraint(op.f("ck_office_signer_capacity"), type_="check")
        office.drop_constraint(op.f("ck_office_paper"), type_="check")
        for name in (
            "paper", "signer_for", "signer_capacity", "signer_post", "signer_rank", "signer_nip",
            "signer_name", "email", "phone", "city", "government",
        ):  # fmt: skip
            office.drop_column(name)

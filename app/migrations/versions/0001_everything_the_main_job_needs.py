"""Everything the main job needs"""

import sqlalchemy as sa
from alembic import op

from app.models.dialect import append_only_triggers, erase_only_triggers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "badge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint(
            "state IN ('available', 'in_use', 'outstanding', 'lost', 'damaged', 'retired')",
            name=op.f("ck_badge_state"),
        ),
        sa.CheckConstraint("number BETWEEN 1 AND 9999", name=op.f("ck_badge_number")),
        sa.PrimaryKeyConstraint("id", name="pk_badge"),
        sa.UniqueConstraint("number", name="uq_badge_number"),
    )
    op.create_index("ix_badge_state", "badge", ["state"], unique=False)
    op.create_table(
        "office",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_office_only_one")),
        sa.PrimaryKeyConstraint("id", name="pk_office"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("nip", sa.String(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("username", name="uq_person_username"),
    )
    op.create_table(
        "screen_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_screen_version_only_one")),
        sa.PrimaryKeyConstraint("id", name="pk_screen_version"),
    )
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_failure"),
    )
    op.create_index(
        "ix_sign_in_failure_address_at", "sign_in_failure", ["address", "at"], unique=False
    )
    op.create_index(
        "ix_sign_in_failure_username_address_at",
        "sign_in_failure",
        ["username", "address", "at"],
        unique=False,
    )
    op.create_table(
        "sop_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sop_code", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sop_version"),
        sa.UniqueConstraint("sha256", name="uq_sop_version_sha256"),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("post", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unit"),
        sa.UniqueConstraint("name", name="uq_unit_name"),
    )
    op.create_index(
        "ix_unit_default",
        "unit",
        ["is_default"],
        unique=True,
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "badge_code",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("badge_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["badge_id"], ["badge.id"], name="fk_badge_code_badge_id"),
        sa.PrimaryKeyConstraint("code", name="pk_badge_code"),
    )
    op.create_index("ix_badge_code_badge_id", "badge_code", ["badge_id"], unique=False)
    op.create_index(
        "ix_badge_code_live",
        "badge_code",
        ["badge_id"],
        unique=True,
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "person_role",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_person_role_person_id"),
        sa.PrimaryKeyConstraint("person_id", "role", name="pk_person_role"),
    )
    op.create_table(
        "unit_member",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('host', 'assistant')", name=op.f("ck_unit_member_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_unit_member_person_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_unit_member_unit_id"),
        sa.PrimaryKeyConstraint("unit_id", "person_id", "kind", name="pk_unit_member"),
    )
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("guest_kind", sa.String(), nullable=False),
        sa.Column("sop_version_id", sa.Integer(), nullable=False),
        sa.Column("arrived_on", sa.Date(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(), nullable=False),
        sa.Column("party_size", sa.Integer(), nullable=False),
        sa.Column("entry_nonce", sa.String(), nullable=True),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("step_key", sa.String(), nullable=True),
        sa.Column("step_state", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("destination_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("late_entry", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (outcome IS NULL)", name=op.f("ck_visit_closed_has_outcome")
        ),
        sa.CheckConstraint("party_size BETWEEN 1 AND 999", name=op.f("ck_visit_party_size")),
        sa.ForeignKeyConstraint(["destination_id"], ["unit.id"], name="fk_visit_destination_id"),
        sa.ForeignKeyConstraint(
            ["sop_version_id"], ["sop_version.id"], name="fk_visit_sop_version_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_visit"),
        sa.UniqueConstraint("entry_nonce", name="uq_visit_entry_nonce"),
        sa.UniqueConstraint("year", "number", name="uq_visit_year_number"),
    )
    op.create_index("ix_visit_arrived", "visit", ["arrived_at", "id"], unique=False)
    op.create_index(
        "ix_visit_open",
        "visit",
        ["step_key"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "loan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("badge_id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_as", sa.String(), nullable=True),
        sa.CheckConstraint(
            "ended_as IN ('returned','outstanding','lost','damaged','replaced','swapped')",
            name=op.f("ck_loan_ended_as"),
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_as IS NULL)", name=op.f("ck_loan_ended")),
        sa.ForeignKeyConstraint(["badge_id"], ["badge.id"], name="fk_loan_badge_id"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_loan_visit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_loan"),
    )
    op.create_index("ix_loan_badge_id", "loan", ["badge_id"], unique=False)
    op.create_index(
        "ix_loan_open",
        "loan",
        ["badge_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_loan_visit_id", "loan", ["visit_id"], unique=False)
    op.create_table(
        "scan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=True),
        sa.Column("conflicts_with", sa.Integer(), nullable=True),
        sa.Column("content_digest", sa.String(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("device_label", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("client_at", sa.DateTime(), nullable=True),
        sa.Column("queued", sa.Boolean(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("badge_code", sa.String(), nullable=True),
        sa.Column("foreign_length", sa.Integer(), nullable=True),
        sa.Column("foreign_hmac", sa.String(), nullable=True),
        sa.Column("badge_id", sa.Integer(), nullable=True),
        sa.Column("visit_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("act", sa.String(), nullable=True),
        sa.Column("acted_step_key", sa.String(), nullable=True),
        sa.Column("step_key", sa.String(), nullable=True),
        sa.Column("expected_role", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name="fk_scan_actor_id"),
        sa.ForeignKeyConstraint(["badge_id"], ["badge.id"], name="fk_scan_badge_id"),
        sa.ForeignKeyConstraint(["conflicts_with"], ["scan.id"], name="fk_scan_conflicts_with"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_scan_visit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_scan"),
        sa.UniqueConstraint("nonce", name="uq_scan_nonce"),
    )
    op.create_index("ix_scan_actor", "scan", ["actor_id", "id"], unique=False)
    op.create_index("ix_scan_visit", "scan", ["visit_id", "id"], unique=False)
    op.create_table(
        "visit_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("actor_post", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("erased_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name="fk_visit_text_actor_id"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_visit_text_visit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_visit_text"),
        sa.UniqueConstraint("visit_id", "seq", name="uq_visit_text_visit_id_seq"),
    )
    op.create_table(
        "visitor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("is_leader", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("origin", sa.String(), nullable=True),
        sa.Column("position", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("identity_kind", sa.String(), nullable=True),
        sa.Column("identity_shown", sa.Boolean(), nullable=False),
        sa.Column("erased_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_visitor_visit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_visitor"),
        sa.UniqueConstraint("visit_id", "ordinal", name="uq_visitor_visit_id_ordinal"),
    )
    op.create_table(
        "badge_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("badge_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=True),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("loan_id", sa.Integer(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name="fk_badge_event_actor_id"),
        sa.ForeignKeyConstraint(["badge_id"], ["badge.id"], name="fk_badge_event_badge_id"),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name="fk_badge_event_loan_id"),
        sa.PrimaryKeyConstraint("id", name="pk_badge_event"),
        sa.UniqueConstraint("badge_id", "seq", name="uq_badge_event_badge_id_seq"),
    )
    op.create_table(
        "step_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("step_key", sa.String(), nullable=True),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("destination_id", sa.Integer(), nullable=True),
        sa.Column("reason_code", sa.String(), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("actor_post", sa.String(), nullable=False),
        sa.Column("acting_role", sa.String(), nullable=False),
        sa.Column("on_behalf_of", sa.String(), nullable=True),
        sa.Column("method", sa.String(), nullable=True),
        sa.Column("scan_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name="fk_step_event_actor_id"),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["unit.id"], name="fk_step_event_destination_id"
        ),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name="fk_step_event_scan_id"),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name="fk_step_event_visit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_step_event"),
        sa.UniqueConstraint("visit_id", "seq", name="uq_step_event_visit_id_seq"),
    )
    op.create_index("ix_step_event_actor", "step_event", ["actor_id", "recorded_at"], unique=False)
    op.create_index(
        "ix_step_event_undoes",
        "step_event",
        ["visit_id", "undoes"],
        unique=True,
        sqlite_where=sa.text("undoes IS NOT NULL"),
        postgresql_where=sa.text("undoes IS NOT NULL"),
    )
    _protect()
    op.execute("INSERT INTO screen_version (id, n) VALUES (1, 1)")


def _protect() -> None:
    """Make the logs append-only and the guests' words erase-only."""
    for table in ("badge_event", "step_event", "scan"):
        for statement in append_only_triggers(table):
            op.execute(statement)
    kept_of_visitor = ("id", "visit_id", "ordinal", "is_leader", "identity_shown")
    erasable = ("name", "origin", "position", "phone", "identity_kind")
    for statement in erase_only_triggers("visitor", erasable, kept_of_visitor):
        op.execute(statement)
    kept_of_text = ("id", "visit_id", "seq", "field", "actor_id", "actor_name", "actor_post", "at")
    for statement in erase_only_triggers("visit_text", ("value",), kept_of_text):
        op.execute(statement)


def downgrade() -> None:
    """Take back."""
    op.drop_index(
        "ix_step_event_undoes",
        table_name="step_event",
        sqlite_where=sa.text("undoes IS NOT NULL"),
        postgresql_where=sa.text("undoes IS NOT NULL"),
    )
    op.drop_index("ix_step_event_actor", table_name="step_event")
    op.drop_table("step_event")
    op.drop_table("badge_event")
    op.drop_table("visitor")
    op.drop_table("visit_text")
    op.drop_index("ix_scan_visit", table_name="scan")
    op.drop_index("ix_scan_actor", table_name="scan")
    op.drop_table("scan")
    op.drop_index("ix_loan_visit_id", table_name="loan")
    op.drop_index(
        "ix_loan_open",
        table_name="loan",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index("ix_loan_badge_id", table_name="loan")
    op.drop_table("loan")
    op.drop_index(
        "ix_visit_open",
        table_name="visit",
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.drop_index("ix_visit_arrived", table_name="visit")
    op.drop_table("visit")
    op.drop_table("unit_member")
    op.drop_table("person_role")
    op.drop_index(
        "ix_badge_code_live",
        table_name="badge_code",
        sqlite_where=sa.text("revoked_at IS NULL"),
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.drop_index("ix_badge_code_badge_id", table_name="badge_code")
    op.drop_table("badge_code")
    op.drop_index(
        "ix_unit_default",
        table_name="unit",
        sqlite_where=sa.text("is_default"),
        postgresql_where=sa.text("is_default"),
    )
    op.drop_table("unit")
    op.drop_table("sop_version")
    op.drop_index("ix_sign_in_failure_username_address_at", table_name="sign_in_failure")
    op.drop_index("ix_sign_in_failure_address_at", table_name="sign_in_failure")
    op.drop_table("sign_in_failure")
    op.drop_table("screen_version")
    op.drop_table("person")
    op.drop_table("office")
    op.drop_index("ix_badge_state", table_name="badge")
    op.drop_table("badge")

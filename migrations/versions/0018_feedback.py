"""The feedback desk."""

import sqlalchemy as sa
from alembic import op

from survey_app.foundation.columns import BigId, UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedback_calendar_days",
        sa.Column("id", BigId, nullable=False),
        sa.Column("unit_path", sa.String(length=120), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_working", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("legal_basis", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_calendar_days")),
        sa.UniqueConstraint("unit_path", "day", name=op.f("uq_feedback_calendar_days_unit_path_day")),
    )
    op.create_table(
        "feedback_deadline_rules",
        sa.Column("id", BigId, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column("unit_path", sa.String(length=120), nullable=False),
        sa.Column(
            "duty",
            sa.Enum(
                "receive",
                "forward",
                "answer",
                "accept",
                "decide",
                "refusal_notice",
                name="duty",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("longest", sa.Integer(), nullable=True),
        sa.Column(
            "time_unit",
            sa.Enum("working_day", "calendar_day", "hour", name="timeunit", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column(
            "counted_from",
            sa.Enum("receipt", "acceptance", "grounds", name="countedfrom", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("legal_basis", sa.String(length=300), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_deadline_rules")),
    )
    op.create_table(
        "feedback_desk_settings",
        sa.Column("unit_path", sa.String(length=120), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("unit_path", name=op.f("pk_feedback_desk_settings")),
    )
    op.create_table(
        "feedback_grievances",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.CHAR(length=11), nullable=False),
        sa.Column("pin_digest", sa.CHAR(length=64), nullable=False),
        sa.Column("submission_id", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("complaint", "denunciation", name="grievancekind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "web",
                "survey",
                "sms",
                "counter",
                "phone",
                "letter",
                "email",
                "portal",
                name="channel",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("unit_path", sa.String(length=120), nullable=False),
        sa.Column("received_path", sa.String(length=120), nullable=False),
        sa.Column("content_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sender_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("is_signed", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "accepted",
                "forwarded",
                "guided",
                "decided",
                "returned",
                name="grievancestate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("competent_body", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("purge_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_grievances")),
        sa.UniqueConstraint("code", name=op.f("uq_feedback_grievances_code")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_feedback_grievances_submission_id")),
    )
    with op.batch_alter_table("feedback_grievances", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_grievances_purge_on"), ["purge_on"], unique=False)
        batch_op.create_index(
            batch_op.f(
                "ix_feedback_grievances_unit_path_feedback_grievances_state_feedback_grievances_received_at"
            ),
            ["unit_path", "state", "received_at"],
            unique=False,
        )

    op.create_table(
        "feedback_office_hours",
        sa.Column("id", BigId, nullable=False),
        sa.Column("unit_path", sa.String(length=120), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("week", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_office_hours")),
        sa.UniqueConstraint(
            "unit_path", "valid_from", name=op.f("uq_feedback_office_hours_unit_path_valid_from")
        ),
    )
    op.create_table(
        "feedback_purge_runs",
        sa.Column("id", BigId, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("digest", sa.CHAR(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_purge_runs")),
    )
    op.create_table(
        "feedback_reply_templates",
        sa.Column("id", BigId, nullable=False),
        sa.Column("unit_path", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_reply_templates")),
        sa.UniqueConstraint("unit_path", "name", name=op.f("uq_feedback_reply_templates_unit_path_name")),
    )
    op.create_table(
        "feedback_wrong_pins",
        sa.Column("code", sa.CHAR(length=11), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", "day", name=op.f("pk_feedback_wrong_pins")),
    )
    op.create_table(
        "feedback_breaches",
        sa.Column("id", BigId, nullable=False),
        sa.Column("unit_path", sa.String(length=120), nullable=False),
        sa.Column("detected_at", UtcDateTime(), nullable=False),
        sa.Column("notify_by", UtcDateTime(), nullable=False),
        sa.Column("notified_at", UtcDateTime(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("account_id", BigId, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_feedback_breaches_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_breaches")),
    )
    with op.batch_alter_table("feedback_breaches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_breaches_unit_path"), ["unit_path"], unique=False)

    op.create_table(
        "feedback_bulk_assignments",
        sa.Column("id", BigId, nullable=False),
        sa.Column("account_id", BigId, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_feedback_bulk_assignments_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_bulk_assignments")),
    )
    with op.batch_alter_table("feedback_bulk_assignments", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_feedback_bulk_assignments_account_id"), ["account_id"], unique=False
        )

    op.create_table(
        "feedback_cases",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.CHAR(length=11), nullable=False),
        sa.Column("pin_digest", sa.CHAR(length=64), nullable=False),
        sa.Column("submission_id", sa.String(length=64), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "suggestion", "petition", "question", "praise", name="kind", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column(
            "subject_class",
            sa.Enum("conduct", "regulation", name="subjectclass", native_enum=False, length=24),
            nullable=True,
        ),
        sa.Column(
            "channel",
            sa.Enum(
                "web",
                "survey",
                "sms",
                "counter",
                "phone",
                "letter",
                "email",
                "portal",
                name="channel",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "anonymity",
            sa.Enum("anonymous", "officers_only", "public", name="anonymity", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("language", sa.String(length=5), nullable=False),
        sa.Column(
            "unit_path",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "received_path",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("summary", sa.String(length=200), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "new",
                "received",
                "assigned",
                "in_progress",
                "waiting",
                "drafted",
                "approved",
                "answered",
                "reopened",
                "closed",
                "refused",
                "forwarded",
                "split",
                "merged",
                "diverted",
                "withdrawn",
                name="state",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("handler_id", BigId, nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("part_of_id", BigId, nullable=True),
        sa.Column("part", sa.Integer(), nullable=True),
        sa.Column("merged_into_id", BigId, nullable=True),
        sa.Column("competent_body", sa.String(length=200), nullable=False),
        sa.Column("national_code", sa.String(length=40), nullable=True),
        sa.Column("phone_hash", sa.CHAR(length=64), nullable=True),
        sa.Column("filed_by", BigId, nullable=True),
        sa.Column("purge_on", sa.Date(), nullable=True),
        sa.Column("purged_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["filed_by"], ["accounts.id"], name=op.f("fk_feedback_cases_filed_by_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["handler_id"], ["accounts.id"], name=op.f("fk_feedback_cases_handler_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["merged_into_id"],
            ["feedback_cases.id"],
            name=op.f("fk_feedback_cases_merged_into_id_feedback_cases"),
        ),
        sa.ForeignKeyConstraint(
            ["part_of_id"], ["feedback_cases.id"], name=op.f("fk_feedback_cases_part_of_id_feedback_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_cases")),
        sa.UniqueConstraint("code", name=op.f("uq_feedback_cases_code")),
        sa.UniqueConstraint("part_of_id", "part", name=op.f("uq_feedback_cases_part_of_id_part")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_feedback_cases_submission_id")),
    )
    with op.batch_alter_table("feedback_cases", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_feedback_cases_created_at_feedback_cases_unit_path_feedback_cases_state"),
            ["created_at", "unit_path", "state"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_feedback_cases_due_at_feedback_cases_id"), ["due_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_feedback_cases_ended_at_feedback_cases_unit_path_feedback_cases_state"),
            ["ended_at", "unit_path", "state"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_feedback_cases_handler_id_feedback_cases_state_feedback_cases_due_at"),
            ["handler_id", "state", "due_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_feedback_cases_merged_into_id"), ["merged_into_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_feedback_cases_national_code"), ["national_code"], unique=False)
        batch_op.create_index(
            "ix_feedback_cases_open",
            ["due_at", "id", "unit_path", "state", "handler_id"],
            unique=False,
            sqlite_where=sa.text(
                "state IN ('approved', 'assigned', 'drafted', 'in_progress', 'new', 'received', 'reopened', 'waiting')"
            ),
            postgresql_where=sa.text(
                "state IN ('approved', 'assigned', 'drafted', 'in_progress', 'new', 'received', 'reopened', 'waiting')"
            ),
        )
        batch_op.create_index(batch_op.f("ix_feedback_cases_phone_hash"), ["phone_hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_feedback_cases_purge_on"), ["purge_on"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_feedback_cases_received_path_feedback_cases_created_at"),
            ["received_path", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f(
                "ix_feedback_cases_state_feedback_cases_due_at_feedback_cases_unit_path_feedback_cases_handler_id"
            ),
            ["state", "due_at", "unit_path", "handler_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_feedback_cases_unit_path_feedback_cases_created_at"),
            ["unit_path", "created_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_feedback_cases_unit_path_feedback_cases_state_feedback_cases_due_at"),
            ["unit_path", "state", "due_at"],
            unique=False,
        )

    op.create_table(
        "feedback_grievance_events",
        sa.Column("id", BigId, nullable=False),
        sa.Column("grievance_id", BigId, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "open",
                "read",
                "accept",
                "forward",
                "guide",
                "decide",
                "return",
                "note",
                name="grievancestep",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "actor_kind",
            sa.Enum("citizen", "staff", "system", name="actorkind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("account_id", BigId, nullable=True),
        sa.Column("note_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_feedback_grievance_events_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["grievance_id"],
            ["feedback_grievances.id"],
            name=op.f("fk_feedback_grievance_events_grievance_id_feedback_grievances"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_grievance_events")),
    )
    with op.batch_alter_table("feedback_grievance_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_feedback_grievance_events_grievance_id_feedback_grievance_events_id"),
            ["grievance_id", "id"],
            unique=False,
        )

    op.create_table(
        "feedback_saved_views",
        sa.Column("id", BigId, nullable=False),
        sa.Column("account_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("query", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_feedback_saved_views_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_saved_views")),
        sa.UniqueConstraint("account_id", "name", name=op.f("uq_feedback_saved_views_account_id_name")),
    )
    op.create_table(
        "feedback_answers",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("drafted_by", BigId, nullable=True),
        sa.Column("drafted_at", UtcDateTime(), nullable=False),
        sa.Column("submitted_by", BigId, nullable=True),
        sa.Column("submitted_at", UtcDateTime(), nullable=True),
        sa.Column("approved_by", BigId, nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("sent_by", BigId, nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["accounts.id"], name=op.f("fk_feedback_answers_approved_by_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["feedback_cases.id"], name=op.f("fk_feedback_answers_case_id_feedback_cases")
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by"], ["accounts.id"], name=op.f("fk_feedback_answers_drafted_by_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["sent_by"], ["accounts.id"], name=op.f("fk_feedback_answers_sent_by_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["accounts.id"], name=op.f("fk_feedback_answers_submitted_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_answers")),
        sa.UniqueConstraint("case_id", "round", name=op.f("uq_feedback_answers_case_id_round")),
    )
    op.create_table(
        "feedback_attachments",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=True),
        sa.Column("grievance_id", BigId, nullable=True),
        sa.Column("token", sa.CHAR(length=32), nullable=False),
        sa.Column(
            "media_type",
            sa.Enum(
                "image/jpeg",
                "image/png",
                "image/webp",
                "application/pdf",
                "audio/mpeg",
                "video/mp4",
                name="mediatype",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.CHAR(length=64), nullable=False),
        sa.Column(
            "added_by",
            sa.Enum("citizen", "staff", "system", name="actorkind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("account_id", BigId, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_feedback_attachments_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["feedback_cases.id"], name=op.f("fk_feedback_attachments_case_id_feedback_cases")
        ),
        sa.ForeignKeyConstraint(
            ["grievance_id"],
            ["feedback_grievances.id"],
            name=op.f("fk_feedback_attachments_grievance_id_feedback_grievances"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_attachments")),
        sa.UniqueConstraint("token", name=op.f("uq_feedback_attachments_token")),
    )
    with op.batch_alter_table("feedback_attachments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_attachments_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_feedback_attachments_grievance_id"), ["grievance_id"], unique=False
        )

    op.create_table(
        "feedback_clocks",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=True),
        sa.Column("grievance_id", BigId, nullable=True),
        sa.Column(
            "duty",
            sa.Enum(
                "receive",
                "forward",
                "answer",
                "accept",
                "decide",
                "refusal_notice",
                name="duty",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("unit_path", sa.String(length=120), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("longest", sa.Integer(), nullable=True),
        sa.Column(
            "time_unit",
            sa.Enum("working_day", "calendar_day", "hour", name="timeunit", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("day_of_receipt_counts", sa.Boolean(), nullable=False),
        sa.Column("legal_basis", sa.String(length=300), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("first_due_at", UtcDateTime(), nullable=False),
        sa.Column("paused_at", UtcDateTime(), nullable=True),
        sa.Column("paused_minutes", sa.Integer(), nullable=False),
        sa.Column("pauses", sa.JSON(), nullable=False),
        sa.Column("extended_at", UtcDateTime(), nullable=True),
        sa.Column("stopped_at", UtcDateTime(), nullable=True),
        sa.Column("warned_at_percent", sa.Integer(), nullable=False),
        sa.Column("next_warning_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["feedback_cases.id"], name=op.f("fk_feedback_clocks_case_id_feedback_cases")
        ),
        sa.ForeignKeyConstraint(
            ["grievance_id"],
            ["feedback_grievances.id"],
            name=op.f("fk_feedback_clocks_grievance_id_feedback_grievances"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_clocks")),
    )
    with op.batch_alter_table("feedback_clocks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_clocks_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_feedback_clocks_grievance_id"), ["grievance_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_feedback_clocks_stopped_at_feedback_clocks_next_warning_at"),
            ["stopped_at", "next_warning_at"],
            unique=False,
        )

    op.create_table(
        "feedback_consents",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("text_version", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=24), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["feedback_cases.id"], name=op.f("fk_feedback_consents_case_id_feedback_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_consents")),
    )
    with op.batch_alter_table("feedback_consents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_consents_case_id"), ["case_id"], unique=False)

    op.create_table(
        "feedback_contacts",
        sa.Column("case_id", BigId, autoincrement=False, nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("email_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("wants_notices", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("ground", sa.String(length=200), nullable=False),
        sa.Column("purge_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["feedback_cases.id"], name=op.f("fk_feedback_contacts_case_id_feedback_cases")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_feedback_contacts")),
    )
    with op.batch_alter_table("feedback_contacts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_contacts_purge_on"), ["purge_on"], unique=False)

    op.create_table(
        "feedback_events",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column(
            "step",
            sa.Enum(
                "open",
                "receive",
                "classify",
                "assign",
                "unassign",
                "take",
                "transfer",
                "forward",
                "refuse",
                "ask",
                "supplement",
                "resume",
                "draft",
                "submit",
                "return",
                "approve",
                "send",
                "answer_with_primary",
                "extend",
                "split",
                "merge",
                "unmerge",
                "divert",
                "rate",
                "reopen",
                "close",
                "withdraw",
                "note",
                "attach",
                "redact",
                "publish",
                "retract",
                "warn",
                "escalate",
                "succeed",
                name="step",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "from_state",
            sa.Enum(
                "new",
                "received",
                "assigned",
                "in_progress",
                "waiting",
                "drafted",
                "approved",
                "answered",
                "reopened",
                "closed",
                "refused",
                "forwarded",
                "split",
                "merged",
                "diverted",
                "withdrawn",
                name="state",
                native_enum=False,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_state",
            sa.Enum(
                "new",
                "received",
                "assigned",
                "in_progress",
                "waiting",
                "drafted",
                "approved",
                "answered",
                "reopened",
                "closed",
                "refused",
                "forwarded",
                "split",
                "merged",
                "diverted",
                "withdrawn",
                name="state",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "actor_kind",
            sa.Enum("citizen", "staff", "system", name="actorkind", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("account_id", BigId, nullable=True),
        sa.Column("unit_path", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_feedback_events_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["feedback_cases.id"], name=op.f("fk_feedback_events_case_id_feedback_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_events")),
    )
    with op.batch_alter_table("feedback_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_events_at"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_feedback_events_case_id_feedback_events_id"), ["case_id", "id"], unique=False
        )
        batch_op.create_index(
            "ix_feedback_events_moved",
            ["case_id", "at"],
            unique=False,
            sqlite_where=sa.text("step IN ('succeed', 'transfer')"),
            postgresql_where=sa.text("step IN ('succeed', 'transfer')"),
        )

    op.create_table(
        "feedback_merges",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("into_id", BigId, nullable=False),
        sa.Column(
            "former_state",
            sa.Enum(
                "new",
                "received",
                "assigned",
                "in_progress",
                "waiting",
                "drafted",
                "approved",
                "answered",
                "reopened",
                "closed",
                "refused",
                "forwarded",
                "split",
                "merged",
                "diverted",
                "withdrawn",
                name="state",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("account_id", BigId, nullable=False),
        sa.Column("merged_at", UtcDateTime(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_feedback_merges_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["feedback_cases.id"], name=op.f("fk_feedback_merges_case_id_feedback_cases")
        ),
        sa.ForeignKeyConstraint(
            ["into_id"], ["feedback_cases.id"], name=op.f("fk_feedback_merges_into_id_feedback_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_merges")),
    )
    with op.batch_alter_table("feedback_merges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_merges_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_feedback_merges_into_id"), ["into_id"], unique=False)

    op.create_table(
        "feedback_privacy_requests",
        sa.Column("id", BigId, nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "withdraw_restrict_object",
                "access",
                "rectify",
                "erase",
                "protect",
                name="requestkind",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "acknowledged",
                "completed",
                "refused",
                name="requeststate",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("unit_path", sa.String(length=120), nullable=False),
        sa.Column("case_id", BigId, nullable=True),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("acknowledge_by", UtcDateTime(), nullable=True),
        sa.Column("complete_by", UtcDateTime(), nullable=False),
        sa.Column("is_extended", sa.Boolean(), nullable=False),
        sa.Column("with_processor", sa.Boolean(), nullable=False),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.Column("completed_at", UtcDateTime(), nullable=True),
        sa.Column("account_id", BigId, nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_feedback_privacy_requests_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["feedback_cases.id"],
            name=op.f("fk_feedback_privacy_requests_case_id_feedback_cases"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_privacy_requests")),
    )
    with op.batch_alter_table("feedback_privacy_requests", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_privacy_requests_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f(
                "ix_feedback_privacy_requests_unit_path_feedback_privacy_requests_state_feedback_privacy_requests_complete_by"
            ),
            ["unit_path", "state", "complete_by"],
            unique=False,
        )

    op.create_table(
        "feedback_public_copies",
        sa.Column("case_id", BigId, autoincrement=False, nullable=False),
        sa.Column(
            "unit_path",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("field", sa.String(length=60), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "suggestion", "petition", "question", "praise", name="kind", native_enum=False, length=24
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("confirmed_by", BigId, nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("published_by", BigId, nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("retracted_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["feedback_cases.id"], name=op.f("fk_feedback_public_copies_case_id_feedback_cases")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["accounts.id"], name=op.f("fk_feedback_public_copies_confirmed_by_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["accounts.id"], name=op.f("fk_feedback_public_copies_published_by_accounts")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_feedback_public_copies")),
    )
    with op.batch_alter_table("feedback_public_copies", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f(
                "ix_feedback_public_copies_is_public_feedback_public_copies_field_feedback_public_copies_published_at"
            ),
            ["is_public", "field", "published_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_feedback_public_copies_is_public_feedback_public_copies_published_at"),
            ["is_public", "published_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f(
                "ix_feedback_public_copies_is_public_feedback_public_copies_unit_path_feedback_public_copies_published_at"
            ),
            ["is_public", "unit_path", "published_at"],
            unique=False,
        )

    op.create_table(
        "feedback_ratings",
        sa.Column("id", BigId, nullable=False),
        sa.Column("case_id", BigId, nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("unit_path", sa.String(length=120), nullable=False),
        sa.Column("satisfaction", sa.Integer(), nullable=False),
        sa.Column(
            "solved",
            sa.Enum("yes", "partly", "no", name="solved", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("rated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["feedback_cases.id"], name=op.f("fk_feedback_ratings_case_id_feedback_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_ratings")),
        sa.UniqueConstraint("case_id", "round", name=op.f("uq_feedback_ratings_case_id_round")),
    )
    with op.batch_alter_table("feedback_ratings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_feedback_ratings_unit_path_feedback_ratings_rated_at"),
            ["unit_path", "rated_at"],
            unique=False,
        )

    op.create_table(
        "feedback_answer_versions",
        sa.Column("answer_id", BigId, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("saved_by", BigId, nullable=True),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("returned_by", BigId, nullable=True),
        sa.Column("returned_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answer_id"],
            ["feedback_answers.id"],
            name=op.f("fk_feedback_answer_versions_answer_id_feedback_answers"),
        ),
        sa.ForeignKeyConstraint(
            ["returned_by"], ["accounts.id"], name=op.f("fk_feedback_answer_versions_returned_by_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["saved_by"], ["accounts.id"], name=op.f("fk_feedback_answer_versions_saved_by_accounts")
        ),
        sa.PrimaryKeyConstraint("answer_id", "version", name=op.f("pk_feedback_answer_versions")),
    )
    op.create_table(
        "feedback_attachment_contents",
        sa.Column("attachment_id", BigId, autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["feedback_attachments.id"],
            name=op.f("fk_feedback_attachment_contents_attachment_id_feedback_attachments"),
        ),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_feedback_attachment_contents")),
    )


def downgrade() -> None:
    op.drop_table("feedback_attachment_contents")
    op.drop_table("feedback_answer_versions")
    with op.batch_alter_table("feedback_ratings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_ratings_unit_path_feedback_ratings_rated_at"))

    op.drop_table("feedback_ratings")
    with op.batch_alter_table("feedback_public_copies", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f(
                "ix_feedback_public_copies_is_public_feedback_public_copies_unit_path_feedback_public_copies_published_at"
            )
        )
        batch_op.drop_index(
            batch_op.f("ix_feedback_public_copies_is_public_feedback_public_copies_published_at")
        )
        batch_op.drop_index(
            batch_op.f(
                "ix_feedback_public_copies_is_public_feedback_public_copies_field_feedback_public_copies_published_at"
            )
        )

    op.drop_table("feedback_public_copies")
    with op.batch_alter_table("feedback_privacy_requests", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f(
                "ix_feedback_privacy_requests_unit_path_feedback_privacy_requests_state_feedback_privacy_requests_complete_by"
            )
        )
        batch_op.drop_index(batch_op.f("ix_feedback_privacy_requests_case_id"))

    op.drop_table("feedback_privacy_requests")
    with op.batch_alter_table("feedback_merges", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_merges_into_id"))
        batch_op.drop_index(batch_op.f("ix_feedback_merges_case_id"))

    op.drop_table("feedback_merges")
    with op.batch_alter_table("feedback_events", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_feedback_events_moved",
            sqlite_where=sa.text("step IN ('succeed', 'transfer')"),
            postgresql_where=sa.text("step IN ('succeed', 'transfer')"),
        )
        batch_op.drop_index(batch_op.f("ix_feedback_events_case_id_feedback_events_id"))
        batch_op.drop_index(batch_op.f("ix_feedback_events_at"))

    op.drop_table("feedback_events")
    with op.batch_alter_table("feedback_contacts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_contacts_purge_on"))

    op.drop_table("feedback_contacts")
    with op.batch_alter_table("feedback_consents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_consents_case_id"))

    op.drop_table("feedback_consents")
    with op.batch_alter_table("feedback_clocks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_clocks_stopped_at_feedback_clocks_next_warning_at"))
        batch_op.drop_index(batch_op.f("ix_feedback_clocks_grievance_id"))
        batch_op.drop_index(batch_op.f("ix_feedback_clocks_case_id"))

    op.drop_table("feedback_clocks")
    with op.batch_alter_table("feedback_attachments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_attachments_grievance_id"))
        batch_op.drop_index(batch_op.f("ix_feedback_attachments_case_id"))

    op.drop_table("feedback_attachments")
    op.drop_table("feedback_answers")
    op.drop_table("feedback_saved_views")
    with op.batch_alter_table("feedback_grievance_events", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_feedback_grievance_events_grievance_id_feedback_grievance_events_id")
        )

    op.drop_table("feedback_grievance_events")
    with op.batch_alter_table("feedback_cases", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_feedback_cases_unit_path_feedback_cases_state_feedback_cases_due_at")
        )
        batch_op.drop_index(batch_op.f("ix_feedback_cases_unit_path_feedback_cases_created_at"))
        batch_op.drop_index(
            batch_op.f(
                "ix_feedback_cases_state_feedback_cases_due_at_feedback_cases_unit_path_feedback_cases_handler_id"
            )
        )
        batch_op.drop_index(batch_op.f("ix_feedback_cases_received_path_feedback_cases_created_at"))
        batch_op.drop_index(batch_op.f("ix_feedback_cases_purge_on"))
        batch_op.drop_index(batch_op.f("ix_feedback_cases_phone_hash"))
        batch_op.drop_index(
            "ix_feedback_cases_open",
            sqlite_where=sa.text(
                "state IN ('approved', 'assigned', 'drafted', 'in_progress', 'new', 'received', 'reopened', 'waiting')"
            ),
            postgresql_where=sa.text(
                "state IN ('approved', 'assigned', 'drafted', 'in_progress', 'new', 'received', 'reopened', 'waiting')"
            ),
        )
        batch_op.drop_index(batch_op.f("ix_feedback_cases_national_code"))
        batch_op.drop_index(batch_op.f("ix_feedback_cases_merged_into_id"))
        batch_op.drop_index(
            batch_op.f("ix_feedback_cases_handler_id_feedback_cases_state_feedback_cases_due_at")
        )
        batch_op.drop_index(
            batch_op.f("ix_feedback_cases_ended_at_feedback_cases_unit_path_feedback_cases_state")
        )
        batch_op.drop_index(batch_op.f("ix_feedback_cases_due_at_feedback_cases_id"))
        batch_op.drop_index(
            batch_op.f("ix_feedback_cases_created_at_feedback_cases_unit_path_feedback_cases_state")
        )

    op.drop_table("feedback_cases")
    with op.batch_alter_table("feedback_bulk_assignments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_bulk_assignments_account_id"))

    op.drop_table("feedback_bulk_assignments")
    with op.batch_alter_table("feedback_breaches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_breaches_unit_path"))

    op.drop_table("feedback_breaches")
    op.drop_table("feedback_wrong_pins")
    op.drop_table("feedback_reply_templates")
    op.drop_table("feedback_purge_runs")
    op.drop_table("feedback_office_hours")
    with op.batch_alter_table("feedback_grievances", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f(
                "ix_feedback_grievances_unit_path_feedback_grievances_state_feedback_grievances_received_at"
            )
        )
        batch_op.drop_index(batch_op.f("ix_feedback_grievances_purge_on"))

    op.drop_table("feedback_grievances")
    op.drop_table("feedback_desk_settings")
    op.drop_table("feedback_deadline_rules")
    op.drop_table("feedback_calendar_days")

"""Outbox, inbound messages, opt-outs, senders and templates."""

import sqlalchemy as sa
from alembic import op

from survey_app.foundation.columns import BigId, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gateway_stops",
        sa.Column("gateway", sa.String(length=30), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("gateway", name=op.f("pk_gateway_stops")),
    )
    op.create_table(
        "inbound_messages",
        sa.Column("id", BigId, nullable=False),
        sa.Column("gateway", sa.String(length=30), nullable=False),
        sa.Column("provider_id", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("phone_hash", sa.CHAR(length=64), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("to", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("fingerprint", sa.CHAR(length=64), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("inline", sa.Boolean(), nullable=False),
        sa.Column("replies", sa.JSON(), nullable=False),
        sa.Column("possible_duplicate_of", BigId, nullable=True),
        sa.Column("handled_at", UtcDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("purge_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_messages")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_inbound_messages_fingerprint")),
        sa.UniqueConstraint("gateway", "provider_id", name=op.f("uq_inbound_messages_gateway_provider_id")),
    )
    op.create_index(
        "ix_inbound_messages_phone", "inbound_messages", ["phone_hash", "received_at"], unique=False
    )
    op.create_index(op.f("ix_inbound_messages_purge_on"), "inbound_messages", ["purge_on"], unique=False)
    op.create_index(
        op.f("ix_inbound_messages_received_at"), "inbound_messages", ["received_at"], unique=False
    )
    op.create_index(
        "ix_inbound_messages_waiting", "inbound_messages", ["handled_at", "failures"], unique=False
    )
    op.create_table(
        "message_templates",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("medium", sa.String(length=10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("accents", sa.Boolean(), nullable=False),
        sa.Column("is_first", sa.Boolean(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("provider_template", sa.String(length=60), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_templates")),
        sa.UniqueConstraint("name", "medium", name=op.f("uq_message_templates_name_medium")),
    )
    op.create_table(
        "opt_outs",
        sa.Column("id", BigId, nullable=False),
        sa.Column("phone_hash", sa.CHAR(length=64), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("medium", sa.String(length=10), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_outs")),
        sa.UniqueConstraint(
            "phone_hash", "reason", "medium", name=op.f("uq_opt_outs_phone_hash_reason_medium")
        ),
    )
    op.create_index(op.f("ix_opt_outs_since"), "opt_outs", ["since"], unique=False)
    op.create_table(
        "outbox_topics",
        sa.Column("id", BigId, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("segments_per_second", sa.Double(), nullable=True),
        sa.Column("full_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_topics")),
        sa.UniqueConstraint("name", name=op.f("uq_outbox_topics_name")),
    )
    op.create_table(
        "senders",
        sa.Column("id", BigId, nullable=False),
        sa.Column("gateway", sa.String(length=30), nullable=False),
        sa.Column("medium", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("segments_per_second", sa.Double(), nullable=False),
        sa.Column("burst", sa.Integer(), nullable=False),
        sa.Column("full_at", UtcDateTime(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("price", sa.Numeric(precision=12, scale=2), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_senders")),
        sa.UniqueConstraint("gateway", "name", name=op.f("uq_senders_gateway_name")),
    )
    op.create_table(
        "simulator_messages",
        sa.Column("id", BigId, nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("phone_hash", sa.CHAR(length=64), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sender", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("delivered_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_simulator_messages")),
        sa.UniqueConstraint("reference", name=op.f("uq_simulator_messages_reference")),
    )
    op.create_index(
        op.f("ix_simulator_messages_delivered_at"), "simulator_messages", ["delivered_at"], unique=False
    )
    op.create_index(
        op.f("ix_simulator_messages_phone_hash"), "simulator_messages", ["phone_hash"], unique=False
    )
    op.create_table(
        "outbox_messages",
        sa.Column("id", BigId, nullable=False),
        sa.Column("reference", sa.String(length=32), nullable=False),
        sa.Column("sender_id", BigId, nullable=False),
        sa.Column("topic_id", BigId, nullable=False),
        sa.Column("phone_hash", sa.CHAR(length=64), nullable=True),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=True),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("is_reply", sa.Boolean(), nullable=False),
        sa.Column("dossier", sa.String(length=64), nullable=True),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("resends", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("leased_by", sa.String(length=32), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("first_tried_at", UtcDateTime(), nullable=True),
        sa.Column("began_at", UtcDateTime(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("provider_id", sa.String(length=120), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=True),
        sa.Column("purge_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["senders.id"], name=op.f("fk_outbox_messages_sender_id_senders")
        ),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["outbox_topics.id"], name=op.f("fk_outbox_messages_topic_id_outbox_topics")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_messages")),
        sa.UniqueConstraint("reference", name=op.f("uq_outbox_messages_reference")),
    )
    op.create_index("ix_outbox_messages_begun", "outbox_messages", ["sender_id", "began_at"], unique=False)
    op.create_index(
        "ix_outbox_messages_due",
        "outbox_messages",
        ["topic_id", "state", "is_reply", "sender_id", "due_at"],
        unique=False,
    )
    op.create_index("ix_outbox_messages_lease", "outbox_messages", ["state", "leased_until"], unique=False)
    op.create_index(op.f("ix_outbox_messages_phone_hash"), "outbox_messages", ["phone_hash"], unique=False)
    op.create_index(op.f("ix_outbox_messages_provider_id"), "outbox_messages", ["provider_id"], unique=False)
    op.create_index(op.f("ix_outbox_messages_purge_on"), "outbox_messages", ["purge_on"], unique=False)
    op.create_index(
        "ix_outbox_messages_sealed",
        "outbox_messages",
        ["sent_at"],
        unique=False,
        sqlite_where=sa.text("phone_sealed IS NOT NULL"),
        postgresql_where=sa.text("phone_sealed IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_outbox_messages_sealed",
        table_name="outbox_messages",
        sqlite_where=sa.text("phone_sealed IS NOT NULL"),
        postgresql_where=sa.text("phone_sealed IS NOT NULL"),
    )
    op.drop_index(op.f("ix_outbox_messages_purge_on"), table_name="outbox_messages")
    op.drop_index(op.f("ix_outbox_messages_provider_id"), table_name="outbox_messages")
    op.drop_index(op.f("ix_outbox_messages_phone_hash"), table_name="outbox_messages")
    op.drop_index("ix_outbox_messages_lease", table_name="outbox_messages")
    op.drop_index("ix_outbox_messages_due", table_name="outbox_messages")
    op.drop_index("ix_outbox_messages_begun", table_name="outbox_messages")
    op.drop_table("outbox_messages")
    op.drop_index(op.f("ix_simulator_messages_phone_hash"), table_name="simulator_messages")
    op.drop_index(op.f("ix_simulator_messages_delivered_at"), table_name="simulator_messages")
    op.drop_table("simulator_messages")
    op.drop_table("senders")
    op.drop_table("outbox_topics")
    op.drop_index(op.f("ix_opt_outs_since"), table_name="opt_outs")
    op.drop_table("opt_outs")
    op.drop_table("message_templates")
    op.drop_index("ix_inbound_messages_waiting", table_name="inbound_messages")
    op.drop_index(op.f("ix_inbound_messages_received_at"), table_name="inbound_messages")
    op.drop_index(op.f("ix_inbound_messages_purge_on"), table_name="inbound_messages")
    op.drop_index("ix_inbound_messages_phone", table_name="inbound_messages")
    op.drop_table("inbound_messages")
    op.drop_table("gateway_stops")

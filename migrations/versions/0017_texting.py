"""Invitations by message and the conversations that follow."""

import sqlalchemy as sa
from alembic import op

from survey_app.foundation.columns import BigId, UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", BigId, nullable=False),
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("office_id", BigId, nullable=False),
        sa.Column("phone_hash", sa.CHAR(length=64), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("procedure", sa.String(length=200), nullable=False),
        sa.Column("dossier_hash", sa.CHAR(length=64), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("invited_at", UtcDateTime(), nullable=True),
        sa.Column("purge_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_invitations_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_invitations_office_id_offices")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("campaign_id", "phone_hash", name=op.f("uq_invitations_campaign_id_phone_hash")),
    )
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invitations_campaign_id_invitations_invited_at"),
            ["campaign_id", "invited_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_invitations_office_id"), ["office_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_invitations_phone_hash_invitations_created_at"),
            ["phone_hash", "created_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_invitations_purge_on"), ["purge_on"], unique=False)

    op.create_table(
        "reply_readings",
        sa.Column("id", BigId, nullable=False),
        sa.Column("inbound_id", BigId, nullable=True),
        sa.Column("campaign_id", BigId, nullable=True),
        sa.Column("office_id", BigId, nullable=True),
        sa.Column("thread", sa.CHAR(length=32), nullable=True),
        sa.Column("instrument", sa.String(length=16), nullable=False),
        sa.Column("received_hour", UtcDateTime(), nullable=False),
        sa.Column("parser_version", sa.Integer(), nullable=False),
        sa.Column("reading", sa.String(length=120), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("purge_on", sa.Date(), nullable=False),
        sa.Column("waits_for_person", sa.Boolean(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("coded_as", sa.String(length=20), nullable=True),
        sa.Column("coded_by", BigId, nullable=True),
        sa.Column("coded_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_reply_readings_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["coded_by"], ["accounts.id"], name=op.f("fk_reply_readings_coded_by_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_reply_readings_office_id_offices")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_readings")),
        sa.UniqueConstraint("inbound_id", name=op.f("uq_reply_readings_inbound_id")),
    )
    with op.batch_alter_table("reply_readings", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_reply_readings_campaign_id_reply_readings_id"), ["campaign_id", "id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_reply_readings_purge_on"), ["purge_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_reply_readings_thread"), ["thread"], unique=False)
        batch_op.create_index(
            "ix_reply_readings_to_read", ["waits_for_person", "coded_at", "id"], unique=False
        )

    op.create_table(
        "texting_plans",
        sa.Column("campaign_id", BigId, autoincrement=False, nullable=False),
        sa.Column("medium", sa.String(length=10), nullable=False),
        sa.Column("gateway", sa.String(length=30), nullable=False),
        sa.Column("sender", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("unit", sa.String(length=40), nullable=False),
        sa.Column("invitation", sa.Text(), nullable=False),
        sa.Column("reminder", sa.Text(), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=True),
        sa.Column("follow_ups", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_texting_plans_campaign_id_campaigns")
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_texting_plans")),
    )
    op.create_table(
        "invitation_codes",
        sa.Column("digest", sa.CHAR(length=64), nullable=False),
        sa.Column("invitation_id", BigId, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invitation_id"],
            ["invitations.id"],
            name=op.f("fk_invitation_codes_invitation_id_invitations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_invitation_codes")),
        sa.UniqueConstraint("invitation_id", name=op.f("uq_invitation_codes_invitation_id")),
    )
    op.create_table(
        "conversations",
        sa.Column("id", BigId, nullable=False),
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("office_id", BigId, nullable=False),
        sa.Column("invitation_id", BigId, nullable=False),
        sa.Column("phone_hash", sa.CHAR(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "invited",
                "reminded",
                "clarifying",
                "to_read",
                "asking",
                "rated",
                "closed",
                "expired",
                "opted_out",
                "wrong_number",
                name="state",
                native_enum=False,
                length=16,
            ),
            nullable=False,
        ),
        sa.Column("invited_at", UtcDateTime(), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("code_digest", sa.CHAR(length=64), nullable=True),
        sa.Column("reference", sa.String(length=32), nullable=True),
        sa.Column("last_reply_at", UtcDateTime(), nullable=True),
        sa.Column("rated_at", UtcDateTime(), nullable=True),
        sa.Column("response_id", BigId, nullable=True),
        sa.Column("thread", sa.CHAR(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_conversations_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_conversations_invitation_id_invitations")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_conversations_office_id_offices")
        ),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_conversations_response_id_responses")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint(
            "campaign_id", "phone_hash", name=op.f("uq_conversations_campaign_id_phone_hash")
        ),
        sa.UniqueConstraint("invitation_id", name=op.f("uq_conversations_invitation_id")),
        sa.UniqueConstraint("thread", name=op.f("uq_conversations_thread")),
    )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.create_index(
            "ix_conversations_campaign", ["campaign_id", "state", "invited_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_conversations_code_digest"), ["code_digest"], unique=False)
        batch_op.create_index(batch_op.f("ix_conversations_last_reply_at"), ["last_reply_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_conversations_phone_hash_conversations_invited_at"),
            ["phone_hash", "invited_at"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_conversations_reference"), ["reference"], unique=False)
        batch_op.create_index("ix_conversations_state", ["state", "invited_at"], unique=False)


def downgrade() -> None:

    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_index("ix_conversations_state")
        batch_op.drop_index(batch_op.f("ix_conversations_reference"))
        batch_op.drop_index(batch_op.f("ix_conversations_phone_hash_conversations_invited_at"))
        batch_op.drop_index(batch_op.f("ix_conversations_last_reply_at"))
        batch_op.drop_index(batch_op.f("ix_conversations_code_digest"))
        batch_op.drop_index("ix_conversations_campaign")

    op.drop_table("conversations")
    op.drop_table("invitation_codes")
    op.drop_table("texting_plans")
    with op.batch_alter_table("reply_readings", schema=None) as batch_op:
        batch_op.drop_index("ix_reply_readings_to_read")
        batch_op.drop_index(batch_op.f("ix_reply_readings_thread"))
        batch_op.drop_index(batch_op.f("ix_reply_readings_purge_on"))
        batch_op.drop_index(batch_op.f("ix_reply_readings_campaign_id_reply_readings_id"))

    op.drop_table("reply_readings")
    with op.batch_alter_table("invitations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invitations_purge_on"))
        batch_op.drop_index(batch_op.f("ix_invitations_phone_hash_invitations_created_at"))
        batch_op.drop_index(batch_op.f("ix_invitations_office_id"))
        batch_op.drop_index(batch_op.f("ix_invitations_campaign_id_invitations_invited_at"))

    op.drop_table("invitations")

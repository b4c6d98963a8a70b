"""Campaigns, their offices and links."""

import sqlalchemy as sa
from alembic import op

from survey_app.foundation.columns import BigId, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("title_en", sa.String(length=200), nullable=False),
        sa.Column("questionnaire_version_id", BigId, nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("draft", "scheduled", "open", "closed", name="state", native_enum=False, length=10),
            nullable=False,
        ),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'open', 'closed')", name=op.f("ck_campaigns_state")),
        sa.CheckConstraint("opens_on <= closes_on", name=op.f("ck_campaigns_period")),
        sa.ForeignKeyConstraint(
            ["questionnaire_version_id"],
            ["questionnaire_versions.id"],
            name=op.f("fk_campaigns_questionnaire_version_id_questionnaire_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("code", name=op.f("uq_campaigns_code")),
    )
    op.create_index(
        op.f("ix_campaigns_questionnaire_version_id"), "campaigns", ["questionnaire_version_id"], unique=False
    )
    op.create_table(
        "campaign_offices",
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("office_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_offices_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_campaign_offices_office_id_offices")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "office_id", name=op.f("pk_campaign_offices")),
    )
    op.create_index(op.f("ix_campaign_offices_office_id"), "campaign_offices", ["office_id"], unique=False)
    op.create_table(
        "campaign_links",
        sa.Column("code", sa.CHAR(length=8), nullable=False),
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("office_id", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_links_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["code"], ["public_codes.code"], name=op.f("fk_campaign_links_code_public_codes")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_campaign_links_office_id_offices")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_campaign_links")),
    )
    op.create_index(
        op.f("ix_campaign_links_campaign_id_campaign_links_office_id"),
        "campaign_links",
        ["campaign_id", "office_id"],
        unique=False,
    )
    op.create_index(op.f("ix_campaign_links_office_id"), "campaign_links", ["office_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_campaign_links_office_id"), table_name="campaign_links")
    op.drop_index(op.f("ix_campaign_links_campaign_id_campaign_links_office_id"), table_name="campaign_links")
    op.drop_table("campaign_links")
    op.drop_index(op.f("ix_campaign_offices_office_id"), table_name="campaign_offices")
    op.drop_table("campaign_offices")
    op.drop_index(op.f("ix_campaigns_questionnaire_version_id"), table_name="campaigns")
    op.drop_table("campaigns")

"""Owner, origin and rehearsal of campaigns."""

import sqlalchemy as sa
from alembic import op

from survey_app.foundation.columns import BigId, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("campaigns") as batch:
        batch.drop_constraint(op.f("ck_campaigns_state"), type_="check")
        batch.create_check_constraint(
            op.f("ck_campaigns_state"), "state IN ('draft', 'rehearsal', 'open', 'closed')"
        )
        batch.add_column(sa.Column("created_by", BigId, nullable=True))
        batch.add_column(
            sa.Column("unit_path", sa.String(length=120), server_default=sa.text("''"), nullable=False)
        )
        batch.add_column(sa.Column("copied_from", BigId, nullable=True))
        batch.create_index(op.f("ix_campaigns_copied_from"), ["copied_from"], unique=False)
        batch.create_index(op.f("ix_campaigns_unit_path"), ["unit_path"], unique=False)
        batch.create_foreign_key(op.f("fk_campaigns_created_by_accounts"), "accounts", ["created_by"], ["id"])
        batch.create_foreign_key(
            op.f("fk_campaigns_copied_from_campaigns"),
            "campaigns",
            ["copied_from"],
            ["id"],
            ondelete="SET NULL",
        )
    op.create_table(
        "campaign_rehearsals",
        sa.Column("id", BigId, nullable=False),
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_campaign_rehearsals_campaign_id_campaigns")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_rehearsals")),
        sa.UniqueConstraint("campaign_id", name=op.f("uq_campaign_rehearsals_campaign_id")),
    )


def downgrade() -> None:
    op.drop_table("campaign_rehearsals")
    op.execute("UPDATE campaigns SET state = 'draft' WHERE state = 'rehearsal'")
    with op.batch_alter_table("campaigns") as batch:
        batch.drop_constraint(op.f("ck_campaigns_state"), type_="check")
        batch.create_check_constraint(op.f("ck_campaigns_state"), "state IN ('draft', 'open', 'closed')")
        batch.drop_constraint(op.f("fk_campaigns_copied_from_campaigns"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_campaigns_created_by_accounts"), type_="foreignkey")
        batch.drop_index(op.f("ix_campaigns_unit_path"))
        batch.drop_index(op.f("ix_campaigns_copied_from"))
        batch.drop_column("copied_from")
        batch.drop_column("unit_path")
        batch.drop_column("created_by")

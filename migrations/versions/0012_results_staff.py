"""Who computed, returned and published a run, and computations asked for on screen."""

import sqlalchemy as sa
from alembic import op

from survey_app.foundation.columns import BigId, UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "run_steps",
        sa.Column("id", BigId, nullable=False),
        sa.Column("run_id", sa.String(length=12), nullable=False),
        sa.Column("step", sa.String(length=12), nullable=False),
        sa.Column("account_id", BigId, nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_run_steps_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["index_runs.id"], name=op.f("fk_run_steps_run_id_index_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_steps")),
    )
    op.create_index(op.f("ix_run_steps_run_id_run_steps_id"), "run_steps", ["run_id", "id"])
    op.create_table(
        "run_requests",
        sa.Column("id", BigId, nullable=False),
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("account_id", BigId, nullable=False),
        sa.Column("requested_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("run_id", sa.String(length=12), nullable=True),
        sa.Column("failure", sa.String(length=500), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_run_requests_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_run_requests_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["index_runs.id"], name=op.f("fk_run_requests_run_id_index_runs")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_requests")),
    )
    op.create_index(
        op.f("ix_run_requests_campaign_id_run_requests_id"), "run_requests", ["campaign_id", "id"]
    )


def downgrade() -> None:
    op.drop_table("run_requests")
    op.drop_table("run_steps")

"""Answers of rehearsals, and counted arrivals for staff pages."""

import sqlalchemy as sa
from alembic import op

from survey_app.foundation.columns import BigId, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rehearsal_responses",
        sa.Column("id", BigId, nullable=False),
        sa.Column("rehearsal_id", BigId, nullable=False),
        sa.Column("questionnaire_version_id", BigId, nullable=False),
        sa.Column("office_id", BigId, nullable=False),
        sa.Column("service_point_id", BigId, nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("instrument", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("received_hour", UtcDateTime(), nullable=False),
        sa.Column("flags", sa.String(length=80), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_rehearsal_responses_office_id_offices")
        ),
        sa.ForeignKeyConstraint(
            ["questionnaire_version_id"],
            ["questionnaire_versions.id"],
            name=op.f("fk_rehearsal_responses_questionnaire_version_id_questionnaire_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["rehearsal_id"],
            ["campaign_rehearsals.id"],
            name=op.f("fk_rehearsal_responses_rehearsal_id_campaign_rehearsals"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["service_point_id"],
            ["service_points.id"],
            name=op.f("fk_rehearsal_responses_service_point_id_service_points"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rehearsal_responses")),
    )
    op.create_index(
        op.f("ix_rehearsal_responses_rehearsal_id"), "rehearsal_responses", ["rehearsal_id"], unique=False
    )
    op.create_table(
        "arrival_hours",
        sa.Column("campaign_id", BigId, autoincrement=False, nullable=False),
        sa.Column("received_hour", UtcDateTime(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("instrument", sa.String(length=16), nullable=False),
        sa.Column("flags", sa.String(length=80), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_arrival_hours_campaign_id_campaigns")
        ),
        sa.PrimaryKeyConstraint(
            "campaign_id",
            "received_hour",
            "channel",
            "instrument",
            "flags",
            name=op.f("pk_arrival_hours"),
        ),
    )
    op.create_table(
        "arrival_days",
        sa.Column("campaign_id", BigId, autoincrement=False, nullable=False),
        sa.Column("office_id", BigId, autoincrement=False, nullable=False),
        sa.Column("service_point_id", BigId, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("instrument", sa.String(length=16), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("flagged", sa.Integer(), nullable=False),
        sa.Column("last_hour", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_arrival_days_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_arrival_days_office_id_offices")
        ),
        sa.PrimaryKeyConstraint(
            "campaign_id",
            "office_id",
            "service_point_id",
            "day",
            "instrument",
            name=op.f("pk_arrival_days"),
        ),
    )
    op.create_index(
        "ix_arrival_days_day",
        "arrival_days",
        ["day", "instrument", "campaign_id", "service_point_id", "responses"],
        unique=False,
    )
    op.create_index("ix_arrival_days_office", "arrival_days", ["office_id", "day"], unique=False)
    op.create_table(
        "arrival_horizon",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("counted_id", BigId, nullable=False),
        sa.Column("noted_id", BigId, nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.Column("counted_until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrival_horizon")),
    )


def downgrade() -> None:
    op.drop_table("arrival_horizon")
    op.drop_index("ix_arrival_days_office", table_name="arrival_days")
    op.drop_index("ix_arrival_days_day", table_name="arrival_days")
    op.drop_table("arrival_days")
    op.drop_table("arrival_hours")
    op.drop_index(op.f("ix_rehearsal_responses_rehearsal_id"), table_name="rehearsal_responses")
    op.drop_table("rehearsal_responses")

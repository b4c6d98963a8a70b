"""Anonymous responses and submission ids."""

import sqlalchemy as sa
from alembic import op

from survey_app.foundation.columns import BigId, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "submissions",
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_submissions")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_submissions_received_on"), "submissions", ["received_on"], unique=False)
    op.create_table(
        "responses",
        sa.Column("id", BigId, nullable=False),
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("questionnaire_version_id", BigId, nullable=False),
        sa.Column("office_id", BigId, nullable=False),
        sa.Column("service_point_id", BigId, nullable=True),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("instrument", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("received_hour", UtcDateTime(), nullable=False),
        sa.Column("flags", sa.String(length=80), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("codes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_responses_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_responses_office_id_offices")),
        sa.ForeignKeyConstraint(
            ["questionnaire_version_id"],
            ["questionnaire_versions.id"],
            name=op.f("fk_responses_questionnaire_version_id_questionnaire_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["service_point_id"],
            ["service_points.id"],
            name=op.f("fk_responses_service_point_id_service_points"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_responses")),
    )
    op.create_index("ix_responses_campaign", "responses", ["campaign_id", "id"], unique=False)
    op.create_index(
        "ix_responses_place",
        "responses",
        ["campaign_id", "office_id", "service_point_id", "channel", "flags"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_index("ix_responses_place", table_name="responses")
    op.drop_index("ix_responses_campaign", table_name="responses")
    op.drop_table("responses")
    op.drop_index(op.f("ix_submissions_received_on"), table_name="submissions")
    op.drop_table("submissions")

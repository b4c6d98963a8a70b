"""Index runs and the published figures of their offices."""

import sqlalchemy as sa
from alembic import op

from survey_app.foundation.columns import BigId, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "index_runs",
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("recipe_hash", sa.String(length=64), nullable=False),
        sa.Column("last_response_id", BigId, nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("method", sa.JSON(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("shows", sa.String(length=12), nullable=True),
        sa.Column("head", sa.JSON(), nullable=True),
        sa.Column("public", sa.Text(), nullable=True),
        sa.Column("release", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "state IN ('computed', 'published', 'superseded')", name=op.f("ck_index_runs_state")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_index_runs_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(["shows"], ["index_runs.id"], name=op.f("fk_index_runs_shows_index_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_runs")),
    )
    op.create_index("ix_index_runs_campaign", "index_runs", ["campaign_id", "created_at"], unique=False)
    op.create_index(
        "uq_index_runs_published",
        "index_runs",
        ["campaign_id"],
        unique=True,
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.create_table(
        "public_offices",
        sa.Column("run_id", sa.String(length=12), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("levels", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["index_runs.id"], name=op.f("fk_public_offices_run_id_index_runs")
        ),
        sa.PrimaryKeyConstraint("run_id", "code", name=op.f("pk_public_offices")),
    )
    op.create_index("ix_public_offices_position", "public_offices", ["run_id", "position"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_public_offices_position", table_name="public_offices")
    op.drop_table("public_offices")
    op.drop_index(
        "uq_index_runs_published",
        table_name="index_runs",
        sqlite_where=sa.text("state = 'published'"),
        postgresql_where=sa.text("state = 'published'"),
    )
    op.drop_index("ix_index_runs_campaign", table_name="index_runs")
    op.drop_table("index_runs")

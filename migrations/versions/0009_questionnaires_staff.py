"""Drafts of questionnaires, and the unit that owns a published version."""

import sqlalchemy as sa
from alembic import op

from survey_app.foundation.columns import BigId, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "questionnaire_drafts",
        sa.Column("id", BigId, nullable=False),
        sa.Column("instrument", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("unit_path", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(length=60), nullable=False),
        sa.Column("based_on", BigId, nullable=True),
        sa.Column("losses", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", BigId, nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("updated_by", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["based_on"],
            ["questionnaire_versions.id"],
            name=op.f("fk_questionnaire_drafts_based_on_questionnaire_versions"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["accounts.id"], name=op.f("fk_questionnaire_drafts_created_by_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["accounts.id"], name=op.f("fk_questionnaire_drafts_updated_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_drafts")),
    )
    with op.batch_alter_table("questionnaire_drafts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_questionnaire_drafts_unit_path"), ["unit_path"], unique=False)

    op.create_table(
        "questionnaire_draft_revisions",
        sa.Column("draft_id", BigId, nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("change", sa.String(length=60), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("saved_by", BigId, nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["questionnaire_drafts.id"],
            name=op.f("fk_questionnaire_draft_revisions_draft_id_questionnaire_drafts"),
        ),
        sa.ForeignKeyConstraint(
            ["saved_by"], ["accounts.id"], name=op.f("fk_questionnaire_draft_revisions_saved_by_accounts")
        ),
        sa.PrimaryKeyConstraint("draft_id", "revision", name=op.f("pk_questionnaire_draft_revisions")),
    )
    with op.batch_alter_table("questionnaire_versions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("unit_path", sa.String(length=120), server_default=sa.text("''"), nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("questionnaire_versions", schema=None) as batch_op:
        batch_op.drop_column("unit_path")
    op.drop_table("questionnaire_draft_revisions")
    with op.batch_alter_table("questionnaire_drafts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_questionnaire_drafts_unit_path"))
    op.drop_table("questionnaire_drafts")

"""Colours and logos of provinces."""

import sqlalchemy as sa
from alembic import op

from survey_app.foundation.columns import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "themes",
        sa.Column("unit_path", sa.String(length=120), nullable=False),
        sa.Column("accent", sa.CHAR(length=7), nullable=False),
        sa.Column("on_accent", sa.CHAR(length=7), nullable=False),
        sa.Column("ink", sa.CHAR(length=7), nullable=False),
        sa.Column("paper", sa.CHAR(length=7), nullable=False),
        sa.Column("mist", sa.CHAR(length=7), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("logo_digest", sa.CHAR(length=64), nullable=True),
        sa.Column("logo_width", sa.Integer(), nullable=True),
        sa.Column("logo_height", sa.Integer(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("unit_path", name=op.f("pk_themes")),
    )
    with op.batch_alter_table("themes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_themes_logo_digest"), ["logo_digest"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("themes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_themes_logo_digest"))

    op.drop_table("themes")

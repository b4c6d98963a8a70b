"""How the people of a drawn sample were drawn, and the files that bring their answers in."""

import sqlalchemy as sa
from alembic import op

from survey_app.foundation.columns import BigId, UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "response_designs",
        sa.Column("response_id", BigId, autoincrement=False, nullable=False),
        sa.Column("stratum", sa.String(length=80), nullable=True),
        sa.Column("psu1", sa.String(length=80), nullable=True),
        sa.Column("psu2", sa.String(length=80), nullable=True),
        sa.Column("psu3", sa.String(length=80), nullable=True),
        sa.Column("fpc1", sa.BigInteger(), nullable=True),
        sa.Column("fpc2", sa.BigInteger(), nullable=True),
        sa.Column("fpc3", sa.BigInteger(), nullable=True),
        sa.Column("weight", sa.Double(), nullable=True),
        sa.Column("phase", sa.Integer(), nullable=True),
        sa.CheckConstraint("weight > 0", name=op.f("ck_response_designs_weight")),
        sa.ForeignKeyConstraint(
            ["response_id"], ["responses.id"], name=op.f("fk_response_designs_response_id_responses")
        ),
        sa.PrimaryKeyConstraint("response_id", name=op.f("pk_response_designs")),
    )
    op.create_table(
        "response_imports",
        sa.Column("id", BigId, nullable=False),
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.CHAR(length=64), nullable=False),
        sa.Column("responses", sa.Integer(), nullable=False),
        sa.Column("designed", sa.Boolean(), nullable=False),
        sa.Column("imported_at", UtcDateTime(), nullable=False),
        sa.Column("imported_by", BigId, nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name=op.f("fk_response_imports_campaign_id_campaigns")
        ),
        sa.ForeignKeyConstraint(
            ["imported_by"], ["accounts.id"], name=op.f("fk_response_imports_imported_by_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_imports")),
    )
    with op.batch_alter_table("response_imports", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_response_imports_campaign_id_response_imports_sha256"),
            ["campaign_id", "sha256"],
            unique=False,
        )

    op.create_table(
        "response_uploads",
        sa.Column("id", BigId, nullable=False),
        sa.Column("account_id", BigId, nullable=False),
        sa.Column("campaign_id", BigId, nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.CHAR(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_response_uploads_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
            name=op.f("fk_response_uploads_campaign_id_campaigns"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response_uploads")),
        sa.UniqueConstraint("account_id", name=op.f("uq_response_uploads_account_id")),
    )
    with op.batch_alter_table("response_uploads", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_response_uploads_campaign_id"), ["campaign_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("response_uploads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_response_uploads_campaign_id"))

    op.drop_table("response_uploads")
    with op.batch_alter_table("response_imports", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_response_imports_campaign_id_response_imports_sha256"))

    op.drop_table("response_imports")
    op.drop_table("response_designs")

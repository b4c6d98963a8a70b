"""Kiosks."""

import sqlalchemy as sa
from alembic import op

from survey_app.foundation.columns import BigId, UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kiosks",
        sa.Column("id", BigId, nullable=False),
        sa.Column("service_point_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("pin_hash", sa.String(length=100), nullable=False),
        sa.Column("pin_changed_at", UtcDateTime(), nullable=False),
        sa.Column("pin_failures", sa.Integer(), nullable=False),
        sa.Column("pin_locked_until", UtcDateTime(), nullable=True),
        sa.Column("enrolment_digest", sa.CHAR(length=64), nullable=True),
        sa.Column("enrolment_expires_at", UtcDateTime(), nullable=True),
        sa.Column("device_digest", sa.CHAR(length=64), nullable=True),
        sa.Column("enrolled_at", UtcDateTime(), nullable=True),
        sa.Column("last_seen_at", UtcDateTime(), nullable=True),
        sa.Column("queue_length", sa.Integer(), nullable=False),
        sa.Column("oldest_waiting_at", UtcDateTime(), nullable=True),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("recorded", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("app_version", sa.String(length=16), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["service_point_id"],
            ["service_points.id"],
            name=op.f("fk_kiosks_service_point_id_service_points"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosks")),
        sa.UniqueConstraint("device_digest", name=op.f("uq_kiosks_device_digest")),
        sa.UniqueConstraint("enrolment_digest", name=op.f("uq_kiosks_enrolment_digest")),
    )
    with op.batch_alter_table("kiosks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kiosks_service_point_id"), ["service_point_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("kiosks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kiosks_service_point_id"))

    op.drop_table("kiosks")

"""Units, offices, counters and their codes."""

import sqlalchemy as sa
from alembic import op

from survey_app.foundation.columns import BigId, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "units",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("province", "commune", "department", name="unitkind", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("parent_id", BigId, nullable=True),
        sa.Column("path", sa.String(length=120), nullable=False),
        sa.Column("search_name", sa.String(length=200), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name=op.f("fk_units_parent_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("code", name=op.f("uq_units_code")),
    )
    op.create_index(op.f("ix_units_parent_id"), "units", ["parent_id"], unique=False)
    op.create_index(op.f("ix_units_path"), "units", ["path"], unique=False)
    op.create_index(op.f("ix_units_search_name"), "units", ["search_name"], unique=False)
    op.create_table(
        "offices",
        sa.Column("id", BigId, nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("unit_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_offices_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offices")),
        sa.UniqueConstraint("code", name=op.f("uq_offices_code")),
    )
    op.create_index(op.f("ix_offices_unit_id"), "offices", ["unit_id"], unique=False)
    op.create_table(
        "unit_names",
        sa.Column("id", BigId, nullable=False),
        sa.Column("unit_id", BigId, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("legal_basis", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_names_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_names")),
        sa.UniqueConstraint("unit_id", "valid_from", name=op.f("uq_unit_names_unit_id_valid_from")),
    )
    op.create_table(
        "service_points",
        sa.Column("id", BigId, nullable=False),
        sa.Column("office_id", BigId, nullable=False),
        sa.Column("number", sa.String(length=6), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("counter", "kiosk", "desk", name="servicepointkind", native_enum=False, length=16),
            nullable=False,
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["offices.id"], name=op.f("fk_service_points_office_id_offices")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_points")),
    )
    op.create_index(op.f("ix_service_points_office_id"), "service_points", ["office_id"], unique=False)
    op.create_table(
        "public_codes",
        sa.Column("code", sa.CHAR(length=8), nullable=False),
        sa.Column("service_point_id", BigId, nullable=True),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column(
            "revoked_reason",
            sa.Enum("active", "rotated", "revoked", name="codestatus", native_enum=False, length=16),
            nullable=True,
        ),
        sa.Column("replaced_by", sa.CHAR(length=8), nullable=True),
        sa.ForeignKeyConstraint(
            ["replaced_by"], ["public_codes.code"], name=op.f("fk_public_codes_replaced_by_public_codes")
        ),
        sa.ForeignKeyConstraint(
            ["service_point_id"],
            ["service_points.id"],
            name=op.f("fk_public_codes_service_point_id_service_points"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_public_codes")),
    )
    op.create_index(
        op.f("ix_public_codes_service_point_id"), "public_codes", ["service_point_id"], unique=False
    )
    active_at_a_point = sa.text("revoked_at IS NULL AND service_point_id IS NOT NULL")
    op.create_index(
        "uq_public_codes_active",
        "public_codes",
        ["service_point_id"],
        unique=True,
        sqlite_where=active_at_a_point,
        postgresql_where=active_at_a_point,
    )


def downgrade() -> None:
    op.drop_index("uq_public_codes_active", table_name="public_codes")
    op.drop_index(op.f("ix_public_codes_service_point_id"), table_name="public_codes")
    op.drop_table("public_codes")
    op.drop_index(op.f("ix_service_points_office_id"), table_name="service_points")
    op.drop_table("service_points")
    op.drop_table("unit_names")
    op.drop_index(op.f("ix_offices_unit_id"), table_name="offices")
    op.drop_table("offices")
    op.drop_index(op.f("ix_units_search_name"), table_name="units")
    op.drop_index(op.f("ix_units_path"), table_name="units")
    op.drop_index(op.f("ix_units_parent_id"), table_name="units")
    op.drop_table("units")

"""Staff screens of room offices: search by name, checks of codes, lists to import, prints of many posters."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

from survey_app.foundation.columns import BigId, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_APOSTROPHES = re.compile("['’ʼ`]")
_SEPARATORS = re.compile(r"[^\w]+|_")


def _folded(name: str) -> str:
    """Return a name for search, as the product folded names when this migration was written."""
    bare = unicodedata.normalize("NFD", _APOSTROPHES.sub("", name.lower()).replace("đ", "d"))
    letters = "".join(char for char in bare if not unicodedata.combining(char))
    return " ".join(_SEPARATORS.sub(" ", letters).split())


def upgrade() -> None:
    _add_search_name()
    op.create_table(
        "qr_checks",
        sa.Column("id", BigId, nullable=False),
        sa.Column("service_point_id", BigId, nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
        sa.Column("account_id", BigId, nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_point_id"], ["service_points.id"], name="fk_qr_checks_service_point_id_service_points"
        ),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_qr_checks_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_qr_checks"),
    )
    op.create_index("ix_qr_checks_checked_at", "qr_checks", ["checked_at"])
    op.create_index(
        "ix_qr_checks_service_point_id_qr_checks_checked_at", "qr_checks", ["service_point_id", "checked_at"]
    )
    op.create_table(
        "office_imports",
        sa.Column("id", BigId, nullable=False),
        sa.Column("account_id", BigId, nullable=False),
        sa.Column("file_name", sa.String(120), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_office_imports_account_id_accounts"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_office_imports"),
        sa.UniqueConstraint("account_id", name="uq_office_imports_account_id"),
    )
    _create_prints()


def _add_search_name() -> None:
    offices = sa.table("offices", sa.column("id"), sa.column("name"), sa.column("search_name"))
    # Added and dropped in place: SQLite cannot copy a table that others refer to.
    op.add_column(
        "offices", sa.Column("search_name", sa.String(200), nullable=False, server_default=sa.text("''"))
    )
    connection = op.get_bind()
    for office_id, name in connection.execute(sa.select(offices.c.id, offices.c.name)).all():
        connection.execute(
            offices.update().where(offices.c.id == office_id).values(search_name=_folded(name))
        )


def _create_prints() -> None:
    op.create_table(
        "poster_jobs",
        sa.Column("id", BigId, nullable=False),
        sa.Column("account_id", BigId, nullable=False),
        sa.Column("unit_path", sa.String(120), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("made", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("heartbeat_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_poster_jobs_account_id_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_poster_jobs"),
    )
    op.create_index(
        "ix_poster_jobs_account_id_poster_jobs_created_at", "poster_jobs", ["account_id", "created_at"]
    )
    op.create_index("ix_poster_jobs_state", "poster_jobs", ["state"])
    op.create_table(
        "poster_files",
        sa.Column("job_id", BigId, nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["poster_jobs.id"], name="fk_poster_files_job_id_poster_jobs"),
        sa.PrimaryKeyConstraint("job_id", "part", name="pk_poster_files"),
    )


def downgrade() -> None:
    for table in ("poster_files", "poster_jobs", "office_imports", "qr_checks"):
        op.drop_table(table)
    op.drop_column("offices", "search_name")

"""Tables of the offices room."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CHAR, JSON, Enum, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.foundation.columns import BigId, UtcDateTime
from survey_app.foundation.database import Base
from survey_app.offices.rules import (
    CODE_LENGTH,
    SLUG_LENGTH,
    CheckOutcome,
    CodeStatus,
    JobState,
    ServicePointKind,
    UnitKind,
    fold,
)

NAME_LENGTH = 200
ADDRESS_LENGTH = 300
UNIT_CODE_LENGTH = 20
FILE_NAME_LENGTH = 120
NUMBER_LENGTH = 6


def _words(kind: type[StrEnum], length: int = 16) -> Enum:
    """Store the values of `kind` as plain text, alike on every database."""
    return Enum(
        kind, native_enum=False, length=length, values_callable=lambda members: [str(m) for m in members]
    )


class Unit(Base):
    """A province, commune or department under its present name; earlier names are in `unit_names`.

    `path` is the chain of codes from the top, such as `04/01273`: a unit's subtree shares its prefix.
    `valid_to` is the first day on which the unit no longer exists.
    """

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(UNIT_CODE_LENGTH), unique=True)
    kind: Mapped[UnitKind] = mapped_column(_words(UnitKind))
    type: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    path: Mapped[str] = mapped_column(String(120), index=True)
    search_name: Mapped[str] = mapped_column(String(NAME_LENGTH), index=True)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class UnitName(Base):
    """The name and type of a unit from `valid_from` until the day before `valid_to`.

    `legal_basis` names the act, or says that the date is unverified.
    """

    __tablename__ = "unit_names"
    __table_args__ = (UniqueConstraint("unit_id", "valid_from"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    type: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    legal_basis: Mapped[str] = mapped_column(String(NAME_LENGTH))


def _folded_name(context: Any) -> str:
    return fold(context.get_current_parameters()["name"])


class Office(Base):
    """A one-stop office of a unit; `code` is its name in commands, such as `cao-bang-ttpvhcc`.

    `search_name` is the name as it is searched for, without diacritics; whoever changes the name changes it too.
    """

    __tablename__ = "offices"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(SLUG_LENGTH), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_en: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    address: Mapped[str | None] = mapped_column(String(ADDRESS_LENGTH))
    active: Mapped[bool] = mapped_column(default=True)
    search_name: Mapped[str] = mapped_column(
        String(NAME_LENGTH), default=_folded_name, server_default=text("''")
    )


class ServicePoint(Base):
    """A counter, kiosk or desk of an office; `number` is the short sign above it, such as `5` or `A12`."""

    __tablename__ = "service_points"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), index=True)
    number: Mapped[str | None] = mapped_column(String(NUMBER_LENGTH))
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    name_en: Mapped[str | None] = mapped_column(String(NAME_LENGTH))
    kind: Mapped[ServicePointKind] = mapped_column(_words(ServicePointKind))
    active: Mapped[bool] = mapped_column(default=True)


_ACTIVE_AT_A_POINT = text("revoked_at IS NULL AND service_point_id IS NOT NULL")


class PublicCode(Base):
    """Eight characters in a public address; without a service point it is the link of a campaign.

    A code is never deleted: an old print must lead to a friendly page, and no code is ever given twice.
    A service point has one active code at most.
    """

    __tablename__ = "public_codes"
    __table_args__ = (
        Index(
            "uq_public_codes_active",
            "service_point_id",
            unique=True,
            sqlite_where=_ACTIVE_AT_A_POINT,
            postgresql_where=_ACTIVE_AT_A_POINT,
        ),
    )

    code: Mapped[str] = mapped_column(CHAR(CODE_LENGTH), primary_key=True)
    service_point_id: Mapped[int | None] = mapped_column(ForeignKey("service_points.id"), index=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_reason: Mapped[CodeStatus | None] = mapped_column(_words(CodeStatus))
    replaced_by: Mapped[str | None] = mapped_column(ForeignKey("public_codes.code"))


class QrCheck(Base):
    """A member of staff scanned the code at a counter and said what was found there."""

    __tablename__ = "qr_checks"
    __table_args__ = (Index(None, "service_point_id", "checked_at"), Index(None, "checked_at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    service_point_id: Mapped[int] = mapped_column(ForeignKey("service_points.id"))
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    outcome: Mapped[CheckOutcome] = mapped_column(_words(CheckOutcome))


class OfficeImport(Base):
    """A list of offices that was read and waits for its owner's word; one a person, nothing of it counts yet.

    `rows` is the compressed list as it was read, `report` what would become of each row (JSON, UTF-8, zlib).
    """

    __tablename__ = "office_imports"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), unique=True)
    file_name: Mapped[str] = mapped_column(String(FILE_NAME_LENGTH))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    rows: Mapped[bytes] = mapped_column(LargeBinary)
    report: Mapped[bytes] = mapped_column(LargeBinary)


class PosterJob(Base):
    """A print of many posters, made in the background in parts of one PDF each.

    `points` are the ids of the counters in the order of printing. A worker shows by `heartbeat_at` that it lives;
    `attempt` grows with each worker that takes the job, so that one believed dead cannot write any more.
    """

    __tablename__ = "poster_jobs"
    __table_args__ = (Index(None, "account_id", "created_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    unit_path: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(NAME_LENGTH))
    points: Mapped[list[int]] = mapped_column(JSON)
    options: Mapped[dict[str, Any]] = mapped_column(JSON)
    total: Mapped[int]
    made: Mapped[int] = mapped_column(default=0)
    state: Mapped[JobState] = mapped_column(_words(JobState), index=True)
    attempt: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    heartbeat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PosterFile(Base):
    """One finished part of a print: a PDF. Deleted a day after the print was made."""

    __tablename__ = "poster_files"

    job_id: Mapped[int] = mapped_column(ForeignKey("poster_jobs.id"), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    pages: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)

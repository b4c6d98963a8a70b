"""Rules as data: limits, the working calendar, settings of a unit's desk; and the clocks that run by them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.feedback.models.columns import (
    BASIS_LENGTH,
    FIELD_LENGTH,
    NAME_LENGTH,
    PATH_LENGTH,
    words,
)
from survey_app.feedback.rules.limits import CountedFrom, Duty, TimeUnit
from survey_app.foundation.columns import BigId, UtcDateTime
from survey_app.foundation.database import Base


class DeadlineRule(Base):
    """How long a duty may take for a kind of case, in a field and below a unit; empty means any.

    `kind` is a `Kind` or `GrievanceKind`. The most particular rule in force wins (`rules.limits`). `verified` tells
    whether `legal_basis` was compared with the official text.
    """

    __tablename__ = "feedback_deadline_rules"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(String(24))
    field: Mapped[str] = mapped_column(String(FIELD_LENGTH), default="")
    unit_path: Mapped[str] = mapped_column(String(PATH_LENGTH), default="")
    duty: Mapped[Duty] = mapped_column(words(Duty))
    amount: Mapped[int]
    longest: Mapped[int | None]
    time_unit: Mapped[TimeUnit] = mapped_column(words(TimeUnit))
    counted_from: Mapped[CountedFrom] = mapped_column(words(CountedFrom))
    legal_basis: Mapped[str] = mapped_column(String(BASIS_LENGTH))
    verified: Mapped[bool] = mapped_column(default=False)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class CaseClock(Base):
    """One running limit of a case (or of a grievance), with the rule as it was when the clock started.

    `pauses` are [[from, to], ...] in ISO 8601, so that `due_at` can be computed again; `paused_minutes` are the
    working minutes in them. `warned_at_percent` is the last of 50, 80, 100 that was told. While the clock pauses,
    `next_warning_at` is when the longest pause ends by itself. A stopped clock keeps when and whether in time.
    """

    __tablename__ = "feedback_clocks"
    __table_args__ = (
        Index(None, "case_id"),
        Index(None, "grievance_id"),
        Index(None, "stopped_at", "next_warning_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("feedback_cases.id"))
    grievance_id: Mapped[int | None] = mapped_column(ForeignKey("feedback_grievances.id"))
    duty: Mapped[Duty] = mapped_column(words(Duty))
    unit_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    amount: Mapped[int]
    longest: Mapped[int | None]
    time_unit: Mapped[TimeUnit] = mapped_column(words(TimeUnit))
    day_of_receipt_counts: Mapped[bool] = mapped_column(default=False)
    legal_basis: Mapped[str] = mapped_column(String(BASIS_LENGTH))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_minutes: Mapped[int] = mapped_column(default=0)
    pauses: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    extended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    warned_at_percent: Mapped[int] = mapped_column(default=0)
    next_warning_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CalendarDay(Base):
    """A day that differs from its weekday: off, or worked although it is a weekend; for all units or below one."""

    __tablename__ = "feedback_calendar_days"
    __table_args__ = (UniqueConstraint("unit_path", "day"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    unit_path: Mapped[str] = mapped_column(String(PATH_LENGTH), default="")
    day: Mapped[date]
    is_working: Mapped[bool]
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    legal_basis: Mapped[str] = mapped_column(String(BASIS_LENGTH), default="")


class OfficeHours(Base):
    """The working week of a unit and all below it from a day on: {"0": [["07:30", "11:30"], ...]}, Monday is 0."""

    __tablename__ = "feedback_office_hours"
    __table_args__ = (UniqueConstraint("unit_path", "valid_from"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    unit_path: Mapped[str] = mapped_column(String(PATH_LENGTH), default="")
    valid_from: Mapped[date]
    week: Mapped[dict[str, Any]] = mapped_column(JSON)


class DeskSetting(Base):
    """What a unit's desk does differently; the nearest unit upwards counts, else `rules.settings.DeskSettings()`."""

    __tablename__ = "feedback_desk_settings"

    unit_path: Mapped[str] = mapped_column(String(PATH_LENGTH), primary_key=True)
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

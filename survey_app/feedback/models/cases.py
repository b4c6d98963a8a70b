"""Cases, who sent them, and everything that happened to them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CHAR, JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.feedback.models.columns import (
    CODE_LENGTH,
    FIELD_LENGTH,
    NAME_LENGTH,
    PATH,
    PATH_LENGTH,
    words,
)
from survey_app.feedback.rules.kinds import ActorKind, Anonymity, Channel, Kind, SubjectClass
from survey_app.feedback.rules.states import OPEN, State, Step
from survey_app.foundation.columns import BigId, UtcDateTime
from survey_app.foundation.database import Base

_IS_OPEN = text("state IN ({})".format(", ".join(f"'{state}'" for state in sorted(OPEN))))
_CHANGES_UNIT = text("step IN ('succeed', 'transfer')")


class Case(Base):
    """One phản ánh, kiến nghị, góp ý, hỏi đáp or khen; a part of a split petition is a case of its own.

    `unit_path` is the unit that has it now, `received_path` the one that took it in (kept when it moves, or when the
    unit is merged into another). `due_at` is the earliest due of its running clocks, None where none runs or all
    pause; lists sort by it. `version` grows with each change: who saves an older one is shown both.
    `pin_digest` is a keyed hash. `folded` is what duplicates are compared by (rules.similarity), `search_text` what
    is searched in, without diacritics.
    """

    __tablename__ = "feedback_cases"
    __table_args__ = (
        Index(None, "unit_path", "state", "due_at"),
        Index(None, "handler_id", "state", "due_at"),
        Index(None, "state", "due_at", "unit_path", "handler_id"),
        Index(None, "due_at", "id"),
        # One case in twenty is open; a database that knows how few takes the lists of open ones from here.
        Index(
            "ix_feedback_cases_open",
            "due_at",
            "id",
            "unit_path",
            "state",
            "handler_id",
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        # With all that a leader's numbers ask for, so that no case need be read to count it.
        Index(None, "created_at", "unit_path", "state"),
        Index(None, "ended_at", "unit_path", "state"),
        Index(None, "unit_path", "created_at"),
        Index(None, "received_path", "created_at"),
        UniqueConstraint("part_of_id", "part"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(CHAR(CODE_LENGTH), unique=True)
    pin_digest: Mapped[str] = mapped_column(CHAR(64))
    submission_id: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[Kind] = mapped_column(words(Kind))
    field: Mapped[str] = mapped_column(String(FIELD_LENGTH), default="")
    subject_class: Mapped[SubjectClass | None] = mapped_column(words(SubjectClass))
    channel: Mapped[Channel] = mapped_column(words(Channel))
    anonymity: Mapped[Anonymity] = mapped_column(words(Anonymity))
    language: Mapped[str] = mapped_column(String(5), default="vi")
    unit_path: Mapped[str] = mapped_column(PATH)
    received_path: Mapped[str] = mapped_column(PATH)
    place: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    text: Mapped[str] = mapped_column(Text)
    proposal: Mapped[str] = mapped_column(Text, default="")
    summary: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    folded: Mapped[str] = mapped_column(Text, default="")
    search_text: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[State] = mapped_column(words(State))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reopened: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    part_of_id: Mapped[int | None] = mapped_column(ForeignKey("feedback_cases.id"))
    part: Mapped[int | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("feedback_cases.id"), index=True)
    competent_body: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    national_code: Mapped[str | None] = mapped_column(String(40), index=True)
    phone_hash: Mapped[str | None] = mapped_column(CHAR(64), index=True)
    filed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    purge_on: Mapped[date | None] = mapped_column(index=True)
    purged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CaseContact(Base):
    """Who sent a case: sealed, with purpose, ground and purge date; absent for an anonymous one, and after purge."""

    __tablename__ = "feedback_contacts"

    case_id: Mapped[int] = mapped_column(
        ForeignKey("feedback_cases.id"), primary_key=True, autoincrement=False
    )
    name_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    email_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    address_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    wants_notices: Mapped[bool] = mapped_column(default=False)
    purpose: Mapped[str] = mapped_column(String(40))
    ground: Mapped[str] = mapped_column(String(NAME_LENGTH))
    purge_on: Mapped[date] = mapped_column(index=True)


class CaseEvent(Base):
    """One thing that happened to a case: append-only, so that any report can be computed again.

    `reason` is for the citizen to read, `note` for officers only. `details` hold no personal data.
    """

    __tablename__ = "feedback_events"
    __table_args__ = (
        Index(None, "case_id", "id"),
        Index(None, "at"),
        # Few cases ever change their unit: reports ask for every case which unit had it then.
        Index(
            "ix_feedback_events_moved",
            "case_id",
            "at",
            sqlite_where=_CHANGES_UNIT,
            postgresql_where=_CHANGES_UNIT,
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("feedback_cases.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    step: Mapped[Step] = mapped_column(words(Step))
    from_state: Mapped[State | None] = mapped_column(words(State))
    to_state: Mapped[State] = mapped_column(words(State))
    actor_kind: Mapped[ActorKind] = mapped_column(words(ActorKind))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    unit_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    reason: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class CaseMerge(Base):
    """A case was found to be about the same matter as another; `former_state` is where undoing puts it back."""

    __tablename__ = "feedback_merges"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("feedback_cases.id"), index=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("feedback_cases.id"), index=True)
    former_state: Mapped[State] = mapped_column(words(State))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    merged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BulkAssignment(Base):
    """Many cases given to one officer at once; `before` is what undoing restores: [[case, state, handler, version]]."""

    __tablename__ = "feedback_bulk_assignments"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    before: Mapped[list[list[Any]]] = mapped_column(JSON)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SavedView(Base):
    """A search of the queue that an officer keeps under a name; `query` is its query string without the page."""

    __tablename__ = "feedback_saved_views"
    __table_args__ = (UniqueConstraint("account_id", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    name: Mapped[str] = mapped_column(String(60))
    query: Mapped[str] = mapped_column(String(500))

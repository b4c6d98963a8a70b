"""The restricted register: khiếu nại and tố cáo. Nothing here is ever listed, searched, exported or published.

Text and sender are sealed with the contact key: a database without the environment tells nothing of them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CHAR, JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.feedback.models.columns import CODE_LENGTH, NAME_LENGTH, PATH_LENGTH, words
from survey_app.feedback.rules.grievances import GrievanceState, GrievanceStep
from survey_app.feedback.rules.kinds import ActorKind, Channel, GrievanceKind
from survey_app.foundation.columns import BigId, UtcDateTime
from survey_app.foundation.database import Base


class Grievance(Base):
    """One khiếu nại or tố cáo. It has the code and PIN the citizen was given, also when a case was diverted."""

    __tablename__ = "feedback_grievances"
    __table_args__ = (Index(None, "unit_path", "state", "received_at"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(CHAR(CODE_LENGTH), unique=True)
    pin_digest: Mapped[str] = mapped_column(CHAR(64))
    submission_id: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[GrievanceKind] = mapped_column(words(GrievanceKind))
    channel: Mapped[Channel] = mapped_column(words(Channel))
    unit_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    received_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    content_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    sender_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    is_signed: Mapped[bool] = mapped_column(default=False)
    state: Mapped[GrievanceState] = mapped_column(words(GrievanceState))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    competent_body: Mapped[str] = mapped_column(String(NAME_LENGTH), default="")
    version: Mapped[int] = mapped_column(default=1)
    purge_on: Mapped[date | None] = mapped_column(index=True)


class GrievanceEvent(Base):
    """What happened to a grievance, every reading of it included; `note_sealed` is for those who may read it."""

    __tablename__ = "feedback_grievance_events"
    __table_args__ = (Index(None, "grievance_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    grievance_id: Mapped[int] = mapped_column(ForeignKey("feedback_grievances.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    step: Mapped[GrievanceStep] = mapped_column(words(GrievanceStep))
    actor_kind: Mapped[ActorKind] = mapped_column(words(ActorKind))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

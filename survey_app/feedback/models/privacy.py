"""Duties to data subjects: consent, requests with their two clocks, breaches, and what was purged."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CHAR, JSON, ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.feedback.models.columns import NAME_LENGTH, PATH_LENGTH, words
from survey_app.feedback.rules.privacy import RequestKind, RequestState
from survey_app.foundation.columns import BigId, UtcDateTime
from survey_app.foundation.database import Base


class ConsentRecord(Base):
    """That a sender ticked a box: which text (its digest and words' version), for what, when, and taken back when."""

    __tablename__ = "feedback_consents"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("feedback_cases.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(40))
    text_version: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(24))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PrivacyRequest(Base):
    """A data subject asks to view, correct, delete or withdraw: acknowledged and completed by two clocks."""

    __tablename__ = "feedback_privacy_requests"
    __table_args__ = (Index(None, "unit_path", "state", "complete_by"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[RequestKind] = mapped_column(words(RequestKind, 32))
    state: Mapped[RequestState] = mapped_column(words(RequestState))
    unit_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("feedback_cases.id"), index=True)
    subject_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    acknowledge_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    complete_by: Mapped[datetime] = mapped_column(UtcDateTime)
    is_extended: Mapped[bool] = mapped_column(default=False)
    with_processor: Mapped[bool] = mapped_column(default=False)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    outcome: Mapped[str] = mapped_column(Text, default="")


class Breach(Base):
    """A violation of personal data: 72 hours from detection to the authority (Luật 91/2025/QH15 Đ23)."""

    __tablename__ = "feedback_breaches"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    unit_path: Mapped[str] = mapped_column(String(PATH_LENGTH), index=True)
    detected_at: Mapped[datetime] = mapped_column(UtcDateTime)
    notify_by: Mapped[datetime] = mapped_column(UtcDateTime)
    notified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    people: Mapped[int]
    title: Mapped[str] = mapped_column(String(NAME_LENGTH))
    what: Mapped[str] = mapped_column(Text)
    measures: Mapped[str] = mapped_column(Text, default="")
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class PurgeRun(Base):
    """What one purge deleted, under which rule: {"feedback_contacts": 12}; restored backups are purged again by it."""

    __tablename__ = "feedback_purge_runs"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(CHAR(64))

"""Answers from draft to sent, how content the citizen was with one, and the copy the public may read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.feedback.models.columns import FIELD_LENGTH, NAME_LENGTH, PATH, PATH_LENGTH, words
from survey_app.feedback.rules.answers import Solved
from survey_app.feedback.rules.kinds import Kind
from survey_app.foundation.columns import BigId, UtcDateTime
from survey_app.foundation.database import Base


class Answer(Base):
    """One round of answering: `parts` are the texts of `rules.answers.Part`; a reopened case gets a new round.

    `version` grows with each saved draft: two officers who write at once are shown both texts.
    """

    __tablename__ = "feedback_answers"
    __table_args__ = (UniqueConstraint("case_id", "round"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("feedback_cases.id"))
    round: Mapped[int]
    parts: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    drafted_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AnswerVersion(Base):
    """The text of an answer as somebody saved it: the base when two write at once, and what was sent back."""

    __tablename__ = "feedback_answer_versions"

    answer_id: Mapped[int] = mapped_column(
        ForeignKey("feedback_answers.id"), primary_key=True, autoincrement=False
    )
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    parts: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    returned_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    returned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CaseRating(Base):
    """How content the citizen was with the answer, 1 to 5, and whether the matter is solved; one a round."""

    __tablename__ = "feedback_ratings"
    __table_args__ = (UniqueConstraint("case_id", "round"), Index(None, "unit_path", "rated_at"))

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("feedback_cases.id"))
    round: Mapped[int]
    unit_path: Mapped[str] = mapped_column(String(PATH_LENGTH))
    satisfaction: Mapped[int]
    solved: Mapped[Solved] = mapped_column(words(Solved))
    comment: Mapped[str] = mapped_column(Text, default="")
    rated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PublicCopy(Base):
    """The redacted text of a case and its answer. Public from `published_at` until `retracted_at`.

    `confirmed_by` read both and stands for it that nobody is named. `search_text` has no diacritics. `unit_path`,
    `field` and `kind` are those of the answer: they stay when the case moves to the successor of its unit.
    """

    __tablename__ = "feedback_public_copies"
    __table_args__ = (
        Index(None, "is_public", "published_at"),
        Index(None, "is_public", "unit_path", "published_at"),
        Index(None, "is_public", "field", "published_at"),
    )

    case_id: Mapped[int] = mapped_column(
        ForeignKey("feedback_cases.id"), primary_key=True, autoincrement=False
    )
    unit_path: Mapped[str] = mapped_column(PATH)
    field: Mapped[str] = mapped_column(String(FIELD_LENGTH))
    kind: Mapped[Kind] = mapped_column(words(Kind))
    title: Mapped[str] = mapped_column(String(NAME_LENGTH))
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    search_text: Mapped[str] = mapped_column(Text)
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_public: Mapped[bool] = mapped_column(default=False)
    published_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retracted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class ReplyTemplate(Base):
    """A start for an answer, for all units or below one: a text for each part, with variables in braces."""

    __tablename__ = "feedback_reply_templates"
    __table_args__ = (UniqueConstraint("unit_path", "name"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    unit_path: Mapped[str] = mapped_column(String(PATH_LENGTH), default="")
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    kind: Mapped[str] = mapped_column(String(24), default="")
    parts: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

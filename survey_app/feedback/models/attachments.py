"""Files that came with a case or a grievance; the bytes stand apart, so that lists never read them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CHAR, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.feedback.models.columns import words
from survey_app.feedback.rules.attachments import MediaType
from survey_app.feedback.rules.kinds import ActorKind
from survey_app.foundation.columns import BigId, UtcDateTime
from survey_app.foundation.database import Base


class Attachment(Base):
    """What is known of a file: `token` is its random name in addresses, `label` what a reader sees (`Ảnh 1`).

    The sender's own file name is not kept: it often names a person. `digest` is the SHA-256 of the bytes as stored.
    """

    __tablename__ = "feedback_attachments"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("feedback_cases.id"), index=True)
    grievance_id: Mapped[int | None] = mapped_column(ForeignKey("feedback_grievances.id"), index=True)
    token: Mapped[str] = mapped_column(CHAR(32), unique=True)
    media_type: Mapped[MediaType] = mapped_column(words(MediaType))
    label: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(CHAR(64))
    added_by: Mapped[ActorKind] = mapped_column(words(ActorKind))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AttachmentContent(Base):
    """The bytes of one file; images were encoded anew without metadata."""

    __tablename__ = "feedback_attachment_contents"

    attachment_id: Mapped[int] = mapped_column(
        ForeignKey("feedback_attachments.id"), primary_key=True, autoincrement=False
    )
    content: Mapped[bytes] = mapped_column(LargeBinary)

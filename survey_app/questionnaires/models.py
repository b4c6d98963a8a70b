"""Tables of the questionnaires room."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CHAR,
    Connection,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    event,
    inspect,
    text,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from survey_app.foundation.columns import BigId, UtcDateTime
from survey_app.foundation.database import Base

INSTRUMENT_LENGTH = 40
PATH_LENGTH = 120
TITLE_LENGTH = 300


class QuestionnaireVersion(Base):
    """One published version: its canonical JSON and the hash of it. Only `retired_at` ever changes.

    `unit_path` is the unit that owns it and may publish a next version or retire it; "" is the whole installation.
    """

    __tablename__ = "questionnaire_versions"
    __table_args__ = (UniqueConstraint("instrument", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instrument: Mapped[str] = mapped_column(String(INSTRUMENT_LENGTH))
    version: Mapped[int]
    content_hash: Mapped[str] = mapped_column(CHAR(64))
    document: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    unit_path: Mapped[str] = mapped_column(String(PATH_LENGTH), default="", server_default=text("''"))


class QuestionnaireDraft(Base):
    """A version in the making; publishing it, or throwing it away, removes the row.

    `document` is JSON of sound shape (schemas.shape), but contradictions and missing translations may remain. Every
    change adds 1 to `revision`; `change` names the part that was changed last, such as `question:O1`. `version` is the
    number it will probably bear. `losses` is what an import could not map, as text.
    """

    __tablename__ = "questionnaire_drafts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instrument: Mapped[str] = mapped_column(String(INSTRUMENT_LENGTH))
    version: Mapped[int]
    unit_path: Mapped[str] = mapped_column(String(PATH_LENGTH), index=True)
    title: Mapped[str] = mapped_column(String(TITLE_LENGTH))
    document: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    change: Mapped[str] = mapped_column(String(60))
    based_on: Mapped[int | None] = mapped_column(ForeignKey("questionnaire_versions.id"))
    losses: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


class DraftRevision(Base):
    """A draft as it was at one of its last revisions, so that a step can be undone."""

    __tablename__ = "questionnaire_draft_revisions"

    draft_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_drafts.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[str] = mapped_column(Text)
    change: Mapped[str] = mapped_column(String(60))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


FROZEN = ("instrument", "version", "content_hash", "document", "published_at", "unit_path")


class FrozenVersion(Exception):
    """The program tried to change or delete a published version: a mistake in the program, not of a user."""


@event.listens_for(QuestionnaireVersion, "before_update")
def _refuse_changes(
    _mapper: Mapper[QuestionnaireVersion], _connection: Connection, version: QuestionnaireVersion
) -> None:
    state = inspect(version)
    changed = [name for name in FROZEN if state.attrs[name].history.has_changes()]
    if changed:
        raise FrozenVersion(f"{', '.join(changed)} of {version.instrument}@{version.version}")


@event.listens_for(QuestionnaireVersion, "before_delete")
def _refuse_deletion(
    _mapper: Mapper[QuestionnaireVersion], _connection: Connection, version: QuestionnaireVersion
) -> None:
    raise FrozenVersion(f"{version.instrument}@{version.version} cannot be deleted")

"""Table of the questionnaires room."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CHAR, Connection, String, Text, UniqueConstraint, event, inspect
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from survey_app.foundation.columns import BigId, UtcDateTime
from survey_app.foundation.database import Base

INSTRUMENT_LENGTH = 40


class QuestionnaireVersion(Base):
    """One published version: its canonical JSON and the hash of it. Only `retired_at` ever changes."""

    __tablename__ = "questionnaire_versions"
    __table_args__ = (UniqueConstraint("instrument", "version"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instrument: Mapped[str] = mapped_column(String(INSTRUMENT_LENGTH))
    version: Mapped[int]
    content_hash: Mapped[str] = mapped_column(CHAR(64))
    document: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


FROZEN = ("instrument", "version", "content_hash", "document", "published_at")


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

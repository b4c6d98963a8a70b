"""Tables of room responses. No column names, locates or times a person (see tests/architecture)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.foundation.columns import BigId, UtcDateTime
from survey_app.foundation.database import Base


class Response(Base):
    """One anonymous set of answers.

    `answers` is the record: item id -> code, list of codes, or text. `codes` repeats its coded items as one signed
    byte each, in the order of the frozen questionnaire, for estimation. `received_hour` is cut to the hour.
    """

    __tablename__ = "responses"
    __table_args__ = (
        Index("ix_responses_campaign", "campaign_id", "id"),
        Index("ix_responses_place", "campaign_id", "office_id", "service_point_id", "channel", "flags"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    questionnaire_version_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_versions.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    service_point_id: Mapped[int | None] = mapped_column(ForeignKey("service_points.id"))
    channel: Mapped[str] = mapped_column(String(16))
    instrument: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    received_hour: Mapped[datetime] = mapped_column(UtcDateTime)
    flags: Mapped[str] = mapped_column(String(80))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    codes: Mapped[bytes] = mapped_column(LargeBinary)


class Submission(Base):
    """Digest of the random id of a submitted form, so that sending twice stores once. Purged after 8 days.

    It shares no key with the response, and neither the id nor the receipt can be computed from it. On SQLite the
    table is kept in the order of the digests, not of arrival.
    """

    __tablename__ = "submissions"
    __table_args__ = ({"sqlite_with_rowid": False},)

    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    received_on: Mapped[date] = mapped_column(Date, index=True)

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


class RehearsalResponse(Base):
    """Answers given in a rehearsal, to see that counters and forms work. They are no responses.

    No figure reads this table. The database deletes its rows together with the rehearsal, which ends when the
    campaign opens at the latest.
    """

    __tablename__ = "rehearsal_responses"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    rehearsal_id: Mapped[int] = mapped_column(
        ForeignKey("campaign_rehearsals.id", ondelete="CASCADE"), index=True
    )
    questionnaire_version_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_versions.id"))
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"))
    service_point_id: Mapped[int | None] = mapped_column(ForeignKey("service_points.id"))
    channel: Mapped[str] = mapped_column(String(16))
    instrument: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    received_hour: Mapped[datetime] = mapped_column(UtcDateTime)
    flags: Mapped[str] = mapped_column(String(80))
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)


class ArrivalHour(Base):
    """How many counted responses of a campaign arrived in one hour, by channel, instrument and flags."""

    __tablename__ = "arrival_hours"

    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaigns.id"), primary_key=True, autoincrement=False
    )
    received_hour: Mapped[datetime] = mapped_column(UtcDateTime, primary_key=True)
    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    instrument: Mapped[str] = mapped_column(String(16), primary_key=True)
    flags: Mapped[str] = mapped_column(String(80), primary_key=True)
    responses: Mapped[int]


class ArrivalDay(Base):
    """How many counted responses arrived at one place on one day (of Việt Nam).

    `service_point_id` is 0 where there is none: a link of the channel `web`. `last_hour` is that of the latest one.
    """

    __tablename__ = "arrival_days"
    __table_args__ = (
        Index("ix_arrival_days_day", "day", "instrument", "campaign_id", "service_point_id", "responses"),
        Index("ix_arrival_days_office", "office_id", "day"),
    )

    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaigns.id"), primary_key=True, autoincrement=False
    )
    office_id: Mapped[int] = mapped_column(ForeignKey("offices.id"), primary_key=True, autoincrement=False)
    service_point_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    instrument: Mapped[str] = mapped_column(String(16), primary_key=True)
    responses: Mapped[int]
    flagged: Mapped[int]
    last_hour: Mapped[datetime] = mapped_column(UtcDateTime)


class ArrivalHorizon(Base):
    """How far responses are counted: one row, locked by whoever counts on.

    Those up to `counted_id` are in the tables of counts, the others are counted live. `noted_id` was the last response
    at `noted_at`. Every answer given on a citizen's own device before `counted_until` is counted.
    """

    __tablename__ = "arrival_horizon"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    counted_id: Mapped[int] = mapped_column(BigId)
    noted_id: Mapped[int] = mapped_column(BigId)
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    counted_until: Mapped[datetime] = mapped_column(UtcDateTime)

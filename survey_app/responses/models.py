"""Tables of room responses. No column names, locates or times a person (see tests/architecture)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CHAR, JSON, BigInteger, CheckConstraint, Date, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.foundation.columns import BigId, UtcDateTime
from survey_app.foundation.database import Base
from survey_app.responses.rules.designs import DESIGN_LABEL_LENGTH, FILE_NAME_LENGTH


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


class ResponseDesign(Base):
    """How the respondent was drawn, for responses of a probability sample; the others have no row.

    `stratum` is of the first stage. `psu1` to `psu3` name the unit drawn at each stage, `psu1` across all strata,
    the later ones inside the unit before. `fpc1` to `fpc3` are population counts: of the units at stage 1 in the
    stratum, at stage 2 in the unit of stage 1, at stage 3 in the unit of stage 2. `weight` is the design weight.
    A cell of few responses may lead to a person, so no page shows any of these values.
    """

    __tablename__ = "response_designs"
    __table_args__ = (CheckConstraint("weight > 0", name="weight"),)

    response_id: Mapped[int] = mapped_column(
        ForeignKey("responses.id"), primary_key=True, autoincrement=False
    )
    stratum: Mapped[str | None] = mapped_column(String(DESIGN_LABEL_LENGTH))
    psu1: Mapped[str | None] = mapped_column(String(DESIGN_LABEL_LENGTH))
    psu2: Mapped[str | None] = mapped_column(String(DESIGN_LABEL_LENGTH))
    psu3: Mapped[str | None] = mapped_column(String(DESIGN_LABEL_LENGTH))
    fpc1: Mapped[int | None] = mapped_column(BigInteger)
    fpc2: Mapped[int | None] = mapped_column(BigInteger)
    fpc3: Mapped[int | None] = mapped_column(BigInteger)
    weight: Mapped[float | None]
    phase: Mapped[int | None]


class ResponseImport(Base):
    """A file of responses that was brought in as a whole: which, when, by whom and how many rows.

    No response refers to it. `sha256` is of the file's bytes, so that the same file is recognised.
    """

    __tablename__ = "response_imports"
    __table_args__ = (Index(None, "campaign_id", "sha256"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    file_name: Mapped[str] = mapped_column(String(FILE_NAME_LENGTH))
    sha256: Mapped[str] = mapped_column(CHAR(64))
    responses: Mapped[int]
    designed: Mapped[bool]
    imported_at: Mapped[datetime] = mapped_column(UtcDateTime)
    imported_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class ResponseUpload(Base):
    """A file of responses that was checked and waits for its owner's word; one a person, nothing of it counts yet.

    `content` is the file as it was sent, `report` what was found in it (JSON, UTF-8); both are compressed by zlib.
    """

    __tablename__ = "response_uploads"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), unique=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"), index=True)
    file_name: Mapped[str] = mapped_column(String(FILE_NAME_LENGTH))
    sha256: Mapped[str] = mapped_column(CHAR(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    report: Mapped[bytes] = mapped_column(LargeBinary)


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

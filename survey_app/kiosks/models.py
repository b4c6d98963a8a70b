"""Tables of the kiosks room."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CHAR, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.foundation.columns import BigId, UtcDateTime
from survey_app.foundation.database import Base

NAME_LENGTH = 80
VERSION_LENGTH = 16


class Kiosk(Base):
    """A tablet that stands at one counter; revoked ones keep their row.

    Of the device's key and of the one-time enrolment token only digests are kept. `queue_length`, `refused` and
    `recorded` are what the device said last: answers that wait on it, answers that could not be taken, and all
    answers given on it since `enrolled_at`; `received` counts those that arrived here since then. No row says which
    answers: the answers know the counter, not the device, and `oldest_waiting_at` is cut to the hour like they are.
    """

    __tablename__ = "kiosks"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    service_point_id: Mapped[int] = mapped_column(ForeignKey("service_points.id"), index=True)
    name: Mapped[str] = mapped_column(String(NAME_LENGTH))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    pin_hash: Mapped[str] = mapped_column(String(100))
    pin_changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    pin_failures: Mapped[int] = mapped_column(default=0)
    pin_locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    enrolment_digest: Mapped[str | None] = mapped_column(CHAR(64), unique=True)
    enrolment_expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    device_digest: Mapped[str | None] = mapped_column(CHAR(64), unique=True)
    enrolled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    queue_length: Mapped[int] = mapped_column(default=0)
    oldest_waiting_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused: Mapped[int] = mapped_column(default=0)
    recorded: Mapped[int] = mapped_column(default=0)
    received: Mapped[int] = mapped_column(default=0)
    app_version: Mapped[str | None] = mapped_column(String(VERSION_LENGTH))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

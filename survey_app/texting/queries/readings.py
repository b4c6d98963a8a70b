"""The list "cần đọc": replies that only a person can read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign
from survey_app.foundation.paths import inside_any
from survey_app.texting.models import ReplyReading


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """One reply on the list. `text` is None once it was purged; `campaign` is "" for a reply to no invitation."""

    id: int
    campaign: str
    received_hour: datetime
    text: str | None
    reading: str
    event: str
    settled: bool


def readings_to_read(
    session: Session, *, unit_paths: Collection[str], most: int, before: int | None = None
) -> list[ReadingLine]:
    """Return replies that nobody has coded, the newest first, of campaigns inside the units of the reader.

    Replies to no campaign are for whoever may see the whole installation (the unit path ""). `before` is the id of
    the last line of the page before.
    """
    query = _open_readings(
        select(
            ReplyReading.id,
            func.coalesce(Campaign.code, ""),
            ReplyReading.received_hour,
            ReplyReading.text,
            ReplyReading.reading,
            ReplyReading.event,
            ReplyReading.settled,
        ),
        unit_paths,
    )
    if before is not None:
        query = query.where(ReplyReading.id < before)
    return [ReadingLine(*row) for row in session.execute(query.order_by(ReplyReading.id.desc()).limit(most))]


def count_to_read(session: Session, *, unit_paths: Collection[str]) -> int:
    """Return how many replies wait for a person."""
    count: int | None = session.scalar(_open_readings(select(func.count(ReplyReading.id)), unit_paths))
    return count or 0


def _open_readings(query: Any, unit_paths: Collection[str]) -> Any:
    waiting = query.outerjoin(Campaign, Campaign.id == ReplyReading.campaign_id).where(
        ReplyReading.waits_for_person, ReplyReading.coded_at.is_(None)
    )
    if "" in unit_paths:
        return waiting
    return waiting.where(inside_any(Campaign.unit_path, list(unit_paths)))

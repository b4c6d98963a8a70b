"""What the screens need beyond counts: whose a record is, what is held back, which phones are on screen."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign
from survey_app.foundation.paths import inside_any
from survey_app.messaging.gateway.registry import SIMULATOR
from survey_app.messaging.models import OutboxMessage, OutboxTopic, Sender, SimulatorMessage
from survey_app.texting.models import ReplyReading
from survey_app.texting.rules.topics import topic_of

_LOOKED_AT = 300
"""Latest messages that are looked through for phones: a list to pick from, not an archive."""


def unit_of_reading(session: Session, reading_id: int) -> str | None:
    """Return the unit path of a reply's campaign, "" for a reply to none; None if there is no such reply."""
    query = (
        select(ReplyReading.id, Campaign.unit_path)
        .outerjoin(Campaign, Campaign.id == ReplyReading.campaign_id)
        .where(ReplyReading.id == reading_id)
    )
    row = session.execute(query).one_or_none()
    return None if row is None else row.unit_path or ""


def is_held_back(session: Session, campaign_id: int) -> bool:
    """Say whether the messages of a campaign are paused."""
    query = select(OutboxTopic.paused).where(OutboxTopic.name == topic_of(campaign_id))
    return bool(session.scalar(query))


@dataclass(frozen=True, slots=True)
class Handset:
    """A phone that messages came to on screen; `sealed` holds its number."""

    sealed: bytes
    last_at: datetime


def handsets(session: Session, *, unit_paths: Collection[str], most: int = 12) -> list[Handset]:
    """Return the phones last written to by campaigns inside these units, the latest first."""
    query = (
        select(
            SimulatorMessage.phone_hash,
            SimulatorMessage.phone_sealed,
            SimulatorMessage.delivered_at,
            OutboxTopic.name,
        )
        .join(OutboxMessage, OutboxMessage.reference == SimulatorMessage.reference)
        .join(OutboxTopic)
        .order_by(SimulatorMessage.id.desc())
        .limit(_LOOKED_AT)
    )
    allowed = _topics(session, unit_paths)
    found: dict[str, Handset] = {}
    for hashed, sealed, at, topic in session.execute(query):
        if allowed is None or topic in allowed:
            found.setdefault(hashed, Handset(sealed, at))
    return list(found.values())[:most]


def _topics(session: Session, unit_paths: Collection[str]) -> Mapping[str, int] | None:
    """Return the topics of the campaigns inside these units; None for all topics there are."""
    if "" in unit_paths:
        return None
    query = select(Campaign.id).where(inside_any(Campaign.unit_path, list(unit_paths)))
    return {topic_of(id_): id_ for id_ in session.scalars(query)}


def may_be_played(session: Session, phone_hash: str, *, unit_paths: Collection[str]) -> bool:
    """Say whether staff of these units may write as this phone.

    Nobody may write as a phone that a real carrier reaches, or that another unit has invited: that would be
    answering in a citizen's name.
    """
    query = (
        select(Sender.gateway, OutboxTopic.name)
        .join(OutboxMessage, OutboxMessage.sender_id == Sender.id)
        .join(OutboxTopic, OutboxTopic.id == OutboxMessage.topic_id)
        .where(OutboxMessage.phone_hash == phone_hash)
        .distinct()
    )
    allowed = _topics(session, unit_paths)
    return all(
        gateway == SIMULATOR and (allowed is None or topic in allowed)
        for gateway, topic in session.execute(query)
    )

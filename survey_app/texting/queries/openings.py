"""What a case is opened from: the open replies of one person, where they were served, the phone while it is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign
from survey_app.foundation.privacy import FieldCipher
from survey_app.messaging.queries import inbound_event
from survey_app.messaging.rules.contract import InboundText
from survey_app.offices.models import Office, Unit
from survey_app.texting.models import ReplyReading
from survey_app.texting.rules.texts import unaccented
from survey_app.texting.rules.words import WANTS_ANSWER


@dataclass(frozen=True, slots=True)
class Opening:
    """What a case would hold. `phone` is "" once phone and answer were parted, a day after the last reply."""

    reading_ids: tuple[int, ...]
    unit_path: str
    campaign_path: str
    text: str = field(repr=False)
    phone: str = field(repr=False)

    @property
    def wants_answer(self) -> bool:
        """Say whether the person asked for an answer in the words that replies name."""
        return WANTS_ANSWER in unaccented(self.text.casefold())


def opening_of(session: Session, reading_id: int, *, key: str) -> Opening | None:
    """Return what a case from this reply would hold; None if it waits for nobody, has no words, or no campaign.

    Further replies of the same conversation that still wait belong to it. `key` is SURVEY_CONTACT_KEY.
    """
    reading = session.get(ReplyReading, reading_id)
    if reading is None or reading.campaign_id is None or not _waits(reading):
        return None
    readings = [one for one in _conversation(session, reading) if _waits(one)]
    campaign_path = session.scalars(
        select(Campaign.unit_path).where(Campaign.id == reading.campaign_id)
    ).one()
    office = select(Unit.path).join(Office, Office.unit_id == Unit.id).where(Office.id == reading.office_id)
    return Opening(
        reading_ids=tuple(one.id for one in readings),
        unit_path=session.scalar(office) or campaign_path,
        campaign_path=campaign_path,
        text="\n\n".join(one.text or "" for one in readings),
        phone=_phone(session, readings, key),
    )


def _waits(reading: ReplyReading) -> bool:
    return reading.waits_for_person and reading.coded_at is None and reading.text is not None


def _conversation(session: Session, reading: ReplyReading) -> Sequence[ReplyReading]:
    if reading.thread is None:
        return [reading]
    query = select(ReplyReading).where(ReplyReading.thread == reading.thread).order_by(ReplyReading.id)
    return session.scalars(query).all()


def _phone(session: Session, readings: Sequence[ReplyReading], key: str) -> str:
    cipher = FieldCipher(key)
    for reading in readings:
        event = inbound_event(session, reading.inbound_id, cipher) if reading.inbound_id else None
        if isinstance(event, InboundText) and event.sender:
            return event.sender
    return ""

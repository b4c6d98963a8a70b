"""Finds what a citizen should see behind a public code; runs before every form and every answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, func, select, type_coerce
from sqlalchemy.orm import Session

from survey_app.campaigns.models import (
    Campaign,
    CampaignLink,
    CampaignOffice,
    CampaignRehearsal,
    Invitation,
    InvitationCode,
)
from survey_app.campaigns.queries.campaigns import VIEW_COLUMNS, CampaignView, has_channel, view_of
from survey_app.campaigns.queries.invitations import code_digest
from survey_app.campaigns.rules import ENTRY_STATUS_OF, Channel, EntryStatus, State
from survey_app.foundation.clock import local_date
from survey_app.foundation.columns import UtcDateTime
from survey_app.offices.models import Office, PublicCode, Unit
from survey_app.offices.queries import EntryPoint, entry_point
from survey_app.offices.rules import CodeStatus


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody finds behind a public code: a status, the campaign it is about, and the place.

    With CLOSED `campaign` is the last one, so that the page can lead to its results; it is None without any
    campaign and for a withdrawn counter code. `replaced_by` is the code in use now if this one was rotated.
    `rehearsal_id` is the row of `campaign_rehearsals` that answers of a REHEARSAL refer to, else None. `one_time` is
    the digest of an invitation's code, which must go in the transaction that stores the answer.
    """

    code: str
    status: EntryStatus
    campaign: CampaignView | None
    channel: Channel
    office_id: int
    office_name: str
    office_name_en: str | None
    service_point_id: int | None
    service_point_name: str | None
    service_point_name_en: str | None
    unit_name: str
    unit_path: str
    replaced_by: str | None
    rehearsal_id: int | None = None
    one_time: str | None = None


# The statements are built once: on a busy day they run for every visit.
_is_current = and_(Campaign.state == State.OPEN, Campaign.closes_on >= bindparam("today"))
# When a campaign ended, to the day: both columns compare alike as text (SQLite) and as instants (PostgreSQL).
_ended = func.coalesce(Campaign.closed_at, type_coerce(Campaign.closes_on, UtcDateTime))
# Citizens come first: the campaign that is open, else the rehearsal, else the next to come, else the last that ended.
_rank = case(
    (and_(_is_current, Campaign.opens_on <= bindparam("today")), 0),
    (Campaign.state == State.REHEARSAL, 1),
    (_is_current, 2),
    else_=3,
)
COUNTER_CAMPAIGN = (
    select(CampaignRehearsal.id, *VIEW_COLUMNS)
    .join(CampaignOffice, CampaignOffice.campaign_id == Campaign.id)
    .outerjoin(CampaignRehearsal, CampaignRehearsal.campaign_id == Campaign.id)
    .where(
        CampaignOffice.office_id == bindparam("office_id"),
        Campaign.state != State.DRAFT,
        has_channel(Channel.QR),
    )
    .order_by(_rank, case((_is_current, Campaign.opens_on)), _ended.desc())
    .limit(1)
)
_OFFICE_COLUMNS = (Office.id, Office.name, Office.name_en, Office.active, Unit.name, Unit.path)
LINK_CAMPAIGN = (
    select(*_OFFICE_COLUMNS, CampaignRehearsal.id, *VIEW_COLUMNS)
    .select_from(CampaignLink)
    .join(Campaign, Campaign.id == CampaignLink.campaign_id)
    .join(Office, Office.id == CampaignLink.office_id)
    .join(Unit, Unit.id == Office.unit_id)
    .outerjoin(CampaignRehearsal, CampaignRehearsal.campaign_id == Campaign.id)
    .where(CampaignLink.code == bindparam("code"))
)
INVITED_CAMPAIGN = (
    select(*_OFFICE_COLUMNS, CampaignRehearsal.id, *VIEW_COLUMNS)
    .select_from(InvitationCode)
    .join(Invitation, Invitation.id == InvitationCode.invitation_id)
    .join(Campaign, Campaign.id == Invitation.campaign_id)
    .join(Office, Office.id == Invitation.office_id)
    .join(Unit, Unit.id == Office.unit_id)
    .outerjoin(CampaignRehearsal, CampaignRehearsal.campaign_id == Campaign.id)
    .where(InvitationCode.digest == bindparam("digest"))
)
_first = (
    select(PublicCode.replaced_by).where(PublicCode.code == bindparam("code")).cte("chain", recursive=True)
)
_chain = _first.union_all(select(PublicCode.replaced_by).where(PublicCode.code == _first.c.replaced_by))
# A code may have been rotated several times: the one at the end of the chain, if it is still active.
SUCCESSOR = select(PublicCode.code).where(
    PublicCode.code == _chain.c.replaced_by, PublicCode.revoked_at.is_(None)
)


def find_entry(session: Session, *, code: str, now: datetime, key: str = "") -> Entry | None:
    """Return what the normalised public `code` leads to at `now`, or None if it leads nowhere.

    Two statements at most, by index. A counter's code leads to the campaign of its office that uses counter
    codes: the open one, else a rehearsal, else the next to come, else the one that ended last. A link leads to
    its own. With `key` (SURVEY_CONTACT_KEY) the one-time codes of invitations are looked up, after all others.
    """
    point, today = entry_point(session, code), local_date(now)
    if point is None:
        return _invited_entry(session, code, key, today) if key else None
    if point.office_id is None or point.office_name is None or point.unit_name is None:
        return _link_entry(session, point, today)
    campaign = rehearsal_id = replaced_by = None
    status = EntryStatus.REVOKED
    if point.status is CodeStatus.ACTIVE:
        campaign, rehearsal_id = _counter_campaign(session, point.office_id, today)
        status = ENTRY_STATUS_OF[campaign.state] if campaign else EntryStatus.NO_CAMPAIGN
    elif point.status is CodeStatus.ROTATED:
        replaced_by = session.scalar(SUCCESSOR, {"code": code})
    return Entry(
        code=code,
        status=status,
        campaign=campaign,
        channel=Channel.QR,
        office_id=point.office_id,
        office_name=point.office_name,
        office_name_en=point.office_name_en,
        service_point_id=point.service_point_id,
        service_point_name=point.service_point_name,
        service_point_name_en=point.service_point_name_en,
        unit_name=point.unit_name,
        unit_path=point.unit_path or "",
        replaced_by=replaced_by,
        rehearsal_id=rehearsal_id,
    )


def _counter_campaign(
    session: Session, office_id: int, today: date
) -> tuple[CampaignView | None, int | None]:
    row = session.execute(COUNTER_CAMPAIGN, {"office_id": office_id, "today": today}).one_or_none()
    return (view_of(row[1:], today), row[0]) if row else (None, None)


def _link_entry(session: Session, point: EntryPoint, today: date) -> Entry | None:
    row = session.execute(LINK_CAMPAIGN, {"code": point.code}).one_or_none()
    is_active = point.status is CodeStatus.ACTIVE
    return _office_entry(point.code, row, today, is_active=is_active) if row else None


def _invited_entry(session: Session, code: str, key: str, today: date) -> Entry | None:
    digest = code_digest(key, code)
    row = session.execute(INVITED_CAMPAIGN, {"digest": digest}).one_or_none()
    if row is None:
        return None
    entry = _office_entry(code, row, today, is_active=True)
    assert entry.campaign is not None
    return replace(entry, channel=entry.campaign.channels[0], one_time=digest)


def _office_entry(code: str, row: Sequence[Any], today: date, *, is_active: bool) -> Entry:
    office_id, office_name, office_name_en, office_active, unit_name, unit_path, rehearsal_id, *columns = row
    campaign = view_of(columns, today)
    usable = office_active and is_active
    return Entry(
        code=code,
        status=ENTRY_STATUS_OF[campaign.state] if usable else EntryStatus.REVOKED,
        campaign=campaign,
        channel=Channel.WEB,
        office_id=office_id,
        office_name=office_name,
        office_name_en=office_name_en,
        service_point_id=None,
        service_point_name=None,
        service_point_name_en=None,
        unit_name=unit_name,
        unit_path=unit_path,
        replaced_by=None,
        rehearsal_id=rehearsal_id if usable else None,
    )

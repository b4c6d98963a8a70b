"""Reads campaigns as they stand on a day, and the offices that take part in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from survey_app.campaigns.models import Campaign, CampaignOffice
from survey_app.campaigns.rules import Channel, State, effective_closing, effective_state, read_channels
from survey_app.offices.models import Office, Unit


@dataclass(frozen=True, slots=True)
class CampaignView:
    """A campaign as people see it on one day: `state` and `closed_at` heed the end of the period."""

    id: int
    code: str
    title: str
    title_en: str
    questionnaire_version_id: int
    opens_on: date
    closes_on: date
    state: State
    closed_at: datetime | None
    channels: tuple[Channel, ...]
    unit_path: str = ""

    def title_in(self, language: str) -> str:
        """Return the title for readers of `language`."""
        return self.title_en if language == "en" else self.title


VIEW_COLUMNS = (
    Campaign.id,
    Campaign.code,
    Campaign.title,
    Campaign.title_en,
    Campaign.questionnaire_version_id,
    Campaign.opens_on,
    Campaign.closes_on,
    Campaign.state,
    Campaign.closed_at,
    Campaign.channels,
    Campaign.unit_path,
)


def view_of(columns: Sequence[Any], today: date) -> CampaignView:
    """Return the campaign whose `VIEW_COLUMNS` were read, as it stands on `today`."""
    id_, code, title, title_en, version_id, opens_on, closes_on, stored, closed_at, channels, path = columns
    state = effective_state(stored, opens_on, closes_on, today)
    return CampaignView(
        id=id_,
        code=code,
        title=title,
        title_en=title_en,
        questionnaire_version_id=version_id,
        opens_on=opens_on,
        closes_on=closes_on,
        state=state,
        closed_at=effective_closing(state, closed_at, closes_on),
        channels=read_channels(channels),
        unit_path=path,
    )


def has_channel(channel: Channel) -> ColumnElement[bool]:
    """Return the condition that a campaign uses `channel`; channels are stored as a JSON list of words."""
    return cast(Campaign.channels, String).contains(f'"{channel}"')


def campaign_by_code(session: Session, code: str, *, today: date) -> CampaignView | None:
    """Return the campaign called `code` as it stands on `today`."""
    row = session.execute(select(*VIEW_COLUMNS).where(Campaign.code == code)).one_or_none()
    return view_of(row, today) if row else None


def campaign_by_id(session: Session, campaign_id: int, *, today: date) -> CampaignView | None:
    """Return the campaign with this id as it stands on `today`."""
    row = session.execute(select(*VIEW_COLUMNS).where(Campaign.id == campaign_id)).one_or_none()
    return view_of(row, today) if row else None


def list_campaigns(session: Session, *, today: date) -> tuple[CampaignView, ...]:
    """Return all campaigns as they stand on `today`, the latest first day first."""
    query = select(*VIEW_COLUMNS).order_by(Campaign.opens_on.desc(), Campaign.id.desc())
    return tuple(view_of(row, today) for row in session.execute(query))


@dataclass(frozen=True, slots=True)
class CampaignOfficeView:
    """An office of a campaign and the unit it belongs to."""

    office_id: int
    code: str
    name: str
    name_en: str | None
    unit_code: str
    unit_name: str


def campaign_offices(session: Session, campaign_id: int) -> tuple[CampaignOfficeView, ...]:
    """Return the offices of a campaign, closed ones too, in the order of unit code and office code."""
    query = (
        select(Office.id, Office.code, Office.name, Office.name_en, Unit.code, Unit.name)
        .join(CampaignOffice, CampaignOffice.office_id == Office.id)
        .join(Unit, Unit.id == Office.unit_id)
        .where(CampaignOffice.campaign_id == campaign_id)
    )
    offices = [CampaignOfficeView(*row) for row in session.execute(query)]
    # Sorted here because databases disagree on where a hyphen stands.
    return tuple(sorted(offices, key=lambda office: (office.unit_code, office.code)))


def count_offices(session: Session, campaign_ids: Collection[int]) -> dict[int, int]:
    """Return how many offices, closed ones too, each of these campaigns has; one without any is left out."""
    query = (
        select(CampaignOffice.campaign_id, func.count())
        .where(CampaignOffice.campaign_id.in_(campaign_ids))
        .group_by(CampaignOffice.campaign_id)
    )
    return dict(session.execute(query).all())


@dataclass(frozen=True, slots=True)
class RivalCampaign:
    """An opened campaign or a rehearsal that takes the counter codes of the office called `office_name`."""

    code: str
    opens_on: date
    closes_on: date
    office_name: str
    state: State


def rival_campaign(session: Session, campaign: Campaign, *, first: date, last: date) -> RivalCampaign | None:
    """Return another campaign that takes the counter codes of `campaign` on a day from `first` to `last`.

    Opened campaigns whose days do not overlap are no rivals: one follows the other. A rehearsal lasts until somebody
    ends it, so it holds its codes on every day.
    """
    own = aliased(CampaignOffice)
    overlaps = and_(Campaign.state == State.OPEN, Campaign.opens_on <= last, Campaign.closes_on >= first)
    query = (
        select(Campaign.code, Campaign.opens_on, Campaign.closes_on, Office.name, Campaign.state)
        .join(CampaignOffice, CampaignOffice.campaign_id == Campaign.id)
        .join(own, own.office_id == CampaignOffice.office_id)
        .join(Office, Office.id == CampaignOffice.office_id)
        .where(
            own.campaign_id == campaign.id,
            Campaign.id != campaign.id,
            or_(overlaps, Campaign.state == State.REHEARSAL),
            has_channel(Channel.QR),
        )
        .order_by(Campaign.opens_on, Campaign.id, Office.id)
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return RivalCampaign(*row) if row else None

"""The places at which a campaign is answered: the counters of its offices, their links, the offices of a sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, exists, func, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from survey_app.campaigns.models import CampaignOffice, CampaignRehearsal
from survey_app.campaigns.queries import CampaignView
from survey_app.campaigns.rules import Channel
from survey_app.offices.models import Office, ServicePoint
from survey_app.responses.models import RehearsalResponse, Response


@dataclass(frozen=True, slots=True)
class PlaceName:
    """An office and one of its counters; `service_point_id` is 0 for the office's link and its part of a sample."""

    office_id: int
    office_code: str
    office_name: str
    office_name_en: str | None
    service_point_id: int
    name: str | None
    name_en: str | None


def campaign_places(
    session: Session, campaign: CampaignView, *, without_responses: bool = False, limit: int, offset: int = 0
) -> list[PlaceName]:
    """Return places of a campaign, offices by code and their counters in the order in which they were added.

    A counter that was closed stays in the list if it has responses. `without_responses` leaves the others out.
    """
    kinds = []
    if Channel.QR in campaign.channels:
        kinds.append(_counters(campaign.id, without_responses))
    if set(campaign.channels) - {Channel.QR}:
        kinds.append(_offices(campaign.id, without_responses))
    places = union_all(*kinds).subquery()
    query = select(places).order_by(places.c.office_code, places.c.point_id).limit(limit).offset(offset)
    return [PlaceName(*row) for row in session.execute(query)]


def _counters(campaign_id: int, without_responses: bool) -> Select[Any]:
    answered = exists().where(
        Response.campaign_id == campaign_id,
        Response.office_id == ServicePoint.office_id,
        Response.service_point_id == ServicePoint.id,
    )
    open_here = ServicePoint.active & Office.active
    query = (
        select(
            *_office_columns(),
            ServicePoint.id.label("point_id"),
            ServicePoint.name.label("point_name"),
            ServicePoint.name_en.label("point_name_en"),
        )
        .join(CampaignOffice, CampaignOffice.office_id == Office.id)
        .join(ServicePoint, ServicePoint.office_id == Office.id)
        .where(CampaignOffice.campaign_id == campaign_id)
    )
    return query.where(open_here, ~answered) if without_responses else query.where(or_(open_here, answered))


def _offices(campaign_id: int, without_responses: bool) -> Select[Any]:
    query = (
        select(
            *_office_columns(),
            literal(0).label("point_id"),
            null().label("point_name"),
            null().label("point_name_en"),
        )
        .join(CampaignOffice, CampaignOffice.office_id == Office.id)
        .where(CampaignOffice.campaign_id == campaign_id)
    )
    if without_responses:
        query = query.where(
            ~exists().where(
                Response.campaign_id == campaign_id,
                Response.office_id == Office.id,
                Response.service_point_id.is_(None),
            )
        )
    return query


def _office_columns() -> Sequence[Any]:
    return (
        Office.id.label("office_id"),
        Office.code.label("office_code"),
        Office.name.label("office_name"),
        Office.name_en.label("office_name_en"),
    )


def rehearsal_counts(session: Session, *, campaign_id: int) -> dict[tuple[int, int], int]:
    """Return how many answers of the running rehearsal came from each (office id, service point id or 0)."""
    place = (RehearsalResponse.office_id, func.coalesce(RehearsalResponse.service_point_id, 0))
    query = (
        select(*place, func.count())
        .join(CampaignRehearsal, CampaignRehearsal.id == RehearsalResponse.rehearsal_id)
        .where(CampaignRehearsal.campaign_id == campaign_id)
        .group_by(*place)
    )
    return {(office, point): count for office, point, count in session.execute(query)}

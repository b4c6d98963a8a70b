"""Reads weight sets of campaigns, and what their steps may go by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import WeightSet
from survey_app.campaigns.queries.campaigns import CampaignView, campaign_offices
from survey_app.campaigns.rules import Place, Step, read_document
from survey_app.questionnaires.queries import by_id
from survey_app.staff.queries import names_of


@dataclass(frozen=True, slots=True)
class WeightSetView:
    """A weight set; `author` is None for one that was added on the command line."""

    name: str
    note: str
    steps: tuple[Step, ...]
    created_at: datetime
    author: str | None


def weight_sets(session: Session, campaign_id: int) -> list[WeightSetView]:
    """Return the weight sets of a campaign, the newest first."""
    query = select(WeightSet).where(WeightSet.campaign_id == campaign_id).order_by(WeightSet.id.desc())
    return _views(session, list(session.scalars(query)))


def weight_set(session: Session, campaign_id: int, name: str) -> WeightSetView | None:
    """Return one weight set of a campaign, None if it has none of that name."""
    query = select(WeightSet).where(WeightSet.campaign_id == campaign_id, WeightSet.name == name)
    found = _views(session, list(session.scalars(query)))
    return found[0] if found else None


def _views(session: Session, rows: list[WeightSet]) -> list[WeightSetView]:
    names = names_of(session, [row.created_by for row in rows if row.created_by is not None])
    return [
        WeightSetView(
            row.name,
            row.note,
            read_document({"steps": row.steps}).steps,
            row.created_at,
            names.get(row.created_by) if row.created_by is not None else None,
        )
        for row in rows
    ]


def weight_variables(session: Session, campaign: CampaignView) -> dict[str, frozenset[str] | None]:
    """Map what the steps of a weight set may go by to its codes; None where any code is possible.

    These are the coded items of the questionnaire with the codes of real answers, then `rules.Place`: strata come
    with the responses, offices and units are those of the campaign.
    """
    questionnaire = by_id(session, campaign.questionnaire_version_id)
    offices = campaign_offices(session, campaign.id)
    variables: dict[str, frozenset[str] | None] = {
        item.id: frozenset(str(code) for code in item.codes if code > 0) for item in questionnaire.coded_items
    }
    return variables | {
        Place.STRATUM: None,
        Place.OFFICE: frozenset(office.code for office in offices),
        Place.UNIT: frozenset(office.unit_code for office in offices),
    }

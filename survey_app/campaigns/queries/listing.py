"""Reads the list of campaigns as staff see it: a page at a time, by state, words and units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.queries.campaigns import VIEW_COLUMNS, CampaignView, count_offices, view_of
from survey_app.campaigns.rules import State
from survey_app.foundation.paging import Paged, paged
from survey_app.foundation.paths import inside_any
from survey_app.offices.rules import fold
from survey_app.questionnaires.models import QuestionnaireVersion

PAGE = 50


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A campaign in the list, with its questionnaire and the number of its offices."""

    campaign: CampaignView
    instrument: str
    version: int
    offices: int


def campaigns_page(
    session: Session,
    *,
    scopes: Sequence[str],
    today: date,
    state: State | None = None,
    text: str = "",
    number: int = 1,
) -> Paged[CampaignLine]:
    """Return one page of the campaigns that units inside `scopes` own, the latest first day first.

    `state` is the one people see on `today`. `text` finds titles and codes without accents.
    """
    chosen = inside_any(Campaign.unit_path, scopes)
    if state is not None:
        chosen = and_(chosen, is_in_state(state, today))
    if text.strip():
        chosen = and_(chosen, Campaign.id.in_(_found(session, chosen, text)))
    query = (
        select(QuestionnaireVersion.instrument, QuestionnaireVersion.version, *VIEW_COLUMNS)
        .join(QuestionnaireVersion, QuestionnaireVersion.id == Campaign.questionnaire_version_id)
        .where(chosen)
        .order_by(Campaign.opens_on.desc(), Campaign.id.desc())
        .limit(PAGE + 1)
        .offset((number - 1) * PAGE)
    )
    page = paged(session.execute(query).all(), number=number, size=PAGE)
    views = [(row[0], row[1], view_of(row[2:], today)) for row in page.items]
    offices = count_offices(session, [view.id for _name, _version, view in views])
    lines = [CampaignLine(view, name, version, offices.get(view.id, 0)) for name, version, view in views]
    return Paged(lines, page.number, page.size, page.more)


def is_in_state(state: State, today: date) -> ColumnElement[bool]:
    """Return the condition that a campaign stands in `state` on `today`; see `rules.effective_state`."""
    opened = Campaign.state == State.OPEN
    conditions = {
        State.SCHEDULED: and_(opened, Campaign.opens_on > today),
        State.OPEN: and_(opened, Campaign.opens_on <= today, Campaign.closes_on >= today),
        State.CLOSED: or_(Campaign.state == State.CLOSED, and_(opened, Campaign.closes_on < today)),
    }
    return conditions.get(state, Campaign.state == state)


def _found(session: Session, chosen: ColumnElement[bool], text: str) -> list[int]:
    """Search in memory: there are hundreds of campaigns, and databases fold Vietnamese letters differently."""
    wanted = fold(text)
    query = select(Campaign.id, Campaign.title, Campaign.title_en, Campaign.code).where(chosen)
    return [one for one, *words in session.execute(query) if wanted and wanted in fold(" ".join(words))]


def codes_like(session: Session, stem: str) -> set[str]:
    """Return the campaign codes that begin with `stem`, so that a free one can be suggested."""
    query = select(Campaign.code).where(Campaign.code.startswith(stem, autoescape=True))
    return set(session.scalars(query))

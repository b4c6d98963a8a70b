"""Finds the campaign that an address names, for people who may see it."""

from __future__ import annotations

from datetime import date

from flask import abort

from survey_app.campaigns.queries import CampaignView, campaign_by_code
from survey_app.campaigns.rules import is_campaign_code
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import read
from survey_app.foundation.languages import current_language
from survey_app.foundation.languages import gettext as _
from survey_app.staff.guards import require_unit


def local_today() -> date:
    """Return the day in Việt Nam."""
    return local_date(now())


def campaign_here(code: str) -> CampaignView:
    """Return the campaign called `code`; 404 if there is none, or it belongs to a unit that is not the person's."""
    if not is_campaign_code(code):
        abort(404)
    with read() as session:
        campaign = campaign_by_code(session, code, today=local_today())
    if campaign is None:
        abort(404)
    require_unit(campaign.unit_path)
    return campaign


def title_of(campaign: CampaignView) -> str:
    """Return the title in the reader's language."""
    return campaign.title_in(current_language())


def crumbs_to(campaign: CampaignView | None = None) -> list[tuple[str, str]]:
    """Return the breadcrumbs of a page below the list, or below the page of one campaign."""
    path = [("/campaigns", _("Đợt khảo sát"))]
    return path if campaign is None else [*path, (f"/campaigns/{campaign.code}", title_of(campaign))]

"""The list of campaigns and the page of one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from survey_app.campaigns.queries import (
    CampaignView,
    campaign_origin,
    campaigns_page,
    coming_rival,
    count_places,
    entrances_page,
    offices_to_print,
)
from survey_app.campaigns.rules import STATE_TONES, State, channel_label, may_open, state_label, whole_minutes
from survey_app.campaigns.views.finding import campaign_here, crumbs_to, local_today, title_of
from survey_app.foundation.database import read
from survey_app.foundation.languages import current_language
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paging import page_number
from survey_app.offices.queries import names_by_path
from survey_app.offices.rules import group_code
from survey_app.questionnaires.queries import by_id
from survey_app.staff.guards import requires, scopes_here, staff_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("browsing", __name__)
LONGEST_SEARCH = 100
MOST_OFFICES_IN_ADDRESS = 50


@blueprint.get("/campaigns")
@requires(Action.VIEW_CAMPAIGNS)
def campaign_list() -> str:
    """List the campaigns of the person's units, by state and words."""
    text = request.args.get("q", "").replace("\0", " ")[:LONGEST_SEARCH]
    wanted = request.args.get("state", "")
    state = State(wanted) if wanted in set(State) else None
    number = page_number(request.args.get("page"))
    with read() as session:
        found = campaigns_page(
            session, scopes=scopes_here(), today=local_today(), state=state, text=text, number=number
        )
    kept = {name: value for name, value in (("q", text), ("state", state)) if value}
    return render_template(
        "campaigns/list.html",
        found=found,
        text=text,
        state=state,
        states=list(State),
        address=f"/campaigns?{urlencode(kept)}" if kept else "/campaigns",
        may_create=staff_here().may_somewhere(Action.MANAGE_CAMPAIGNS),
        **words(),
    )


@blueprint.get("/campaigns/<code>")
@requires(Action.VIEW_CAMPAIGNS)
def campaign_page(code: str) -> str:
    """Show a campaign: facts, what to do next, and its codes by office."""
    campaign = campaign_here(code)
    text = request.args.get("q", "").replace("\0", " ")[:LONGEST_SEARCH]
    number = page_number(request.args.get("page"))
    rehearsing = campaign.state is State.REHEARSAL
    with read() as session:
        page = {
            "questionnaire": by_id(session, campaign.questionnaire_version_id),
            "counts": count_places(session, campaign.id),
            "origin": campaign_origin(session, campaign.id),
            "found": entrances_page(session, campaign.id, text=text, number=number),
            "owner": owner_name(session, campaign),
            "posters_address": _posters_address(session, campaign),
            "next_rival": coming_rival(session, campaign, today=local_today()) if rehearsing else None,
        }
    return render_template(
        "campaigns/page.html",
        campaign=campaign,
        text=text,
        address=f"/campaigns/{code}?{urlencode({'q': text})}" if text else f"/campaigns/{code}",
        crumbs=crumbs_to(),
        may_reopen=campaign.state is State.CLOSED and may_open(campaign.closes_on, local_today()),
        may=_may(campaign),
        **page,
        **words(),
    )


def _posters_address(session: Session, campaign: CampaignView) -> str:
    """Return the address that offers the posters of the campaign's counters, with the time its form takes."""
    path, offices = offices_to_print(session, campaign.id, most=MOST_OFFICES_IN_ADDRESS)
    seconds = by_id(session, campaign.questionnaire_version_id).seconds
    asked: dict[str, object] = {"minutes": whole_minutes(seconds)}
    if path:
        asked["unit"] = path.split("/")[-1]
    asked["office"] = offices
    return f"/offices/posters?{urlencode(asked, doseq=True)}"


def _may(campaign: CampaignView) -> dict[str, bool]:
    """Return which of the links and buttons of a campaign's page the person can use."""
    actions = {
        "manage": Action.MANAGE_CAMPAIGNS,
        "posters": Action.PRINT_POSTERS,
        "runs": Action.VIEW_RUNS,
        "questionnaires": Action.VIEW_QUESTIONNAIRES,
    }
    return {name: staff_here().may(action, campaign.unit_path) for name, action in actions.items()}


def owner_name(session: Session, campaign: CampaignView) -> str:
    """Return the name of the unit that owns a campaign."""
    if not campaign.unit_path:
        return _("Toàn hệ thống")
    return names_by_path(session, [campaign.unit_path])[campaign.unit_path]


def words() -> dict[str, Any]:
    """Return what templates need to name states, channels and codes."""
    return {
        "State": State,
        "state_label": state_label,
        "tone": STATE_TONES.get,
        "channel_label": channel_label,
        "title_of": title_of,
        "group_code": group_code,
        "language": current_language(),
    }

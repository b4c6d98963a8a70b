"""Step 2 of a draft: which offices take part, one by one or a whole unit at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from survey_app.campaigns.forms import ConfirmForm
from survey_app.campaigns.operations import choose_offices, choose_offices_inside, drop_offices_inside
from survey_app.campaigns.queries import CampaignView, chosen_among, count_places, unit_choices
from survey_app.campaigns.views.browsing import LONGEST_SEARCH, words
from survey_app.campaigns.views.drafting import draft_here
from survey_app.campaigns.views.finding import crumbs_to
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paging import page_number
from survey_app.offices.queries import office_lines
from survey_app.staff.guards import act, requires
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("choosing", __name__)
SHOWN_AT_MOST = 200


@blueprint.get("/campaigns/<code>/offices")
@requires(Action.MANAGE_CAMPAIGNS)
def draft_offices(code: str) -> str:
    """Show one page of the offices that can take part, those that do so ticked."""
    return _page(draft_here(code), ConfirmForm())


@blueprint.post("/campaigns/<code>/offices")
@requires(Action.MANAGE_CAMPAIGNS)
def choose_draft_offices(code: str) -> Response | tuple[str, int]:
    """Keep the ticks of the page shown, then do what the pressed button says."""
    campaign, form = draft_here(code), ConfirmForm()
    try:
        _keep_ticks(campaign)
        _whole_unit(campaign)
    except Refused as error:
        form.refuse(error)
        return _page(campaign, form), 422
    if request.form.get("then") == "next":
        return _onwards(campaign)
    asked = {"q": request.form.get("q", "")[:LONGEST_SEARCH], "page": request.form.get("go", "")}
    kept = urlencode({name: value for name, value in asked.items() if value})
    return redirect(f"/campaigns/{code}/offices?{kept}" if kept else f"/campaigns/{code}/offices", 303)


def _keep_ticks(campaign: CampaignView) -> None:
    shown, ticked, instant = _numbers("shown"), _numbers("office"), now()
    with read() as session:
        before = chosen_among(session, campaign.id, shown)
    if before == ticked & shown:
        return
    act(
        lambda session: choose_offices(session, code=campaign.code, shown=shown, ticked=ticked, now=instant),
        subject=f"campaign:{campaign.code}",
        unit_path=campaign.unit_path,
        details={"step": "offices", "added": len((ticked & shown) - before), "removed": len(before - ticked)},
    )


def _numbers(name: str) -> set[int]:
    """Return the ids in the form; what is no id came from no page of ours."""
    values = request.form.getlist(name)[:SHOWN_AT_MOST]
    return {int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 18}


def _whole_unit(campaign: CampaignView) -> None:
    """Add or drop all offices of a unit, if that button was pressed."""
    pressed, instant = request.form.get("then"), now()
    if pressed == "all":
        path = request.form.get("unit", "")
        act(
            lambda session: choose_offices_inside(session, code=campaign.code, path=path),
            subject=f"campaign:{campaign.code}",
            unit_path=campaign.unit_path,
            details={"step": "offices", "all_inside": path},
        )
    elif pressed == "none":
        act(
            lambda session: drop_offices_inside(
                session, code=campaign.code, path=campaign.unit_path, now=instant
            ),
            subject=f"campaign:{campaign.code}",
            unit_path=campaign.unit_path,
            details={"step": "offices", "none_inside": campaign.unit_path},
        )


def _onwards(campaign: CampaignView) -> Response:
    with read() as session:
        chosen = count_places(session, campaign.id).offices
    if not chosen:
        flash(_("Xin chọn ít nhất một bộ phận một cửa trước khi sang bước sau."), "warn")
        return redirect(f"/campaigns/{campaign.code}/offices", 303)
    return redirect(f"/campaigns/{campaign.code}/details", 303)


def _page(campaign: CampaignView, form: ConfirmForm) -> str:
    source = request.form if request.method == "POST" else request.args
    text = source.get("q", "").replace("\0", " ")[:LONGEST_SEARCH]
    with read() as session:
        found = office_lines(
            session,
            inside=[campaign.unit_path],
            page=page_number(request.args.get("page")),
            text=text,
        )
        page: dict[str, Any] = {
            "found": found,
            "chosen": chosen_among(session, campaign.id, [office.id for office in found.items]),
            "counts": count_places(session, campaign.id),
            "units": unit_choices(session, campaign.unit_path, everywhere=_("Toàn hệ thống")),
        }
    return render_template(
        "campaigns/offices.html",
        campaign=campaign,
        form=form,
        step="offices",
        text=text,
        crumbs=crumbs_to(campaign),
        **page,
        **words(),
    )

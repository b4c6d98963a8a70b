"""The invitations of one campaign: what they would cost, sending, pausing, reminding, and how they stand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, json, redirect, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from survey_app.campaigns.queries import CampaignView, campaign_by_code
from survey_app.campaigns.rules import Population, is_campaign_code, population_of
from survey_app.config import Settings
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import current_language
from survey_app.foundation.languages import gettext as _
from survey_app.messaging.rules.policy import policy_of
from survey_app.staff.guards import act, require_unit, requires
from survey_app.staff.rules.permissions import Action
from survey_app.texting.operations import (
    BatchPreview,
    Sent,
    pause_batch,
    preview_batch,
    remind,
    resume_batch,
    send_batch,
)
from survey_app.texting.queries import live_counts, plan_of
from survey_app.texting.queries.screens import is_held_back

blueprint = Blueprint("inviting", __name__)
MOST_PARTS = 10
"""Parts of a list in one request, 5,000 people: who has more presses the button again."""


@blueprint.get("/campaigns/<code>/invitations")
@requires(Action.MANAGE_CAMPAIGNS)
def invitations(code: str) -> str:
    """Show how the invitations of a campaign stand and what can be done next."""
    campaign = inviting_campaign(code)
    with read() as session:
        plan = plan_of(session, campaign.id)
        counts = live_counts(session, campaign.id)
        preview, obstacle = _preview(session, campaign)
        is_paused = is_held_back(session, campaign.id)
    return render_template(
        "texting/invitations.html",
        campaign=campaign,
        here=f"/campaigns/{code}/invitations",
        plan=plan,
        counts=counts,
        preview=preview,
        obstacle=obstacle,
        is_paused=is_paused,
        hours=(settings().messages_from, settings().messages_until),
        crumbs=crumbs_to(campaign),
    )


@blueprint.get("/campaigns/<code>/invitations.json")
@requires(Action.MANAGE_CAMPAIGNS)
def invitation_counts(code: str) -> Response:
    """Return the counts anew, for the page that is open."""
    campaign = inviting_campaign(code)
    with read() as session:
        counts = live_counts(session, campaign.id)
    shown = render_template("texting/counts.html", counts=counts)
    return Response(json.dumps({"page": shown}), content_type="application/json")


def inviting_campaign(code: str) -> CampaignView:
    """Return the campaign called `code`; 404 if it invites nobody or belongs to another unit."""
    if not is_campaign_code(code):
        abort(404)
    with read() as session:
        campaign = campaign_by_code(session, code, today=local_date(now()))
    if campaign is None:
        abort(404)
    require_unit(campaign.unit_path)
    if population_of(campaign.channels) != {Population.INVITED}:
        abort(404)
    return campaign


def crumbs_to(campaign: CampaignView) -> list[tuple[str, str]]:
    """Return the way to the pages of a campaign's invitations."""
    title = campaign.title_en if current_language() == "en" else campaign.title
    return [("/campaigns", _("Đợt khảo sát")), (f"/campaigns/{campaign.code}", title)]


def settings() -> Settings:
    """Return the settings of the installation."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def _preview(session: Session, campaign: CampaignView) -> tuple[BatchPreview | None, str]:
    """Return what sending would mean, or why nothing can be sent now."""
    try:
        found = preview_batch(session, code=campaign.code, public_url=settings().public_url, now=now())
    except Refused as error:
        return None, str(error)
    return found, ""


@blueprint.post("/campaigns/<code>/invitations/send")
@requires(Action.MANAGE_CAMPAIGNS)
def send_invitations(code: str) -> AnyResponse:
    """Put everybody who waits into the outbox, a part of the list in each transaction."""
    campaign = inviting_campaign(code)
    return _in_parts(campaign, send_batch, "invitations_sent", _("Đã xếp hàng %(n)s tin mời."))


@blueprint.post("/campaigns/<code>/invitations/remind")
@requires(Action.MANAGE_CAMPAIGNS)
def remind_invited(code: str) -> AnyResponse:
    """Remind, once, who was invited three days ago and has sent nothing."""
    campaign = inviting_campaign(code)
    return _in_parts(campaign, remind, "invitations_reminded", _("Đã xếp hàng %(n)s tin nhắc."))


def _in_parts(campaign: CampaignView, operation: Callable[..., Sent], did: str, message: str) -> AnyResponse:
    here = settings()
    part = partial(
        operation,
        code=campaign.code,
        key=here.contact_key,
        public_url=here.public_url,
        now=now(),
        policy=policy_of(opens=here.messages_from, closes=here.messages_until, kept_days=here.messages_kept),
    )
    taken = 0
    try:
        for _part in range(MOST_PARTS):
            sent = _act(campaign, part, did)
            taken += sent.taken
            if not sent.taken:
                break
    except Refused as error:
        flash(str(error), "bad")
    if taken:
        flash(message % {"n": taken}, "done")
    else:
        flash(_("Không còn ai để gửi lúc này."), "warn")
    return redirect(f"/campaigns/{campaign.code}/invitations", 303)


def _act(campaign: CampaignView, operation: Callable[[Session], Any], did: str) -> Any:
    return act(
        operation,
        subject=f"campaign:{campaign.code}",
        unit_path=campaign.unit_path,
        details={"did": did},
    )


@blueprint.post("/campaigns/<code>/invitations/pause")
@requires(Action.MANAGE_CAMPAIGNS)
def pause_invitations(code: str) -> AnyResponse:
    """Hold back what has not left."""
    campaign = inviting_campaign(code)
    _act(campaign, lambda session: pause_batch(session, code=code, now=now()), "invitations_paused")
    flash(_("Đã tạm dừng. Tin đang gửi dở thì không rút lại được; tin trả lời người dân vẫn đi."), "done")
    return redirect(f"/campaigns/{code}/invitations", 303)


@blueprint.post("/campaigns/<code>/invitations/resume")
@requires(Action.MANAGE_CAMPAIGNS)
def resume_invitations(code: str) -> AnyResponse:
    """Go on where it was held back."""
    campaign = inviting_campaign(code)
    _act(campaign, lambda session: resume_batch(session, code=code, now=now()), "invitations_resumed")
    flash(_("Đã gửi tiếp."), "done")
    return redirect(f"/campaigns/{code}/invitations", 303)

"""How a campaign invites: carrier, sender, texts, and what one person will read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from survey_app.campaigns.queries import CampaignView
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.messaging.gateway.registry import listings, title
from survey_app.messaging.queries.templates import all_templates
from survey_app.messaging.rules.contract import Capabilities, Medium
from survey_app.messaging.rules.templates import SEGMENTS_WITHOUT_ASKING, compose, variables_of
from survey_app.messaging.rules.texts import Measure, measure
from survey_app.staff.guards import act, requires
from survey_app.staff.rules.permissions import Action
from survey_app.texting.forms import PlanForm
from survey_app.texting.operations import PlanDraft, set_plan
from survey_app.texting.operations.plans import values_of
from survey_app.texting.queries import plan_of
from survey_app.texting.rules.words import INVITATION_BY_LINK_ONLY, REMINDER_BY_LINK
from survey_app.texting.views.inviting import crumbs_to, inviting_campaign, settings

blueprint = Blueprint("planning", __name__)
_SAMPLE_CODE = "7K3F9M2X"


@dataclass(frozen=True, slots=True)
class Trial:
    """One text as a person will read it, and its size."""

    label: str
    text: str
    measure: Measure


@blueprint.route("/campaigns/<code>/invitations/plan", methods=["GET", "POST"])
@requires(Action.MANAGE_CAMPAIGNS)
def plan(code: str) -> ResponseReturnValue:
    """Set how the campaign invites; "Xem trước" shows the texts without saving."""
    campaign = inviting_campaign(code)
    abilities = _abilities(campaign)
    with read() as session:
        kept = plan_of(session, campaign.id)
        templates = [one for one in all_templates(session) if one.medium == _medium(campaign)]
    form = PlanForm([(name, title(name)) for name in abilities], kept)
    is_right = form.validate_on_submit()
    draft = form.draft(_medium(campaign))
    if is_right and request.form.get("do") == "save" and _is_saved(campaign, draft, form):
        flash(_("Đã lưu cách mời."), "done")
        return redirect(f"/campaigns/{code}/invitations", 303)
    trials, is_sms = _trials(draft), draft.medium is Medium.SMS
    page = render_template(
        "texting/plan.html",
        campaign=campaign,
        here=f"/campaigns/{code}/invitations",
        form=form,
        trials=trials,
        is_sms=is_sms,
        is_long=is_sms and any(one.measure.segments > SEGMENTS_WITHOUT_ASKING for one in trials),
        is_one_way=not abilities[draft.gateway].two_way if draft.gateway in abilities else False,
        by_link=(INVITATION_BY_LINK_ONLY, REMINDER_BY_LINK),
        templates=templates,
        crumbs=[*crumbs_to(campaign), (f"/campaigns/{code}/invitations", _("Lời mời"))],
    )
    return page, 422 if form.errors else 200


def _medium(campaign: CampaignView) -> Medium:
    return Medium.ZALO if "zalo" in campaign.channels and "sms" not in campaign.channels else Medium.SMS


def _abilities(campaign: CampaignView) -> dict[str, Capabilities]:
    """Return the carriers of the campaign's medium that can send."""
    medium = _medium(campaign)
    return {
        one.name: one.capabilities
        for one in listings(settings())
        if one.is_ready and one.capabilities.medium is medium
    }


def _is_saved(campaign: CampaignView, draft: PlanDraft, form: PlanForm) -> bool:
    public_url = settings().public_url
    store = partial(set_plan, code=campaign.code, draft=draft, public_url=public_url, now=now())
    try:
        act(
            store,
            subject=f"campaign:{campaign.code}",
            unit_path=campaign.unit_path,
            details={"did": "invitation_plan_saved"},
        )
    except Refused as error:
        form.refuse(error)
    return not form.errors


def _trials(draft: PlanDraft) -> list[Trial]:
    """Return the texts filled for one person; a variable that is not known stays as it is written."""
    values = values_of(draft.unit or "…", draft.number or "…", _SAMPLE_CODE, settings().public_url)
    texts = [(_("Tin mời"), draft.invitation), (_("Tin nhắc"), draft.reminder)]
    found = []
    for label, text in texts:
        if text:
            as_written = {name: f"{{{name}}}" for name in variables_of(text)}
            filled = compose(text, as_written | values, accents=draft.medium is Medium.ZALO)
            found.append(Trial(label, filled, measure(filled)))
    return found

"""From a questionnaire to a campaign in four short steps; a draft keeps each of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, abort, flash, redirect, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from survey_app.campaigns.forms import DetailsForm, QuestionnaireForm, StartForm
from survey_app.campaigns.models import Campaign
from survey_app.campaigns.operations import (
    change_questionnaire,
    revise_draft,
    start_draft,
)
from survey_app.campaigns.queries import (
    CampaignView,
    QuestionnaireChoice,
    codes_like,
    draft_just_made,
    owner_choices,
    questionnaire_choices,
)
from survey_app.campaigns.rules import State, state_label, suggest_code
from survey_app.campaigns.views.browsing import words
from survey_app.campaigns.views.finding import campaign_here, crumbs_to, local_today
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import current_language, use_language
from survey_app.foundation.languages import gettext as _
from survey_app.offices.queries import names_by_path
from survey_app.questionnaires.queries import by_id
from survey_app.staff.guards import act, require_unit, requires, scopes_here, staff_here
from survey_app.staff.rules.permissions import Action
from survey_app.web.forms import StaffForm

blueprint = Blueprint("drafting", __name__)
PRESSED_TWICE = timedelta(seconds=20)
USUAL_DAYS = timedelta(days=30)
Page = Response | str | tuple[str, int]


@blueprint.route("/campaigns/new", methods=["GET", "POST"])
@requires(Action.MANAGE_CAMPAIGNS)
def new_campaign() -> Page:
    """Step 1: choose the questionnaire; the draft is made here, with everything else suggested."""
    with read() as session:
        choices = questionnaire_choices(session, scopes_here())
        owners = owner_choices(session, scopes_here(), everywhere=_("Toàn hệ thống"))
    form = StartForm(_versions(choices), owners)
    if form.validate_on_submit():
        require_unit(form.owner.data)
        try:
            code = _start(form.questionnaire.data, form.owner.data)
        except Refused as error:
            form.refuse(error)
        else:
            return redirect(f"/campaigns/{code}/offices", 303)
    page = render_template("campaigns/start.html", form=form, choices=choices, crumbs=crumbs_to(), **words())
    return page, 422 if form.errors else 200


def _versions(choices: Sequence[QuestionnaireChoice]) -> list[tuple[int, str]]:
    language = current_language()
    return [
        (one.version_id, one.questionnaire.title.get(language) or one.questionnaire.title["vi"])
        for one in choices
    ]


def _start(version_id: int, unit_path: str) -> str:
    """Return the code of the new draft, or of the one that a first press of the same button has made."""
    person, instant = staff_here().account_id, now()
    day = local_today()
    with read() as session:
        made = draft_just_made(
            session,
            created_by=person,
            version_id=version_id,
            unit_path=unit_path,
            since=instant - PRESSED_TWICE,
        )
        if made:
            return made
        unit = names_by_path(session, [unit_path])[unit_path].split(", ")[0] if unit_path else ""
        code = _free_code(session, by_id(session, version_id).instrument, unit)
    campaign: Campaign = act(
        lambda session: start_draft(
            session,
            code=code,
            title=_usual_title(unit),
            questionnaire_version_id=version_id,
            opens_on=day,
            closes_on=day + USUAL_DAYS,
            unit_path=unit_path,
            created_by=person,
            now=instant,
        ),
        subject=f"campaign:{code}",
        unit_path=unit_path,
        details={"step": "start", "questionnaire_version": version_id},
    )
    return campaign.code


def _usual_title(unit: str) -> str:
    """Return a title in Vietnamese, the original, whatever the language of the pages."""
    month = f"{local_today():%m/%Y}"
    with use_language("vi"):
        if unit:
            return _("Khảo sát ý kiến người dân – %(unit)s, tháng %(month)s", unit=unit, month=month)
        return _("Khảo sát ý kiến người dân, tháng %(month)s", month=month)


def _free_code(session: Session, instrument: str, unit: str) -> str:
    named = [unit, instrument, f"{local_today():%Y}"]
    return suggest_code(named, codes_like(session, suggest_code(named, ())))


@blueprint.route("/campaigns/<code>/questionnaire", methods=["GET", "POST"])
@requires(Action.MANAGE_CAMPAIGNS)
def draft_questionnaire(code: str) -> Page:
    """Step 1 again: put another questionnaire into a draft."""
    campaign = draft_here(code)
    with read() as session:
        choices = questionnaire_choices(session, [campaign.unit_path])
    form = QuestionnaireForm(_versions(choices), campaign.questionnaire_version_id)
    if form.validate_on_submit():
        version_id = form.questionnaire.data
        try:
            act(
                lambda session: change_questionnaire(session, code=code, questionnaire_version_id=version_id),
                subject=f"campaign:{code}",
                unit_path=campaign.unit_path,
                details={"step": "questionnaire", "questionnaire_version": version_id},
            )
        except Refused as error:
            form.refuse(error)
        else:
            return redirect(f"/campaigns/{code}/offices", 303)
    return _step("questionnaire", campaign, form, choices=choices)


@blueprint.route("/campaigns/<code>/details", methods=["GET", "POST"])
@requires(Action.MANAGE_CAMPAIGNS)
def draft_details(code: str) -> Page:
    """Step 3: titles, days, channels."""
    campaign = draft_here(code)
    form = DetailsForm(
        title=campaign.title,
        title_en="" if campaign.title_en == campaign.title else campaign.title_en,
        opens_on=campaign.opens_on,
        closes_on=campaign.closes_on,
        channels=[channel.value for channel in campaign.channels],
        code=campaign.code,
    )
    if form.validate_on_submit():
        try:
            revised = _revise(campaign, form)
        except Refused as error:
            form.refuse(error)
        else:
            return redirect(f"/campaigns/{revised.code}/review", 303)
    return _step("details", campaign, form)


def _revise(campaign: CampaignView, form: DetailsForm) -> Campaign:
    instant = now()
    return act(
        lambda session: revise_draft(
            session,
            code=campaign.code,
            new_code=form.code.data.strip(),
            title=form.title.data,
            title_en=form.title_en.data.strip(),
            opens_on=form.opens_on.data,
            closes_on=form.closes_on.data,
            channels=form.channels.data,
            now=instant,
        ),
        subject=f"campaign:{campaign.code}",
        unit_path=campaign.unit_path,
        details={"step": "details", "code": form.code.data.strip()},
    )


def draft_here(code: str) -> CampaignView:
    """Return the draft called `code`; what was opened meanwhile is shown as it is, with a word about it."""
    campaign = campaign_here(code)
    if campaign.state is not State.DRAFT:
        flash(
            _("Đợt này %(state)s nên không sửa được nữa.", state=state_label(campaign.state)),
            "warn",
        )
        abort(redirect(f"/campaigns/{code}", 303))
    return campaign


def _step(name: str, campaign: CampaignView, form: StaffForm, **more: object) -> tuple[str, int]:
    page = render_template(
        f"campaigns/{name}.html",
        campaign=campaign,
        form=form,
        step=name,
        crumbs=crumbs_to(campaign),
        **more,
        **words(),
    )
    return page, 422 if form.errors else 200

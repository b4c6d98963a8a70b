"""Repeating an earlier campaign, such as last year's."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template
from werkzeug.wrappers import Response

from survey_app.campaigns.forms import CopyForm
from survey_app.campaigns.operations import CampaignCopy, copy_campaign
from survey_app.campaigns.queries import (
    CampaignView,
    campaign_by_code,
    campaign_origin,
    codes_like,
    count_places,
)
from survey_app.campaigns.rules import State, a_year_later, retitle, suggest_code
from survey_app.campaigns.views.browsing import words
from survey_app.campaigns.views.finding import campaign_here, crumbs_to, local_today
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.guards import act, requires, staff_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("repeating", __name__)
NAMED_AT_MOST = 10


@blueprint.route("/campaigns/<code>/copy", methods=["GET", "POST"])
@requires(Action.MANAGE_CAMPAIGNS)
def repeat_campaign(code: str) -> Response | tuple[str, int]:
    """Draft the same campaign once more, a year later unless told otherwise."""
    campaign = campaign_here(code)
    form = _form(campaign)
    if form.validate_on_submit():
        try:
            made = _copied(campaign, form)
        except Refused as error:
            if _is_copied_already(campaign, form.code.data.strip()):
                return redirect(f"/campaigns/{form.code.data.strip()}", 303)
            form.refuse(error)
        else:
            _tell_differences(made)
            return redirect(f"/campaigns/{made.campaign.code}", 303)
    with read() as session:
        counts = count_places(session, campaign.id)
    page = render_template(
        "campaigns/copy.html",
        campaign=campaign,
        form=form,
        counts=counts,
        crumbs=crumbs_to(campaign),
        **words(),
    )
    return page, 422 if form.errors else 200


def _form(campaign: CampaignView) -> CopyForm:
    opens_on = a_year_later(campaign.opens_on)
    closes_on = a_year_later(campaign.closes_on)
    if closes_on < local_today():
        opens_on, closes_on = local_today(), local_today() + (campaign.closes_on - campaign.opens_on)
    years = campaign.opens_on.year, opens_on.year
    code = retitle(campaign.code, *years)
    with read() as session:
        taken = codes_like(session, code)
    return CopyForm(
        opens_on=opens_on,
        closes_on=closes_on,
        title=retitle(campaign.title, *years),
        title_en="" if campaign.title_en == campaign.title else retitle(campaign.title_en, *years),
        code=suggest_code([code], taken),
    )


def _copied(campaign: CampaignView, form: CopyForm) -> CampaignCopy:
    instant, person = now(), staff_here().account_id
    return act(
        lambda session: copy_campaign(
            session,
            code=campaign.code,
            new_code=form.code.data.strip(),
            opens_on=form.opens_on.data,
            closes_on=form.closes_on.data,
            title=form.title.data,
            title_en=form.title_en.data.strip() or form.title.data,
            created_by=person,
            now=instant,
        ),
        subject=lambda made: f"campaign:{made.campaign.code}",
        unit_path=campaign.unit_path,
        details={"step": "copy", "from": campaign.code},
    )


def _is_copied_already(campaign: CampaignView, code: str) -> bool:
    """Say whether the button was pressed twice: this person's copy of this campaign has that code."""
    with read() as session:
        made = campaign_by_code(session, code, today=local_today())
        if made is None or made.state is not State.DRAFT:
            return False
        origin = campaign_origin(session, made.id)
    return origin.copied_from == campaign.code and origin.created_by == staff_here().account_id


def _tell_differences(made: CampaignCopy) -> None:
    flash(_("Đã sao chép thành bản nháp. Xin xem lại ngày và bộ phận rồi mở."), "done")
    if made.version != made.old_version:
        flash(
            _(
                "Phiếu %(name)s đã có phiên bản mới: đợt cũ dùng phiên bản %(old)s, đợt mới dùng phiên bản %(new)s. "
                "Câu hỏi đã đổi thì kết quả hai đợt không so sánh trực tiếp được.",
                name=made.instrument,
                old=made.old_version,
                new=made.version,
            ),
            "warn",
        )
    if made.dropped:
        names = ", ".join(made.dropped[:NAMED_AT_MOST])
        more = len(made.dropped) - NAMED_AT_MOST
        if more > 0:
            names = _("%(names)s và %(more)s bộ phận khác", names=names, more=more)
        flash(_("Không đưa vào đợt mới vì đã ngừng hoạt động: %(names)s.", names=names), "warn")

"""Opening, rehearsing, closing, prolonging and deleting: each with a page that names what will happen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from survey_app.campaigns.forms import ConfirmForm, ExtendForm, ReasonForm
from survey_app.campaigns.operations import (
    close_campaign,
    delete_draft,
    end_rehearsal,
    extend_campaign,
    open_campaign,
    start_rehearsal,
)
from survey_app.campaigns.queries import CampaignView, PlaceCounts, count_places
from survey_app.campaigns.rules import State, may_open
from survey_app.campaigns.views.browsing import owner_name, words
from survey_app.campaigns.views.finding import campaign_here, crumbs_to, local_today
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.queries import by_id
from survey_app.staff.guards import act, requires
from survey_app.staff.rules.permissions import Action
from survey_app.web.forms import StaffForm

blueprint = Blueprint("moving", __name__)
Page = Response | tuple[str, int]
OPENED = (State.SCHEDULED, State.OPEN)


@blueprint.get("/campaigns/<code>/review")
@requires(Action.MANAGE_CAMPAIGNS)
def review_campaign(code: str) -> Page:
    """Step 4: show everything once more before it is opened."""
    campaign = campaign_here(code)
    if campaign.state not in (State.DRAFT, State.REHEARSAL):
        return redirect(f"/campaigns/{code}", 303)
    return _review(campaign, ConfirmForm())


@blueprint.post("/campaigns/<code>/open")
@requires(Action.MANAGE_CAMPAIGNS)
def open_reviewed(code: str) -> Page:
    """Open what was reviewed; what somebody has changed meanwhile is shown again first."""
    campaign, form, instant = campaign_here(code), ConfirmForm(), now()
    if campaign.state in OPENED:
        return _already(code, _("Đợt khảo sát đã được mở trước đó."))
    if not form.validate_on_submit():
        return _review(campaign, form)
    with read() as session:
        counts = count_places(session, campaign.id)
    if request.form.get("seen") != _fingerprint(campaign, counts):
        form.refuse(_("Đợt khảo sát vừa được sửa. Xin xem lại rồi mở."))
        return _review(campaign, form)
    return _moved(
        campaign,
        lambda session: open_campaign(session, code=code, now=instant),
        "open",
        lambda error: _refused(form, error, lambda: _review(campaign, form)),
        details={"offices": counts.active_offices, "counters": counts.counters},
    )


def _review(campaign: CampaignView, form: StaffForm) -> tuple[str, int]:
    with read() as session:
        counts = count_places(session, campaign.id)
        questionnaire = by_id(session, campaign.questionnaire_version_id)
        owner = owner_name(session, campaign)
    page = render_template(
        "campaigns/review.html",
        campaign=campaign,
        form=form,
        step="review",
        counts=counts,
        questionnaire=questionnaire,
        owner=owner,
        seen=_fingerprint(campaign, counts),
        over=not may_open(campaign.closes_on, local_today()),
        starts_now=campaign.opens_on <= local_today(),
        crumbs=crumbs_to(campaign),
        **words(),
    )
    return page, 422 if form.errors else 200


def _fingerprint(campaign: CampaignView, counts: PlaceCounts) -> str:
    """Return what the person has before their eyes, so that nothing else is opened than what was reviewed."""
    parts = (
        campaign.title,
        campaign.title_en,
        campaign.questionnaire_version_id,
        campaign.opens_on,
        campaign.closes_on,
        *campaign.channels,
        counts.offices,
    )
    return "|".join(map(str, parts))


@blueprint.route("/campaigns/<code>/rehearse", methods=["GET", "POST"])
@requires(Action.MANAGE_CAMPAIGNS)
def rehearse_campaign(code: str) -> Page:
    """Start a rehearsal."""
    campaign, instant = campaign_here(code), now()
    if campaign.state is State.REHEARSAL:
        return _already(code, _("Đợt khảo sát đang diễn tập."))
    if campaign.state is not State.DRAFT:
        return _too_late(code, _("Chỉ bản nháp mới diễn tập được."))
    return _confirmed(
        campaign,
        "rehearse",
        ConfirmForm(),
        lambda session: start_rehearsal(session, code=code, now=instant),
    )


@blueprint.route("/campaigns/<code>/end-rehearsal", methods=["GET", "POST"])
@requires(Action.MANAGE_CAMPAIGNS)
def end_campaign_rehearsal(code: str) -> Page:
    """End a rehearsal; its answers are wiped."""
    campaign = campaign_here(code)
    if campaign.state is State.DRAFT:
        return _already(code, _("Diễn tập đã kết thúc; các câu trả lời thử đã bị xóa."))
    if campaign.state is not State.REHEARSAL:
        return _too_late(
            code, _("Đợt khảo sát không còn diễn tập; mọi câu trả lời thử đã bị xóa khi mở đợt.")
        )
    return _confirmed(
        campaign, "end-rehearsal", ConfirmForm(), lambda session: end_rehearsal(session, code=code)
    )


@blueprint.route("/campaigns/<code>/close", methods=["GET", "POST"])
@requires(Action.MANAGE_CAMPAIGNS)
def close_open_campaign(code: str) -> Page:
    """Close before the last day is over."""
    campaign, instant = campaign_here(code), now()
    if campaign.state is State.CLOSED:
        return _already(code, _("Đợt khảo sát đã đóng trước đó."))
    return _confirmed(
        campaign, "close", ConfirmForm(), lambda session: close_campaign(session, code=code, now=instant)
    )


@blueprint.route("/campaigns/<code>/reopen", methods=["GET", "POST"])
@requires(Action.MANAGE_CAMPAIGNS)
def reopen_campaign(code: str) -> Page:
    """Open a closed campaign again while its period lasts, with a reason."""
    campaign, instant, form = campaign_here(code), now(), ReasonForm()
    if campaign.state in OPENED:
        return _already(code, _("Đợt khảo sát đang mở."))
    if campaign.state is not State.CLOSED:
        return redirect(f"/campaigns/{code}/review", 303)
    if not may_open(campaign.closes_on, local_today()):
        flash(_("Thời gian khảo sát đã hết. Muốn mở lại, xin gia hạn."), "warn")
        return redirect(f"/campaigns/{code}/extend", 303)
    return _confirmed(
        campaign,
        "reopen",
        form,
        lambda session: open_campaign(session, code=code, now=instant),
        details={"reason": form.reason.data},
    )


@blueprint.route("/campaigns/<code>/extend", methods=["GET", "POST"])
@requires(Action.MANAGE_CAMPAIGNS)
def extend_open_campaign(code: str) -> Page:
    """Give an opened or closed campaign a later last day, with a reason."""
    campaign, instant, form = campaign_here(code), now(), ExtendForm()
    if campaign.state is State.DRAFT:
        return redirect(f"/campaigns/{code}/details", 303)
    closes_on = form.closes_on.data
    if request.method == "POST" and closes_on == campaign.closes_on:
        return _already(code, _("Ngày kết thúc đã là ngày đó."))
    return _confirmed(
        campaign,
        "extend",
        form,
        lambda session: extend_campaign(session, code=code, closes_on=closes_on, now=instant),
        details={
            "reason": form.reason.data,
            "from": str(campaign.closes_on),
            "to": str(closes_on),
        },
    )


@blueprint.route("/campaigns/<code>/delete", methods=["GET", "POST"])
@requires(Action.MANAGE_CAMPAIGNS)
def delete_campaign_draft(code: str) -> Page:
    """Delete a draft."""
    campaign, instant = campaign_here(code), now()
    if campaign.state in (*OPENED, State.CLOSED):
        return _too_late(code, _("Đợt khảo sát đã mở thì không xóa được."))
    return _confirmed(
        campaign,
        "delete",
        ConfirmForm(),
        lambda session: delete_draft(session, code=code, now=instant),
        onwards="/campaigns",
    )


def _confirmed(
    campaign: CampaignView,
    step: str,
    form: StaffForm,
    operation: Callable[[Session], object],
    *,
    details: Mapping[str, Any] | None = None,
    onwards: str | None = None,
) -> Page:
    """Show what will happen; once it is confirmed, do it."""
    if not form.validate_on_submit():
        return _confirmation(campaign, step, form)
    return _moved(
        campaign,
        operation,
        step,
        lambda error: _refused(form, error, lambda: _confirmation(campaign, step, form)),
        details=details,
        onwards=onwards,
    )


def _confirmation(campaign: CampaignView, step: str, form: StaffForm) -> tuple[str, int]:
    with read() as session:
        counts = count_places(session, campaign.id)
    page = render_template(
        "campaigns/confirm.html",
        campaign=campaign,
        step=step,
        form=form,
        counts=counts,
        crumbs=crumbs_to(campaign),
        **words(),
    )
    return page, 422 if form.errors else 200


def _refused(form: StaffForm, error: Refused, again: Callable[[], tuple[str, int]]) -> tuple[str, int]:
    form.refuse(error)
    return again()


def _moved(
    campaign: CampaignView,
    operation: Callable[[Session], object],
    step: str,
    on_refusal: Callable[[Refused], tuple[str, int]],
    *,
    details: Mapping[str, Any] | None = None,
    onwards: str | None = None,
) -> Page:
    try:
        act(
            operation,
            subject=f"campaign:{campaign.code}",
            unit_path=campaign.unit_path,
            details={"step": step, **(details or {})},
        )
    except Refused as error:
        return on_refusal(error)
    flash(_done(step), "done")
    return redirect(onwards or f"/campaigns/{campaign.code}", 303)


def _already(code: str, message: str) -> Response:
    """Answer a button that was pressed twice, or by two people: what was wanted is so already."""
    flash(message, "done")
    return redirect(f"/campaigns/{code}", 303)


def _too_late(code: str, message: str) -> Response:
    """Answer a page left open while somebody else moved the campaign on."""
    flash(message, "warn")
    return redirect(f"/campaigns/{code}", 303)


def _done(step: str) -> str:
    return {
        "open": _("Đã mở đợt khảo sát. Việc tiếp theo: in bảng mã QR cho các quầy."),
        "rehearse": _("Đã bắt đầu diễn tập. Xin quét thử mã QR tại các quầy."),
        "end-rehearsal": _("Đã kết thúc diễn tập và xóa mọi câu trả lời thử."),
        "close": _("Đã đóng đợt khảo sát. Các mã không mở ra phiếu mới nữa."),
        "reopen": _("Đã mở lại đợt khảo sát."),
        "extend": _("Đã gia hạn đợt khảo sát."),
        "delete": _("Đã xóa bản nháp."),
    }[step]

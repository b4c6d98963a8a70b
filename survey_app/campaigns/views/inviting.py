"""The list of people to invite: read from a file, reported line by line, stored whole or not at all."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from survey_app.campaigns.documents.invitations import LARGEST_FILE, read_invitations
from survey_app.campaigns.forms import InvitationListForm
from survey_app.campaigns.operations.invitations import InvitationReport, prepare_list, store_list
from survey_app.campaigns.queries import CampaignView
from survey_app.campaigns.rules import Population, population_of
from survey_app.campaigns.rules.invitations import MOST_ROWS, InvitationRow
from survey_app.campaigns.views.finding import campaign_here, crumbs_to
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import format_number
from survey_app.foundation.languages import gettext as _
from survey_app.staff.guards import act, requires
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("inviting", __name__)
# The form around the file takes some bytes too.
_LARGEST_BODY = LARGEST_FILE + 64 * 1024
NOTES_SHOWN = 200


@blueprint.get("/campaigns/<code>/invitations/list")
@requires(Action.MANAGE_CAMPAIGNS)
def invitation_list(code: str) -> str:
    """Ask for a list."""
    return _page(_inviting_campaign(code), InvitationListForm(), None)


@blueprint.post("/campaigns/<code>/invitations/list")
@requires(Action.MANAGE_CAMPAIGNS, upload_bytes=_LARGEST_BODY)
def read_invitation_list(code: str) -> ResponseReturnValue:
    """Check a list and, unless only that was asked or a line is at fault, store it; nobody is written to yet."""
    campaign, form = _inviting_campaign(code), InvitationListForm()
    report, is_check = None, request.form.get("do") == "check"
    if form.validate_on_submit():
        try:
            report = _imported(campaign, read_invitations(form.file.data.read()), is_check=is_check)
        except Refused as error:
            form.file.errors = [str(error)]
    if report and not report.faults and not is_check:
        flash(_("Đã nhập %(n)s người. Chưa ai nhận tin; hãy soạn tin rồi gửi.", n=report.invited), "done")
        if not report.skipped:
            return redirect(f"/campaigns/{code}/invitations", 303)
    page = _page(campaign, form, report, is_check=is_check)
    return page, 422 if form.errors or (report and report.faults) else 200


def _inviting_campaign(code: str) -> CampaignView:
    """Return the campaign; 404 if it invites nobody by message."""
    campaign = campaign_here(code)
    if population_of(campaign.channels) != {Population.INVITED}:
        abort(404)
    return campaign


def _imported(campaign: CampaignView, rows: list[InvitationRow], *, is_check: bool) -> InvitationReport:
    key = current_app.config["SETTINGS"].contact_key
    with read() as session:
        people = prepare_list(session, code=campaign.code, rows=rows, key=key)
        take = partial(store_list, code=campaign.code, people=people, key=key, now=now())
        # Checked apart, so that the audit log does not tell of a list that was refused.
        report = take(session, dry_run=True)
    if is_check or report.faults:
        return report
    return act(
        take,
        subject=f"campaign:{campaign.code}",
        unit_path=campaign.unit_path,
        details={"did": "invitations_imported", "rows": len(rows)},
    )


def _page(
    campaign: CampaignView,
    form: InvitationListForm,
    report: InvitationReport | None,
    *,
    is_check: bool = False,
) -> str:
    return render_template(
        "campaigns/invitations.html",
        campaign=campaign,
        here=f"/campaigns/{campaign.code}/invitations",
        form=form,
        report=report,
        is_check=is_check,
        most_rows=format_number(MOST_ROWS),
        megabytes=LARGEST_FILE // 1024**2,
        notes_shown=NOTES_SHOWN,
        crumbs=[*crumbs_to(campaign), (f"/campaigns/{campaign.code}/invitations", _("Lời mời"))],
    )

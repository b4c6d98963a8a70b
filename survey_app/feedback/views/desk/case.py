"""One case at /desk/cases/<code>: what it says, what happened, what can be done."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from survey_app.feedback.forms.moves import ReleaseForm
from survey_app.feedback.models import Case
from survey_app.feedback.operations.adding import release_sender
from survey_app.feedback.queries.case_pages import Sender, case_page, sender_of
from survey_app.feedback.queries.settings import settings_for
from survey_app.feedback.rules.codes import normalised, spoken
from survey_app.feedback.rules.contacts import may_release, may_see_sender
from survey_app.feedback.rules.merging import delays, may_be_primary
from survey_app.feedback.rules.similarity import similarity, similarity_label, trigrams
from survey_app.feedback.rules.states import Step
from survey_app.feedback.rules.views import state_label
from survey_app.feedback.views.desk.answered_cases import actor_here, crumbs_to, installation_here, may_here
from survey_app.feedback.views.desk.leading import blueprint as leading_doors
from survey_app.feedback.views.desk.showing import show_case, viewed_case
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.guards import act, requires, staff_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("case", __name__)
blueprint.register_blueprint(leading_doors)


@blueprint.get("/desk/cases/<code>")
@requires(Action.VIEW_CASES)
def case(code: str) -> ResponseReturnValue:
    """Show the case; a code as people write it leads to the same page."""
    stored = normalised(code)
    if stored is not None and stored != code:
        return redirect(f"/desk/cases/{stored}", 301)
    return show_case(code, all_events=request.args.get("events") == "all")


@blueprint.post("/desk/cases/<code>/contact")
@requires(Action.VIEW_CASES)
def look_up_sender(code: str) -> ResponseReturnValue:
    """Show who sent the case, to who handles it; each look is a line in the audit log."""
    with read() as session:
        shown, may_see, _may_release = _about_sender(session, code)
    if not may_see:
        abort(403)

    def look(session: Session) -> Sender | None:
        return sender_of(session, session.get_one(Case, shown.id), key=installation_here().contact_key)

    sender = act(
        look,
        subject=f"case:{shown.code}",
        unit_path=shown.unit_path,
        details={"did": "sender_viewed"},
    )
    page = Response(show_case(shown.code, sender=sender)[0], content_type="text/html; charset=utf-8")
    page.headers["Cache-Control"] = "no-store"
    return page


@blueprint.post("/desk/cases/<code>/release")
@requires(Action.HANDLE_CASES)
def release(code: str) -> ResponseReturnValue:
    """Let the unit complained about know the sender, with a reason."""
    with read() as session:
        shown, _may_see, may = _about_sender(session, code)
    if not may:
        abort(403)
    form = ReleaseForm()
    if not form.validate():
        return show_case(shown.code, release_form=form)

    def operation(session: Session) -> Any:
        return release_sender(
            session,
            case=session.get_one(Case, shown.id),
            reason=form.reason.data,
            actor=actor_here(),
            installation=installation_here(),
            now=now(),
        )

    try:
        act(
            operation,
            subject=f"case:{shown.code}",
            unit_path=shown.unit_path,
            details={"did": "sender_released"},
        )
    except Refused as error:
        flash(str(error), "bad")
    else:
        flash(_("Đơn vị bị phản ánh nay xem được người gửi."), "done")
    return redirect(f"/desk/cases/{shown.code}", 303)


def _about_sender(session: Session, code: str) -> tuple[Case, bool, bool]:
    """Return the case, and whether the person may look up its sender and may release it."""
    shown = viewed_case(session, code)
    page, staff = case_page(session, shown), staff_here()
    facts = page.facts(two_people=settings_for(session, shown.unit_path).two_people)
    asked: dict[str, Any] = {
        "grants": staff.grants,
        "account_id": staff.account_id,
        "facts": facts,
        "concern": page.concern,
    }
    return shown, may_see_sender(**asked), may_release(**asked)


@blueprint.get("/desk/cases/<code>/compare/<other>")
@requires(Action.VIEW_CASES)
def compare(code: str, other: str) -> ResponseReturnValue:
    """Show two cases side by side; the person who reads decides whether they are one matter.

    The one that is due later is to go into the other, so that nobody waits longer.
    """
    with read() as session:
        one, second = viewed_case(session, code), viewed_case(session, other)
        if delays(one.due_at, second.due_at) and may_here(session, second, Step.MERGE):
            one, second = second, one
        may_merge = may_here(session, one, Step.MERGE) and may_be_primary(second.state)
    score = similarity(trigrams(one.folded), trigrams(second.folded))
    return render_template(
        "feedback/case_compare.html",
        crumbs=crumbs_to(one),
        cases=[one, second],
        likeness=similarity_label(score),
        percent=round(100 * score),
        may_merge=may_merge,
        is_same_phone=one.phone_hash is not None and one.phone_hash == second.phone_hash,
        spoken=spoken,
        state_label=state_label,
    )

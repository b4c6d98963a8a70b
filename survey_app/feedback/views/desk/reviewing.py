"""The approver's page: what will be sent, what changed since it was sent back, and four buttons."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app.feedback.forms.answers import ReviewForm, whole_number
from survey_app.feedback.models import Answer, Case
from survey_app.feedback.operations.answers import approve, approve_and_send, return_draft, send
from survey_app.feedback.queries.answers import current_answer, last_returned
from survey_app.feedback.rules.answers import Parts, faults, filled, hints, part_label, read_parts
from survey_app.feedback.rules.codes import spoken
from survey_app.feedback.rules.differences import difference
from survey_app.feedback.rules.kinds import kind_label
from survey_app.feedback.rules.states import Step
from survey_app.feedback.views.desk.answered_cases import (
    act_on_case,
    actor_here,
    case_here,
    crumbs_to,
    installation_here,
    may_here,
)
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.queries import names_by_path
from survey_app.staff.guards import requires
from survey_app.staff.queries import names_of
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("reviewing", __name__)


@dataclass(frozen=True, slots=True)
class _Review:
    """What the page is made from."""

    case: Case
    parts: Parts
    former: Parts | None
    writer: str
    unit: str
    may: dict[str, bool]


@blueprint.get("/desk/cases/<code>/review")
@requires(Action.APPROVE_ANSWERS)
def review_answer(code: str) -> ResponseReturnValue:
    """Show the answer as the citizen will read it, with what changed since it was last sent back."""
    review = _review(code)
    form = ReviewForm()
    form.version.data = str(review.case.version)
    return _page(review, form)


@blueprint.post("/desk/cases/<code>/review")
@requires(Action.APPROVE_ANSWERS)
def decide_on_answer(code: str) -> ResponseReturnValue:
    """Approve, send, do both at once, or send back."""
    review, form = _review(code), ReviewForm()
    did = request.form.get("do", "")
    if did not in _DECISIONS:
        abort(400)
    if form.validate():
        try:
            act_on_case(review.case, f"answer_{did}", _decision(did, form))
        except Refused as error:
            form.refuse(error)
    if form.errors or form.form_errors:
        return _page(review, form)
    flash(_done(did), "done")
    return redirect(f"/desk/cases/{review.case.code}", 303)


_DECISIONS: dict[str, Callable[..., Answer]] = {
    "approve": approve,
    "send": send,
    "approve_and_send": approve_and_send,
    "return": return_draft,
}


def _decision(did: str, form: ReviewForm) -> Callable[[Session, Case], Answer]:
    def operation(session: Session, case: Case) -> Answer:
        words: dict[str, Any] = {
            "case": case,
            "version": whole_number(form.version.data),
            "actor": actor_here(),
            "installation": installation_here(),
            "now": now(),
        }
        if did == "return":
            words["note"] = form.note.data or ""
        return _DECISIONS[did](session, **words)

    return operation


def _done(did: str) -> str:
    return {
        "approve": _("Đã duyệt. Bản trả lời chưa gửi."),
        "send": _("Đã gửi. Người gửi đọc được ngay tại trang theo dõi."),
        "approve_and_send": _("Đã duyệt và gửi. Người gửi đọc được ngay tại trang theo dõi."),
        "return": _("Đã trả lại cho người soạn."),
    }[did]


def _review(code: str) -> _Review:
    with read() as session:
        case = case_here(session, code)
        answer = current_answer(session, case)
        if answer is None:
            abort(404)
        former = last_returned(session, answer)
        steps = {"approve": Step.APPROVE, "send": Step.SEND, "return": Step.RETURN}
        return _Review(
            case,
            read_parts(answer.parts),
            read_parts(former.parts) if former else None,
            names_of(session, [answer.drafted_by]).get(answer.drafted_by, "") if answer.drafted_by else "",
            names_by_path(session, [case.unit_path])[case.unit_path],
            {name: may_here(session, case, step) for name, step in steps.items()},
        )


def _page(review: _Review, form: ReviewForm) -> ResponseReturnValue:
    former = review.former or {}
    page = render_template(
        "feedback/review.html",
        crumbs=crumbs_to(review.case),
        case=review.case,
        code=spoken(review.case.code),
        kind=kind_label(review.case.kind),
        unit=review.unit,
        writer=review.writer,
        form=form,
        may=review.may,
        parts=filled(review.parts),
        changes={part: difference(former.get(part, ""), text) for part, text in review.parts.items()}
        if review.former
        else {},
        faults=faults(review.parts, review.case.kind),
        hints=hints(review.parts),
        label_of=part_label,
    )
    return page, 422 if form.errors or form.form_errors else 200

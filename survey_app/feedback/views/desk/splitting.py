"""Splitting a petition with several issues: the original on one side, the parts on the other."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app.feedback.forms.splitting import SHOWN_FIRST, SplitForm
from survey_app.feedback.models import Case
from survey_app.feedback.operations.moves import CaseChangedMeanwhile
from survey_app.feedback.operations.splitting import PartDraft, split
from survey_app.feedback.queries.addressees import addressees_meant
from survey_app.feedback.rules.codes import spoken
from survey_app.feedback.rules.kinds import GrievanceKind
from survey_app.feedback.rules.states import State, Step
from survey_app.feedback.views.desk.answered_cases import (
    act_on_case,
    actor_here,
    case_here,
    crumbs_to,
    installation_here,
    may_here,
    require_step,
)
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.queries import names_by_path
from survey_app.staff.guards import requires
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("splitting", __name__)


@blueprint.get("/desk/cases/<code>/split")
@requires(Action.HANDLE_CASES)
def prepare_split(code: str) -> ResponseReturnValue:
    """Show the original and empty parts."""
    with read() as session:
        case = case_here(session, code)
        require_step(session, case, Step.SPLIT)
        unit = names_by_path(session, [case.unit_path])[case.unit_path].split(", ")[0]
        is_possible = may_here(session, case, Step.SPLIT)
    form = SplitForm()
    form.prefill(version=case.version, kind=case.kind, unit=f"{unit} ({case.unit_path.rsplit('/', 1)[-1]})")
    return _page(case, form, is_possible=is_possible)


def _page(case: Case, form: SplitForm, *, is_possible: bool = True, status: int = 200) -> ResponseReturnValue:
    page = render_template(
        "feedback/case_split.html",
        crumbs=crumbs_to(case),
        case=case,
        code=spoken(case.code),
        form=form,
        shown_first=SHOWN_FIRST,
        is_possible=is_possible,
    )
    return page, status


@blueprint.post("/desk/cases/<code>/split")
@requires(Action.HANDLE_CASES)
def split_case(code: str) -> ResponseReturnValue:
    """Make the parts; sent twice, the second finds it done."""
    form = SplitForm()
    with read() as session:
        case = case_here(session, code, also_diverted=True)
        require_step(session, case, Step.SPLIT)
        is_valid = form.validate()
        drafts = form.drafts(lambda typed: addressees_meant(session, typed))
    if case.state in (State.SPLIT, State.DIVERTED):
        return redirect(_behind(case), 303)
    if not is_valid or form.has_unclear_unit:
        return _page(case, form, status=422)
    try:
        made = act_on_case(case, "case_split", lambda session, held: _split(session, held, form, drafts))
    except CaseChangedMeanwhile as error:
        form.refuse(error)
        form.version.data = str(error.version)
        return _page(case, form, status=409)
    except Refused as error:
        form.refuse(error)
        return _page(case, form, status=422)
    flash(_("Đã tách thành %(n)s phần, mỗi phần một mã.", n=len(made)), "done")
    return redirect("/desk" if form.diverted_as.data else _behind(case), 303)


def _behind(case: Case) -> str:
    return "/desk" if case.state is State.DIVERTED else f"/desk/cases/{case.code}"


def _split(session: Session, case: Case, form: SplitForm, drafts: list[PartDraft]) -> Any:
    diverted = form.diverted_as.data
    return split(
        session,
        case=case,
        parts=drafts,
        reason=form.reason.data,
        diverted_as=GrievanceKind(diverted) if diverted else None,
        version=form.base_version,
        actor=actor_here(),
        installation=installation_here(),
        now=now(),
    )

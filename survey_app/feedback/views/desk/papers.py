"""Phiếu chuyển and other papers of a case, as PDF and as DOCX; with the sender only for who may see him, and noted."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, abort, request, send_file
from sqlalchemy.orm import Session

from survey_app.feedback.documents.letters import letter_docx, letter_pdf
from survey_app.feedback.models import Case
from survey_app.feedback.queries.case_pages import Sender, case_page, sender_of
from survey_app.feedback.queries.papers import paper_facts
from survey_app.feedback.queries.settings import settings_for
from survey_app.feedback.rules.contacts import may_see_sender
from survey_app.feedback.rules.papers import Letter, Paper, letter_of
from survey_app.feedback.views.desk.answered_cases import act_on_case, installation_here
from survey_app.feedback.views.desk.showing import viewed_case
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import read
from survey_app.foundation.languages import use_language
from survey_app.staff.guards import requires, staff_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("papers", __name__)
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MAKERS = {"pdf": (letter_pdf, "application/pdf"), "docx": (letter_docx, _DOCX)}


@blueprint.get("/desk/cases/<code>/<any('phieu-chuyen','phieu-tiep-nhan','thong-bao-tu-choi'):name>.<ending>")
@requires(Action.VIEW_CASES)
def print_paper(code: str, name: str, ending: str) -> Response:
    """Give one paper of a case: `?identity=1` names the sender, `?content=1` adds the whole text as an annex."""
    make, media_type = _MAKERS.get(ending) or abort(404)
    with_annex, with_sender = (request.args.get(word) == "1" for word in ("content", "identity"))
    with read() as session:
        case = viewed_case(session, code)
        if with_sender and not _may_name_sender(session, case):
            abort(403)
        # An official paper is Vietnamese, also for who reads the desk in English.
        with use_language("vi"):
            letter = None if with_sender else _letter(session, case, Paper(name), with_annex, None)
    if letter is None:
        letter = _letter_with_sender(case, Paper(name), with_annex)
    answer = send_file(
        BytesIO(make(letter, day=local_date(now()))),
        mimetype=media_type,
        as_attachment=True,
        download_name=f"{name}-{case.code}.{ending}",
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _may_name_sender(session: Session, case: Case) -> bool:
    staff, page = staff_here(), case_page(session, case)
    facts = page.facts(two_people=settings_for(session, case.unit_path).two_people)
    return may_see_sender(grants=staff.grants, account_id=staff.account_id, facts=facts, concern=page.concern)


def _letter_with_sender(case: Case, paper: Paper, with_annex: bool) -> Letter:
    """Return the paper with the sender's name, and note who took it."""

    def make(session: Session, found: Case) -> Letter:
        sender = sender_of(session, found, key=installation_here().contact_key)
        with use_language("vi"):
            return _letter(session, found, paper, with_annex, sender)

    return act_on_case(case, f"sender_printed_{paper}", make)


def _letter(session: Session, case: Case, paper: Paper, with_annex: bool, sender: Sender | None) -> Letter:
    installation = installation_here()
    facts = paper_facts(
        session, case, key=installation.contact_key, public_url=installation.public_url, sender=sender
    )
    return letter_of(paper, facts, with_annex=with_annex)

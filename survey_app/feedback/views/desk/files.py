"""Hands files to officers: of a case to who may see it, of a grievance to who handles those; each is noted."""

from __future__ import annotations

from flask import Blueprint, Response, abort
from sqlalchemy.orm import Session

from survey_app.feedback.operations.grievance_steps import note_file_read
from survey_app.feedback.queries.attachments import FileContent, StoredFile, content_of, find_file
from survey_app.feedback.queries.grievances import find_grievance
from survey_app.feedback.rules.actors import staff_member
from survey_app.feedback.rules.codes import normalised
from survey_app.feedback.views.public.files import download
from survey_app.feedback.views.public.services import services
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.staff.guards import act, require_unit, requires, staff_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("desk_files", __name__)


@blueprint.get("/desk/files/<token>")
@requires(Action.VIEW_CASES)
def of_case(token: str) -> Response:
    """Hand out a file of a case, to the unit that has it or that took it in."""
    file = _found(token)
    if not file.case_code:
        abort(404)
    path = next((path for path in file.paths if staff_here().may(Action.VIEW_CASES, path)), file.paths[0])
    require_unit(path)
    return _given(file, path, f"case:{file.case_code}")


@blueprint.post("/desk/grievances/<code>/files/<token>")
@requires(Action.HANDLE_GRIEVANCES)
def of_grievance(code: str, token: str) -> Response:
    """Hand out a file of a khiếu nại or tố cáo; it counts as a reading."""
    file = _found(token)
    if not file.grievance_code or file.grievance_code != normalised(code):
        abort(404)
    require_unit(file.paths[0])
    return _given(file, file.paths[0], f"grievance:{file.grievance_code}")


def _found(token: str) -> StoredFile:
    with read() as session:
        file = find_file(session, token)
    if file is None:
        abort(404)
    return file


def _given(file: StoredFile, path: str, subject: str) -> Response:
    def operation(session: Session) -> FileContent:
        if file.grievance_code:
            grievance = find_grievance(session, file.grievance_code)
            assert grievance is not None, "the file belongs to it"
            actor = staff_member(staff_here().account_id)
            note_file_read(session, grievance=grievance, file_id=file.attachment_id, actor=actor, now=now())
        return content_of(session, file, key=services().installation.contact_key)

    content = act(operation, subject=subject, unit_path=path, details={"did": "file_read"})
    return download(content)

"""The whole draft as a file: for those who would rather write than click."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request

from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.documents.yaml_file import write_yaml
from survey_app.questionnaires.forms import YamlForm
from survey_app.questionnaires.gateway import Problem, SourceFile, UnableToRead, parse
from survey_app.questionnaires.operations import EditedMeanwhile, replace_document
from survey_app.questionnaires.queries import DraftView
from survey_app.questionnaires.schemas import problems_of
from survey_app.questionnaires.schemas.drafts import has_sound_shape
from survey_app.questionnaires.views.loading import draft_here
from survey_app.staff.guards import act, requires, staff_here
from survey_app.staff.queries import names_of
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("whole_file", __name__)


@blueprint.route("/questionnaires/drafts/<int:draft_id>/yaml", methods=["GET", "POST"])
@requires(Action.EDIT_QUESTIONNAIRES)
def edit_file(draft_id: int) -> Any:
    """Show the draft as a file; take it back if its shape is sound and nobody else has changed the draft."""
    draft, form = draft_here(draft_id), YamlForm()
    problems: list[Problem] = []
    if form.validate_on_submit():
        source, problems = _read(form.text.data)
        if source is not None:
            try:
                _store(draft, source.document, form.revision.data)
            except EditedMeanwhile as conflict:
                return _conflict(draft, form, conflict)
            except Refused as error:
                form.refuse(error)
            else:
                return _saved(draft, problems)
    elif request.method == "GET":
        form.text.data, form.revision.data = write_yaml(draft.document), draft.revision
    page = render_template(
        "questionnaires/yaml.html", draft=draft, form=form, problems=problems, crumbs=_crumbs(draft)
    )
    return page, 422 if form.errors or problems else 200


def _crumbs(draft: DraftView) -> list[tuple[str, str]]:
    return [("/questionnaires", _("Phiếu khảo sát")), (f"/questionnaires/drafts/{draft.id}", draft.title)]


def _read(text: str) -> tuple[SourceFile | None, list[Problem]]:
    """Return (file, problems); no file if its shape is not sound."""
    try:
        source = parse(text.replace("\r\n", "\n").encode(), _("dòng"))
    except UnableToRead as error:
        return None, [error.problem]
    problems = problems_of(source)
    return (source if has_sound_shape(source.document) else None), problems


def _store(draft: DraftView, document: dict[str, Any], revision: str) -> None:
    at, account = now(), staff_here().account_id
    seen = int(revision) if revision.isascii() and revision.isdigit() else 0
    act(
        lambda session: replace_document(
            session, draft_id=draft.id, document=document, revision=seen, account_id=account, now=at
        ),
        subject=f"questionnaire-draft:{draft.id}",
        unit_path=draft.unit_path,
        details={"part": "yaml"},
    )


def _saved(draft: DraftView, problems: list[Problem]) -> Any:
    if problems:
        flash(_("Đã lưu. Còn %(count)s chỗ phải sửa trước khi công bố.", count=len(problems)), "warn")
    else:
        flash(_("Đã lưu nội dung tệp."), "done")
    return redirect(f"/questionnaires/drafts/{draft.id}", 303)


def _conflict(draft: DraftView, form: YamlForm, conflict: EditedMeanwhile) -> Any:
    with read() as session:
        by = names_of(session, [conflict.by]).get(conflict.by, "")
    page = render_template(
        "questionnaires/yaml_conflict.html",
        draft=draft,
        by=by,
        theirs=write_yaml(conflict.theirs),
        mine=form.text.data,
        revision=conflict.revision,
        crumbs=_crumbs(draft),
    )
    return page, 409

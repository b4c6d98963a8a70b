"""The editor: one form a part, new questions, and two people on the same part."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response
from wtforms import BooleanField, Field, SelectField, SelectMultipleField

from survey_app.foundation.clock import VIETNAM, now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.forms import PartForm, new_question_form, part_form
from survey_app.questionnaires.operations import EditedMeanwhile, save_part
from survey_app.questionnaires.queries import DraftView
from survey_app.questionnaires.rules import QuestionType
from survey_app.questionnaires.rules.drafting import (
    NoSuchPart,
    digest,
    free_id,
    new_question,
    part_of,
    question_place,
    section_place,
    used_ids,
    with_part,
    with_question,
)
from survey_app.questionnaires.rules.outline import part_words, type_words
from survey_app.questionnaires.schemas.drafts import draft_problems, shape_words
from survey_app.questionnaires.views.drafts import change_here, problems_by_part
from survey_app.questionnaires.views.loading import advice_on, by_part, draft_here
from survey_app.staff.guards import act, requires, staff_here
from survey_app.staff.queries import names_of
from survey_app.staff.rules.permissions import Action
from survey_app.web.problems import wants_json

blueprint = Blueprint("editing", __name__)


@blueprint.route("/questionnaires/drafts/<int:draft_id>/parts/<part>", methods=["GET", "POST"])
@requires(Action.EDIT_QUESTIONNAIRES)
def edit_part(draft_id: int, part: str) -> Any:
    """Show the form of one part of a draft; save it unless somebody changed that part meanwhile."""
    draft = draft_here(draft_id)
    try:
        present = part_of(draft.document, part)
    except NoSuchPart:
        return _part_is_gone(draft, part)
    form = part_form(draft.document, part, present, list(request.form))
    if form.validate_on_submit():
        return _save(draft, part, form, present)
    if wants_json() and form.errors:
        return jsonify(errors=_error_lines(form)), 422
    return _form_page(draft, part, form), 422 if form.errors else 200


def _save(draft: DraftView, part: str, form: PartForm, present: Any) -> Any:
    content = form.content(present)
    for message in shape_words(with_part(draft.document, part, content)):
        form.refuse(message)
    if not form.errors:
        try:
            _store(draft, part, content, form.seen.data)
        except EditedMeanwhile as conflict:
            return _conflict(draft, part, form, conflict)
        except Refused as error:
            form.refuse(error)
    if wants_json():
        return _json_answer(draft.id, part, content, form)
    if form.errors:
        return _form_page(draft, part, form), 422
    flash(_("Đã lưu: %(part)s.", part=part_words(part)), "done")
    return redirect(_address_of(draft.id, part), 303)


def _address_of(draft_id: int, part: str) -> str:
    kind, _colon, key = part.partition(":")
    page = f"?at={key}" if kind == "question" else ""
    return f"/questionnaires/drafts/{draft_id}{page}#{part}"


def _store(draft: DraftView, part: str, content: Any, seen: str) -> None:
    at, account = now(), staff_here().account_id
    act(
        lambda session: save_part(
            session, draft_id=draft.id, part=part, content=content, seen=seen, account_id=account, now=at
        ),
        subject=f"questionnaire-draft:{draft.id}",
        unit_path=draft.unit_path,
        details={"part": part},
    )


def _json_answer(draft_id: int, part: str, content: Any, form: PartForm) -> Any:
    """Answer the script that saves while one types: what to send next time, and the advice on what stands now."""
    if form.errors:
        return jsonify(errors=_error_lines(form)), 422
    draft = draft_here(draft_id)
    advice, problems = _remarks(draft, part)
    return jsonify(
        seen=digest(content),
        saved=_("Đã lưu lúc %(time)s.", time=f"{now().astimezone(VIETNAM):%H:%M:%S}"),
        remarks=[f"{one.message}. {one.remedy}." for one in (*problems, *advice)],
    )


def _error_lines(form: PartForm) -> list[str]:
    lines = [str(message) for message in form.form_errors]
    return lines + [f"{one.label.text}: {one.errors[0]}" for one in form if one.errors]


def _remarks(draft: DraftView, part: str) -> tuple[list[Any], list[Any]]:
    advice = by_part(draft.document, advice_on(draft.text)).get(part, [])
    return advice, problems_by_part(draft_problems(draft.text)).get(part, [])


def _form_page(draft: DraftView, part: str, form: PartForm) -> str:
    advice, problems = _remarks(draft, part)
    kind, _colon, key = part.partition(":")
    return render_template(
        f"questionnaires/{'recipe' if part == 'recipe' else 'part'}.html",
        draft=draft,
        part=part,
        kind=kind,
        key=key,
        name=part_words(part),
        question=part_of(draft.document, part) if kind == "question" else None,
        anchor=_anchor(draft, kind, key),
        form=form,
        advice=advice,
        problems=problems,
        type_words=type_words,
        crumbs=_crumbs(draft),
    )


def _anchor(draft: DraftView, kind: str, key: str) -> str:
    """Return where the preview should open: at the section being edited."""
    if kind == "question":
        at, _position = question_place(draft.document, key)
        return f"#s-{draft.document['sections'][at]['id']}"
    return f"#s-{key}" if kind == "section" else ""


def _crumbs(draft: DraftView) -> list[tuple[str, str]]:
    return [("/questionnaires", _("Phiếu khảo sát")), (f"/questionnaires/drafts/{draft.id}", draft.title)]


def _conflict(draft: DraftView, part: str, mine: PartForm, conflict: EditedMeanwhile) -> Any:
    """Show both wordings of a part that two people changed; nothing is stored and nothing is lost."""
    if wants_json():
        return jsonify(conflict=_("Người khác vừa sửa mục này. Xin bấm Lưu để so hai bản.")), 409
    if conflict.theirs is None and part != "recipe":
        return _part_is_gone(draft, part)
    theirs = part_form(draft_here(draft.id).document, part, conflict.theirs, [], formdata=None)
    page = render_template(
        "questionnaires/conflict.html",
        draft=draft,
        name=part_words(part),
        by=_name_of(conflict.by),
        rows=_both(theirs, mine),
        kept=_kept(),
        seen=digest(conflict.theirs),
        crumbs=_crumbs(draft),
    )
    return page, 409


def _name_of(account_id: int) -> str:
    with read() as session:
        return names_of(session, [account_id]).get(account_id, "")


def _kept() -> list[tuple[str, str]]:
    never = ("csrf_token", "seen")
    return [(name, value) for name, value in request.form.items(multi=True) if name not in never]


def _both(theirs: PartForm, mine: PartForm) -> list[tuple[str, str, str]]:
    """(label, their value, my value) of the fields that differ."""
    labels = {field.name: field.label.text for form in (mine, theirs) for field in form}
    rows = [
        (label, _value(theirs, name), _value(mine, name))
        for name, label in labels.items()
        if name not in ("csrf_token", "seen")
    ]
    return [row for row in rows if row[1] != row[2]]


def _value(form: PartForm, name: str) -> str:
    if name not in form:
        return ""
    field: Field = form[name]
    if isinstance(field, BooleanField):
        return _("Có") if field.data else _("Không")
    if isinstance(field, SelectField | SelectMultipleField):
        chosen = field.data if isinstance(field, SelectMultipleField) else [field.data]
        return ", ".join(str(one.label) for one in field.choices if one.value in (chosen or ()))
    return "" if field.data is None else str(field.data)


def _part_is_gone(draft: DraftView, part: str) -> Any:
    """Give back what was typed for a part that somebody removed."""
    if request.method == "GET":
        abort(404)
    page = render_template(
        "questionnaires/gone.html",
        draft=draft,
        name=part_words(part),
        by=_name_of(draft.updated_by),
        kept=[pair for pair in _kept() if pair[1]],
        crumbs=_crumbs(draft),
    )
    return page, 409


class IdTaken(Refused):
    """Another question has this id."""


@blueprint.route("/questionnaires/drafts/<int:draft_id>/questions/new", methods=["GET", "POST"])
@requires(Action.EDIT_QUESTIONNAIRES)
def add_question(draft_id: int) -> Any:
    """Add a question of type `type` to the section `section`, behind the question `after` if one is named."""
    draft = draft_here(draft_id)
    section, after = request.args.get("section", ""), request.args.get("after") or None
    kind = request.args.get("type", "")
    if not _has_place(draft, section, after):
        abort(404)
    if kind not in tuple(QuestionType):
        return _choose_type(draft, section, after)
    question = new_question(QuestionType(kind), free_id(draft.document, "q"), draft.document)
    form = new_question_form(draft.document, question, list(request.form))
    if form.validate_on_submit():
        made = form.content(question)
        for message in shape_words(with_question(draft.document, made, section=section, after=after)):
            form.refuse(message)
        if not form.errors and (answer := _add(draft, form, made, section, after)):
            return answer
    page = render_template(
        "questionnaires/new_question.html",
        draft=draft,
        form=form,
        kind=type_words(kind),
        crumbs=_crumbs(draft),
    )
    return page, 422 if form.errors else 200


def _has_place(draft: DraftView, section: str, after: str | None) -> bool:
    try:
        section_place(draft.document, section)
        if after is not None:
            question_place(draft.document, after)
    except NoSuchPart:
        return False
    return True


def _choose_type(draft: DraftView, section: str, after: str | None) -> str:
    kinds = [(str(kind), type_words(kind)) for kind in QuestionType]
    return render_template(
        "questionnaires/choose_type.html",
        draft=draft,
        kinds=kinds,
        section=section,
        after=after or "",
        crumbs=_crumbs(draft),
    )


def _add(
    draft: DraftView, form: PartForm, question: dict[str, Any], section: str, after: str | None
) -> Response | None:
    id = question["id"]  # noqa: A001  (ids are called id throughout)

    def edit(document: dict[str, Any]) -> dict[str, Any]:
        if id in used_ids(document):
            raise IdTaken(_("Mã “%(id)s” đã có. Xin đặt mã khác.", id=id))
        return with_question(document, question, section=section, after=after)

    try:
        change_here(draft, f"added:{id}", edit)
    except (Refused, EditedMeanwhile) as error:
        gone = _("Chỗ thêm câu hỏi vừa bị người khác xóa. Xin mở lại bản nháp.")
        form.refuse(gone if isinstance(error, EditedMeanwhile) else error)
        return None
    flash(_("Đã thêm câu %(id)s.", id=id), "done")
    return redirect(_address_of(draft.id, f"question:{id}"), 303)

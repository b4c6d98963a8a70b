"""The first page of the room, and new drafts from what there is."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import current_language
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paging import page_number
from survey_app.questionnaires.forms import NewDraftForm
from survey_app.questionnaires.models import QuestionnaireDraft, QuestionnaireVersion
from survey_app.questionnaires.operations import publish, start_draft
from survey_app.questionnaires.queries import (
    document_of,
    drafts_inside,
    free_instrument,
    instruments,
    listed,
    version_row,
)
from survey_app.questionnaires.rules.outline import in_language
from survey_app.questionnaires.rules.xlsforms.names import instrument_of
from survey_app.questionnaires.views.loading import may, templates
from survey_app.staff.guards import act, requires, scopes_here, staff_here
from survey_app.staff.queries import names_of
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("listing", __name__)
SIZE = 50


@blueprint.get("/questionnaires")
@requires(Action.VIEW_QUESTIONNAIRES)
def show_list() -> str:
    """Show published instruments, the drafts of the person's units, and what ships but is not in use yet."""
    with read() as session:
        published = instruments(session, number=page_number(request.args.get("page")), size=SIZE)
        number = page_number(request.args.get("drafts"))
        drafts = drafts_inside(session, scopes_here(), number=number, size=SIZE)
        names = names_of(session, [draft.updated_by for draft in drafts.items])
        known = {f"{one.instrument}@{one.version}" for one in listed(session)}
    return render_template(
        "questionnaires/list.html",
        published=published,
        drafts=drafts,
        names=names,
        templates={name: one for name, one in templates().items() if name not in known},
        may=may,
        may_edit=staff_here().may_somewhere(Action.EDIT_QUESTIONNAIRES),
        may_publish=staff_here().may_somewhere(Action.PUBLISH_QUESTIONNAIRES),
        say=lambda wording: in_language(wording, current_language()),
    )


@blueprint.post("/questionnaires/templates")
@requires(Action.PUBLISH_QUESTIONNAIRES)
def publish_template() -> Response:
    """Put a questionnaire that ships with the product into use, word for word."""
    document = templates().get(request.form.get("name", "")) or abort(404)
    at, unit_path = now(), scopes_here()[0]
    row: QuestionnaireVersion = act(
        lambda session: publish(session, document=document, now=at, unit_path=unit_path),
        subject=lambda row: f"questionnaire:{row.instrument}@{row.version}",
        unit_path=unit_path,
    )
    flash(_("Phiếu %(name)s đã sẵn sàng cho đợt khảo sát.", name=f"{row.instrument}@{row.version}"), "done")
    return redirect(f"/questionnaires/{row.instrument}/{row.version}", 303)


@blueprint.route("/questionnaires/new", methods=["GET", "POST"])
@requires(Action.EDIT_QUESTIONNAIRES)
def new_draft() -> Any:
    """Begin a draft of an own instrument as a copy of a version."""
    sources = _sources()
    choices = [
        (name, f"{in_language(title, current_language())} ({name})") for name, (title, _id) in sources.items()
    ]
    form = NewDraftForm(scopes_here(), choices)
    if request.method == "GET" and request.args.get("from") in sources:
        form.template.data = request.args["from"]
    if form.validate_on_submit():
        if not form.instrument.data:
            with read() as session:
                form.instrument.data = free_instrument(session, instrument_of(form.title.data))
        try:
            draft = _copy(form, sources[form.template.data][1])
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã tạo bản nháp. Chưa ai trả lời được cho đến khi công bố."), "done")
            return redirect(f"/questionnaires/drafts/{draft.id}", 303)
    page = render_template(
        "questionnaires/new.html", form=form, crumbs=[("/questionnaires", _("Phiếu khảo sát"))]
    )
    return page, 422 if form.errors else 200


def _sources() -> dict[str, tuple[dict[str, str], int | None]]:
    """Name -> (title, id of the version) of everything that can be copied; None for what only ships."""
    found: dict[str, tuple[dict[str, str], int | None]] = {
        name: (document["title"], None) for name, document in templates().items()
    }
    with read() as session:
        for one in instruments(session, number=1, size=500).items:
            found[f"{one.newest.instrument}@{one.newest.version}"] = (dict(one.title), one.newest.id)
    return found


def _copy(form: NewDraftForm, version_id: int | None) -> QuestionnaireDraft:
    if version_id is None:
        source = templates()[form.template.data]
    else:
        with read() as session:
            source = document_of(session, version_id)
    title = source["title"] | {"vi": form.title.data}
    document = source | {"instrument": form.instrument.data, "title": title}
    same = source["instrument"] == form.instrument.data
    return begin_draft(document, form.unit.data, based_on=version_id if same else None)


def begin_draft(
    document: dict[str, Any], unit_path: str, *, based_on: int | None = None, losses: str | None = None
) -> QuestionnaireDraft:
    """Store a draft of the person who asks, with its line in the audit log. Raises Refused."""
    at, account, scopes = now(), staff_here().account_id, scopes_here()

    def start(session: Session) -> QuestionnaireDraft:
        return start_draft(
            session,
            document=document,
            unit_path=unit_path,
            scopes=scopes,
            account_id=account,
            now=at,
            based_on=based_on,
            losses=losses,
        )

    return act(start, subject=lambda draft: f"questionnaire-draft:{draft.id}", unit_path=unit_path)


@blueprint.post("/questionnaires/<instrument>/<int:version>/drafts")
@requires(Action.EDIT_QUESTIONNAIRES)
def new_version(instrument: str, version: int) -> Response:
    """Begin the next version of an instrument as a copy of one of its versions."""
    with read() as session:
        row = version_row(session, instrument, version) or abort(404)
        document = document_of(session, row.id)
    unit_path = row.unit_path if may(Action.EDIT_QUESTIONNAIRES, row.unit_path) else scopes_here()[0]
    try:
        draft = begin_draft(document, unit_path, based_on=row.id)
    except Refused:
        flash(
            _("Phiếu này do đơn vị khác quản lý. Ông/bà có thể chép thành phiếu riêng của đơn vị mình."),
            "warn",
        )
        return redirect(f"/questionnaires/new?from={instrument}@{version}", 303)
    flash(_("Đã tạo bản nháp của phiên bản mới. Phiên bản cũ vẫn dùng như trước."), "done")
    return redirect(f"/questionnaires/drafts/{draft.id}", 303)

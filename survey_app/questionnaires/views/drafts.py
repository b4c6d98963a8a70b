"""One draft: everything it asks, with the linter's advice, a preview, and the steps that rearrange it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.forms import ConfirmForm
from survey_app.questionnaires.operations import (
    EditedMeanwhile,
    change_draft,
    discard_draft,
    restore_revision,
)
from survey_app.questionnaires.queries import DraftView, earlier_revisions
from survey_app.questionnaires.rules.drafting import free_id, with_section
from survey_app.questionnaires.rules.outline import part_words, type_words
from survey_app.questionnaires.rules.rearranging import (
    moved_question,
    moved_section,
    without_question,
    without_section,
)
from survey_app.questionnaires.schemas.drafts import DraftProblem, draft_problems, has_sound_shape
from survey_app.questionnaires.views.loading import (
    advice_on,
    by_part,
    chosen_language,
    draft_here,
    may,
    outline_page,
)
from survey_app.questionnaires.views.versions import as_file
from survey_app.questionnaires.views.words import recipe_words
from survey_app.staff.guards import act, requires, staff_here
from survey_app.staff.queries import names_of
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("drafts", __name__)
EXCERPT = 400


@blueprint.get("/questionnaires/drafts/<int:draft_id>")
@requires(Action.VIEW_QUESTIONNAIRES)
def show_draft(draft_id: int) -> str:
    """Show a draft with a preview beside it and what the linter and the checker say."""
    draft = draft_here(draft_id)
    language = chosen_language(draft.document)
    with read() as session:
        earlier = earlier_revisions(session, draft_id)
        names = names_of(session, [draft.updated_by, *(one.saved_by for one in earlier)])
    advice = advice_on(draft.text)
    problems = draft_problems(draft.text)
    return render_template(
        "questionnaires/draft.html",
        draft=draft,
        language=language,
        page=outline_page(draft.document, language, limit=EXCERPT),
        advice=by_part(draft.document, advice),
        advice_count=len(advice),
        problems=problems_by_part(problems),
        problem_count=len(problems),
        earlier=earlier,
        names=names,
        part_words=part_words,
        type_words=type_words,
        recipe=recipe_words(draft.document.get("recipe"), language),
        may_edit=may(Action.EDIT_QUESTIONNAIRES, draft.unit_path),
        may_publish=may(Action.PUBLISH_QUESTIONNAIRES, draft.unit_path),
        crumbs=[("/questionnaires", _("Phiếu khảo sát"))],
    )


def problems_by_part(problems: Sequence[DraftProblem]) -> dict[str, list[DraftProblem]]:
    """Return problems under the part in which each is mended."""
    found: dict[str, list[DraftProblem]] = defaultdict(list)
    for one in problems:
        found[one.part].append(one)
    return found


class UnableToRearrange(Refused):
    """The step would leave nothing that can be shown."""


@blueprint.post("/questionnaires/drafts/<int:draft_id>/steps")
@requires(Action.EDIT_QUESTIONNAIRES)
def rearrange(draft_id: int) -> Response:
    """Move or remove a question or section, or add a section: `step` is such as `up question:O1`."""
    draft = draft_here(draft_id)
    verb, _space, part = request.form.get("step", "").partition(" ")
    change, edit = _step(verb, *part.partition(":")[::2])
    try:
        change_here(draft, change, edit)
    except Refused as error:
        flash(str(error), "bad")
    except EditedMeanwhile:
        flash(_("Mục này vừa bị người khác xóa. Trang đã cập nhật."), "warn")
    else:
        if verb == "remove":
            flash(
                _("Đã xóa, cùng tiêu chí và điều kiện hỏi dựa trên mục này. Bấm “Hoàn tác” để lấy lại."),
                "done",
            )
    at = request.form.get("at", "")
    anchor = part if verb in ("up", "down") else ""
    return redirect(f"/questionnaires/drafts/{draft_id}{_shown(at, anchor)}", 303)


def _shown(page: str, part: str) -> str:
    query = f"?page={page}" if page.isascii() and page.isdigit() else ""
    kind, _colon, key = part.partition(":")
    if kind == "question":
        query = f"?at={key}"
    return query + (f"#{part}" if part else "")


Edit = Callable[[dict[str, Any]], dict[str, Any]]


def _step(verb: str, kind: str, key: str) -> tuple[str, Edit]:
    steps: dict[tuple[str, str], tuple[str, Edit]] = {
        ("up", "question"): (f"moved:{key}", lambda document: moved_question(document, key, up=True)),
        ("down", "question"): (f"moved:{key}", lambda document: moved_question(document, key, up=False)),
        ("remove", "question"): (f"removed:{key}", lambda document: without_question(document, key)),
        ("up", "section"): (f"moved-section:{key}", lambda document: moved_section(document, key, up=True)),
        ("down", "section"): (
            f"moved-section:{key}",
            lambda document: moved_section(document, key, up=False),
        ),
        ("remove", "section"): (f"removed-section:{key}", lambda document: without_section(document, key)),
        ("add", "section"): ("section:", _with_new_section),
    }
    return steps.get((verb, kind)) or abort(400)


def _with_new_section(document: dict[str, Any]) -> dict[str, Any]:
    words = {"vi": "Phần mới", "en": "New part"}
    asked = {"vi": "Câu hỏi mới", "en": "New question"}
    spoken = [language for language in document["languages"] if language in words]
    question = {
        "id": free_id(document, "q"),
        "type": "long_text",
        "text": {one: asked[one] for one in spoken},
    }
    section = {
        "id": free_id(document, "part"),
        "title": {one: words[one] for one in spoken},
        "questions": [question],
    }
    return with_section(document, section)


def change_here(draft: DraftView, change: str, edit: Edit) -> None:
    """Change a draft for the person who asks, with its line in the audit log.

    Raises
    ------
    Refused
        Nothing would be left to show, or the draft would be too large.
    EditedMeanwhile
    """
    at, account = now(), staff_here().account_id

    def checked(document: dict[str, Any]) -> dict[str, Any]:
        changed = edit(document)
        if not has_sound_shape(changed):
            raise UnableToRearrange(
                _("Không làm được: phiếu phải còn ít nhất một phần, mỗi phần ít nhất một câu hỏi.")
            )
        return changed

    act(
        lambda session: change_draft(
            session, draft_id=draft.id, change=change, edit=checked, account_id=account, now=at
        ),
        subject=f"questionnaire-draft:{draft.id}",
        unit_path=draft.unit_path,
        details={"change": change},
    )


@blueprint.post("/questionnaires/drafts/<int:draft_id>/undo")
@requires(Action.EDIT_QUESTIONNAIRES)
def undo(draft_id: int) -> Response:
    """Bring back the draft as it was at `revision`, if nobody has gone on from `over`."""
    draft = draft_here(draft_id)
    revision, over = (request.form.get(name, type=int) for name in ("revision", "over"))
    if revision is None or over is None:
        abort(400)
    at, account = now(), staff_here().account_id
    try:
        act(
            lambda session: restore_revision(
                session, draft_id=draft_id, revision=revision, over=over, account_id=account, now=at
            ),
            subject=f"questionnaire-draft:{draft_id}",
            unit_path=draft.unit_path,
            details={"restored": revision},
        )
    except Refused as error:
        flash(str(error), "bad")
    else:
        flash(_("Đã khôi phục. Bấm “Hoàn tác” lần nữa nếu đổi ý."), "done")
    return redirect(f"/questionnaires/drafts/{draft_id}", 303)


@blueprint.route("/questionnaires/drafts/<int:draft_id>/discard", methods=["GET", "POST"])
@requires(Action.EDIT_QUESTIONNAIRES)
def discard(draft_id: int) -> Any:
    """Ask, then throw a draft away."""
    draft, form = draft_here(draft_id), ConfirmForm()
    if form.validate_on_submit():
        act(
            lambda session: discard_draft(session, draft_id=draft_id),
            subject=f"questionnaire-draft:{draft_id}",
            unit_path=draft.unit_path,
            details={"discarded": draft.title[:100]},
        )
        flash(_("Đã bỏ bản nháp “%(title)s”.", title=draft.title[:80]), "done")
        return redirect("/questionnaires", 303)
    crumbs = [("/questionnaires", _("Phiếu khảo sát")), (f"/questionnaires/drafts/{draft_id}", draft.title)]
    return render_template("questionnaires/discard.html", form=form, draft=draft, crumbs=crumbs)


@blueprint.get("/questionnaires/drafts/<int:draft_id>/export.<kind>")
@requires(Action.VIEW_QUESTIONNAIRES)
def export_draft(draft_id: int, kind: str) -> Response:
    """Give a draft as a file."""
    draft = draft_here(draft_id)
    return as_file(draft.document, f"{draft.instrument}-draft", kind)

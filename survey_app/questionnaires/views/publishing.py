"""Publishing a draft: what is still wrong, what the linter says, what breaks a trend; then it is frozen."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template

from survey_app.foundation.clock import now
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.forms import PublishForm
from survey_app.questionnaires.models import QuestionnaireVersion
from survey_app.questionnaires.operations import EditedMeanwhile, publish_draft
from survey_app.questionnaires.queries import DraftView
from survey_app.questionnaires.rules.difference import differences
from survey_app.questionnaires.rules.outline import part_words
from survey_app.questionnaires.schemas.drafts import draft_problems
from survey_app.questionnaires.views.comparing import breaks, newest_published
from survey_app.questionnaires.views.loading import advice_on, draft_here
from survey_app.questionnaires.views.words import difference_lines
from survey_app.staff.guards import act, requires, scopes_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("publishing", __name__)
SHOWN = 50


@blueprint.route("/questionnaires/drafts/<int:draft_id>/publish", methods=["GET", "POST"])
@requires(Action.PUBLISH_QUESTIONNAIRES)
def publish_page(draft_id: int) -> Any:
    """Show what publishing will do; freeze the draft once the person has confirmed and nothing is wrong with it."""
    draft, form = draft_here(draft_id), PublishForm()
    problems = draft_problems(draft.text)
    if form.validate_on_submit() and not problems:
        try:
            row = _publish(draft, form.revision.data)
        except EditedMeanwhile:
            form.refuse(_("Bản nháp vừa được sửa trong lúc ông/bà xem. Xin xem lại rồi công bố."))
            draft = draft_here(draft_id)
        except Refused as error:
            form.refuse(error)
        else:
            name = f"{row.instrument}@{row.version}"
            flash(_("Đã công bố %(name)s. Từ nay nội dung này không đổi nữa.", name=name), "done")
            return redirect(f"/questionnaires/{row.instrument}/{row.version}", 303)
    form.revision.data = draft.revision
    return _page(draft, form), 422 if form.errors or (form.is_submitted() and problems) else 200


def _publish(draft: DraftView, revision: str) -> QuestionnaireVersion:
    at, scopes = now(), scopes_here()
    # What has been validated above is the revision that was read; the form's must be the same.
    seen = draft.revision if revision == str(draft.revision) else 0
    return act(
        lambda session: publish_draft(session, draft_id=draft.id, revision=seen, scopes=scopes, now=at),
        subject=lambda row: f"questionnaire:{row.instrument}@{row.version}",
        unit_path=draft.unit_path,
        details={"draft": draft.id},
    )


def _page(draft: DraftView, form: PublishForm) -> str:
    published = newest_published(draft.instrument)
    found = differences(published[1], draft.document) if published else []
    problems = draft_problems(draft.text)
    return render_template(
        "questionnaires/publish.html",
        draft=draft,
        form=form,
        problems=problems[:SHOWN],
        problem_count=len(problems),
        part_words=part_words,
        advice=advice_on(draft.text),
        before=published[0] if published else None,
        difference_count=len(found),
        breaking=difference_lines(breaks(found)[:SHOWN], draft.document),
        breaking_count=len(breaks(found)),
        crumbs=[
            ("/questionnaires", _("Phiếu khảo sát")),
            (f"/questionnaires/drafts/{draft.id}", draft.title),
        ],
    )

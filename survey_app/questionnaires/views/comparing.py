"""What has changed between two versions, or between a draft and what is published; and where a trend breaks."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request

from survey_app.foundation.database import read
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paging import page_number
from survey_app.questionnaires.queries import document_of, listed
from survey_app.questionnaires.rules.difference import Difference, differences
from survey_app.questionnaires.views.loading import Document, draft_here, version_here
from survey_app.questionnaires.views.words import difference_lines
from survey_app.staff.guards import requires
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("comparing", __name__)
SIZE = 40


@blueprint.get("/questionnaires/<instrument>/diff")
@requires(Action.VIEW_QUESTIONNAIRES)
def compare_versions(instrument: str) -> str:
    """Compare two versions of an instrument, `from` and `to`; without them the last two."""
    with read() as session:
        versions = [one.version for one in listed(session, instrument)]
    if not versions:
        abort(404)
    older = request.args.get("from", type=int, default=versions[-2] if len(versions) > 1 else versions[0])
    newer = request.args.get("to", type=int, default=versions[-1])
    (_old, before), (_new, after) = version_here(instrument, older), version_here(instrument, newer)
    return _page(
        before,
        after,
        titles=(f"{instrument}@{older}", f"{instrument}@{newer}"),
        versions=versions,
        chosen=(older, newer),
        address=f"/questionnaires/{instrument}/diff?from={older}&to={newer}",
        crumbs=[
            ("/questionnaires", _("Phiếu khảo sát")),
            (f"/questionnaires/{instrument}/{newer}", f"{instrument}@{newer}"),
        ],
    )


@blueprint.get("/questionnaires/drafts/<int:draft_id>/diff")
@requires(Action.VIEW_QUESTIONNAIRES)
def compare_draft(draft_id: int) -> str:
    """Compare a draft with the newest published version of its instrument."""
    draft = draft_here(draft_id)
    published = newest_published(draft.instrument)
    before = published[1] if published else draft.document
    name = published[0] if published else ""
    return _page(
        before,
        draft.document,
        titles=(name, _("bản nháp")),
        versions=[],
        chosen=(0, 0),
        address=f"/questionnaires/drafts/{draft_id}/diff",
        crumbs=[
            ("/questionnaires", _("Phiếu khảo sát")),
            (f"/questionnaires/drafts/{draft_id}", draft.title),
        ],
    )


def newest_published(instrument: str) -> tuple[str, Document] | None:
    """Return (name, document) of the newest published version of an instrument; None if there is none."""
    with read() as session:
        versions = listed(session, instrument)
        if not versions:
            return None
        return f"{instrument}@{versions[-1].version}", document_of(session, versions[-1].id)


def breaks(found: list[Difference]) -> list[Difference]:
    """Return the differences at which a series of figures breaks."""
    return [one for one in found if one.breaks_trend]


def _page(before: Document, after: Document, **shown: object) -> str:
    found = differences(before, after)
    number = page_number(request.args.get("page"))
    here = found[(number - 1) * SIZE : number * SIZE]
    return render_template(
        "questionnaires/diff.html",
        lines=difference_lines(here, after),
        breaking=difference_lines(breaks(found)[:SIZE], after),
        breaking_count=len(breaks(found)),
        count=len(found),
        number=number,
        more=len(found) > number * SIZE,
        **shown,
    )

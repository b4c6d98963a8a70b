"""Keeps a search of the queue under a name, for the person alone."""

from __future__ import annotations

from urllib.parse import parse_qsl

from flask import Blueprint, flash, redirect, request
from werkzeug.wrappers import Response

from survey_app.feedback.models import SavedView
from survey_app.feedback.operations.saved_views import forget_view, keep_view
from survey_app.feedback.rules.views import wanted
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.guards import act, requires, scopes_here, staff_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("saving", __name__)
LARGEST_ID = 10**18


def desk_address(query: str) -> str:
    """Return the address of the list for a query string, of which only what the queue understands is kept."""
    kept = wanted(dict(parse_qsl(query))).query()
    return f"/desk?{kept}" if kept else "/desk"


@blueprint.post("/desk/views")
@requires(Action.VIEW_CASES)
def keep() -> Response:
    """Keep the filters of the list that the form stood on."""
    account_id, name = staff_here().account_id, request.form.get("name", "")
    asked = wanted(dict(parse_qsl(request.form.get("query", ""))))
    try:
        view: SavedView = act(
            lambda session: keep_view(session, account_id=account_id, name=name, query=asked.query()),
            subject=lambda kept: f"saved_view:{kept.id}",
            unit_path=scopes_here()[0],
            details={"did": "view_kept"},
        )
    except Refused as error:
        flash(str(error), "bad")
    else:
        flash(_("Đã lưu chế độ xem “%(name)s”.", name=view.name), "done")
    return redirect(desk_address(asked.query()), 303)


@blueprint.post(f"/desk/views/<int(max={LARGEST_ID}):view_id>/forget")
@requires(Action.VIEW_CASES)
def forget(view_id: int) -> Response:
    """Delete one of the person's own views."""
    account_id = staff_here().account_id
    act(
        lambda session: forget_view(session, account_id=account_id, view_id=view_id),
        subject=f"saved_view:{view_id}",
        unit_path=scopes_here()[0],
        details={"did": "view_forgotten"},
    )
    return redirect("/desk", 303)

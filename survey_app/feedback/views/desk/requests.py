"""What the pages about requests of data subjects share."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from survey_app.feedback.models import PrivacyRequest
from survey_app.feedback.rules.actors import Actor, staff_member
from survey_app.feedback.rules.privacy import request_label
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.guards import act, require_unit, staff_here

HOME = "/desk/privacy"
LARGEST_ID = 10**18


def change_request(
    found: PrivacyRequest, did: str, change: Callable[[Session, PrivacyRequest], object]
) -> AnyResponse:
    """Carry out one change of a request with its line in the audit log, and lead back to it."""
    try:
        act(
            lambda session: change(session, session.get_one(PrivacyRequest, found.id)),
            subject=f"privacy_request:{found.id}",
            unit_path=found.unit_path,
            details={"did": did},
        )
    except Refused as error:
        flash(str(error), "bad")
    else:
        flash(_("Đã ghi."), "done")
    return redirect(f"{HOME}/{found.id}", 303)


def found_request(request_id: int) -> PrivacyRequest:
    """Return a request of a unit that is the person's; 404 for any other."""
    with read() as session:
        found: PrivacyRequest | None = session.get(PrivacyRequest, request_id)
    if found is None:
        abort(404)
    require_unit(found.unit_path)
    return found


def privacy_crumbs(found: PrivacyRequest | None = None) -> list[tuple[str, str]]:
    """Return the way to a page about requests."""
    crumbs = [(HOME, _("Dữ liệu cá nhân"))]
    if found is not None:
        crumbs.append((f"{HOME}/{found.id}", request_label(found.kind)))
    return crumbs


def actor_here() -> Actor:
    """Return who works here."""
    return staff_member(staff_here().account_id)

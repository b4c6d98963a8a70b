"""Carries out what a data subject asked for: hands out, puts right, forgets, takes consents back.

Each door opens only for an open request of its kind, so nothing is looked at that nobody asked for.
"""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, make_response, redirect, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from survey_app.feedback.forms.privacy import ContactForm
from survey_app.feedback.models import Case, PrivacyRequest
from survey_app.feedback.operations.privacy import correct_contact, erase_contact, withdraw_consents
from survey_app.feedback.queries.privacy import contact_of, held_about
from survey_app.feedback.rules.privacy import FINISHED, RequestKind
from survey_app.feedback.views.desk.requests import (
    HOME,
    LARGEST_ID,
    change_request,
    found_request,
    privacy_crumbs,
)
from survey_app.feedback.views.public.services import services
from survey_app.foundation.clock import now
from survey_app.staff.guards import act, requires
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("serving", __name__)


@blueprint.post(f"/desk/privacy/<int(max={LARGEST_ID}):request_id>/export")
@requires(Action.MANAGE_PRIVACY)
def hand_over(request_id: int) -> AnyResponse:
    """Download all that is held about the sender of the request's case."""
    found = found_request(request_id)
    if not _asks_for(found, RequestKind.ACCESS):
        return _back(found)

    def operation(session: Session) -> dict[str, Any]:
        case = session.get_one(Case, found.case_id)
        return held_about(session, case, key=services().installation.contact_key)

    held = act(
        operation,
        subject=f"privacy_request:{found.id}",
        unit_path=found.unit_path,
        details={"did": "exported"},
    )
    answer = make_response(json.dumps(held, ensure_ascii=False, indent=1))
    answer.headers["Content-Type"] = "application/json; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="{held["code"]}.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.route(f"/desk/privacy/<int(max={LARGEST_ID}):request_id>/contact", methods=["GET", "POST"])
@requires(Action.MANAGE_PRIVACY)
def correct(request_id: int) -> AnyResponse:
    """Show who sent the case and put right what is wrong; a look at it is written down as well."""
    found = found_request(request_id)
    if not _asks_for(found, RequestKind.RECTIFY):
        return _back(found)
    key = services().installation.contact_key
    form = ContactForm()
    if form.validate_on_submit():
        return change_request(
            found,
            "contact_corrected",
            lambda session, one: correct_contact(
                session,
                case=session.get_one(Case, one.case_id),
                sender=form.sender(),
                installation=services().installation,
                now=now(),
            ),
        )
    if not form.is_submitted():
        known = act(
            lambda session: contact_of(session, found.case_id or 0, key=key),
            subject=f"privacy_request:{found.id}",
            unit_path=found.unit_path,
            details={"did": "contact_read"},
        )
        form.process(data=known)
    page = render_template(
        "feedback/privacy_contact.html", form=form, found=found, crumbs=privacy_crumbs(found)
    )
    answer = make_response(page, 422 if form.is_submitted() else 200)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post(f"/desk/privacy/<int(max={LARGEST_ID}):request_id>/erase")
@requires(Action.MANAGE_PRIVACY)
def erase(request_id: int) -> AnyResponse:
    """Forget who sent the case."""
    found = found_request(request_id)
    if not _asks_for(found, RequestKind.ERASE):
        return _back(found)
    return change_request(
        found,
        "contact_erased",
        lambda session, one: erase_contact(session, case=session.get_one(Case, one.case_id), now=now()),
    )


@blueprint.post(f"/desk/privacy/<int(max={LARGEST_ID}):request_id>/withdraw")
@requires(Action.MANAGE_PRIVACY)
def withdraw(request_id: int) -> AnyResponse:
    """Take back the consents given with the case."""
    found = found_request(request_id)
    if not _asks_for(found, RequestKind.WITHDRAW_RESTRICT_OBJECT):
        return _back(found)
    return change_request(
        found,
        "consents_withdrawn",
        lambda session, one: withdraw_consents(session, case=session.get_one(Case, one.case_id), now=now()),
    )


def _asks_for(found: PrivacyRequest, kind: RequestKind) -> bool:
    """Say whether it is an open request of this kind about a case."""
    return found.kind is kind and found.case_id is not None and found.state not in FINISHED


def _back(found: PrivacyRequest) -> AnyResponse:
    return redirect(f"{HOME}/{found.id}", 303)

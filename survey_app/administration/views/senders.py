"""Who messages come from: names and numbers at each carrier, their pace and price."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app.administration.forms import SenderForm
from survey_app.administration.views.messages import TOP, page, requires_all_units
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.messaging.gateway.registry import gateway_of, title
from survey_app.messaging.models import Sender
from survey_app.messaging.operations import add_sender, change_sender
from survey_app.messaging.queries import sender_health
from survey_app.staff.guards import act

blueprint = Blueprint("senders", __name__)
HERE = f"{TOP}/senders"


@blueprint.get("/admin/messaging/senders")
@requires_all_units
def senders() -> str:
    """List the senders of all carriers."""
    with read() as session:
        found = sender_health(session, now())
    return page("senders", senders=found, title=title)


@blueprint.route("/admin/messaging/senders/new", methods=["GET", "POST"])
@requires_all_units
def new_sender() -> ResponseReturnValue:
    """Add a sender."""
    return _edit(SenderForm(), None)


@blueprint.route("/admin/messaging/senders/<int:sender_id>", methods=["GET", "POST"])
@requires_all_units
def sender(sender_id: int) -> ResponseReturnValue:
    """Change a sender."""
    with read() as session:
        found = session.get(Sender, sender_id)
        if found is None:
            abort(404)
        form = SenderForm(found)
    return _edit(form, found)


def _edit(form: SenderForm, sender: Sender | None) -> ResponseReturnValue:
    if form.validate_on_submit() and _is_saved(form, sender):
        flash(_("Đã lưu người gửi."), "done")
        return redirect(HERE, 303)
    shown = page("sender", form=form, sender=sender, above=((HERE, _("Người gửi")),))
    return shown, 422 if form.errors else 200


def _is_saved(form: SenderForm, sender: Sender | None) -> bool:
    terms, settings = form.terms(), current_app.config["SETTINGS"]
    gateway = gateway_of(sender.gateway if sender else form.gateway.data, settings)

    def store(session: Session) -> Sender:
        if sender is not None:
            return change_sender(session, sender_id=sender.id, terms=terms)
        medium = gateway.capabilities.medium
        return add_sender(session, gateway=gateway.name, medium=medium, terms=terms, now=now())

    details = {"did": "sender_saved", "name": terms.name}
    try:
        act(store, subject=lambda stored: f"sender:{stored.id}", details=details)
    except Refused as error:
        form.refuse(error)
    return not form.errors

"""The editor of templates: what a text costs and how it looks, before anybody gets it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from flask import Blueprint, abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from survey_app.administration.forms import TemplateForm
from survey_app.administration.views.messages import TOP, changed, page, requires_all_units
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.messaging.models import MessageTemplate
from survey_app.messaging.operations import UnableToSaveTemplate, delete_template, save_template
from survey_app.messaging.operations.templates import Draft
from survey_app.messaging.queries import sender_health
from survey_app.messaging.queries.templates import all_templates, template_by_id
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.templates import compose, variables_of
from survey_app.messaging.rules.texts import Encoding, Measure, measure
from survey_app.messaging.rules.variables import SAMPLES, meaning
from survey_app.staff.guards import act

blueprint = Blueprint("templates", __name__)
HERE = f"{TOP}/templates"


@dataclass(frozen=True, slots=True)
class Trial:
    """A template filled with samples in one way of writing, and what it takes to send; `cost` in đồng."""

    label: str
    text: str
    measure: Measure
    cost: Decimal | None
    is_chosen: bool


@blueprint.get("/admin/messaging/templates")
@requires_all_units
def templates() -> str:
    """List the templates with their size."""
    with read() as session:
        found = [(one, _trial(one.text, one.accents, None, True)) for one in all_templates(session)]
    return page("templates", templates=found, Encoding=Encoding)


@blueprint.route("/admin/messaging/templates/new", methods=["GET", "POST"])
@requires_all_units
def new_template() -> ResponseReturnValue:
    """Write a template; "Xem trước" measures it without saving."""
    return _edit(None)


@blueprint.route("/admin/messaging/templates/<int:template_id>", methods=["GET", "POST"])
@requires_all_units
def template(template_id: int) -> ResponseReturnValue:
    """Change a template."""
    with read() as session:
        found = template_by_id(session, template_id)
    if found is None:
        abort(404)
    return _edit(found)


@blueprint.post("/admin/messaging/templates/<int:template_id>/delete")
@requires_all_units
def drop_template(template_id: int) -> Response:
    """Delete a template."""
    return changed(
        lambda session: delete_template(session, template_id=template_id),
        _("Đã xóa mẫu tin. Tin đang chờ gửi vẫn giữ nội dung."),
        subject=f"template:{template_id}",
        back=HERE,
        did="template_deleted",
    )


def _edit(template: MessageTemplate | None) -> ResponseReturnValue:
    with read() as session:
        senders = {str(one.id): one for one in sender_health(session, now())}
    form = TemplateForm([(id_, f"{one.name} ({one.gateway})") for id_, one in senders.items()], template)
    is_right = form.validate_on_submit()
    if is_right and request.form.get("do") == "save" and _is_saved(form, template):
        flash(_("Đã lưu mẫu tin."), "done")
        return redirect(HERE, 303)
    sender, draft = senders.get(form.sender.data or ""), form.draft()
    shown = page(
        "template",
        form=form,
        template=template,
        is_sms=draft.medium is Medium.SMS,
        trials=_trials(draft, sender.price if sender else None),
        faults=draft.faults() if draft.text and not form.errors else (),
        variables=[(name, meaning(name), sample) for name, sample in SAMPLES.items()],
        Encoding=Encoding,
        above=((HERE, _("Mẫu tin")),),
    )
    return shown, 422 if form.errors else 200


def _is_saved(form: TemplateForm, template: MessageTemplate | None) -> bool:
    draft, template_id = form.draft(), template.id if template else None

    def store(session: Session) -> MessageTemplate:
        return save_template(session, draft=draft, now=now(), template_id=template_id)

    details = {"did": "template_saved", "name": draft.name}
    try:
        act(store, subject=lambda kept: f"template:{kept.id}", details=details)
    except UnableToSaveTemplate as error:
        for fault in error.faults:
            form.refuse(fault)
    except Refused as error:
        form.refuse(error)
    return not form.errors


def _trials(draft: Draft, price: Decimal | None) -> list[Trial]:
    """Return the text as it would be sent: an SMS in both ways of writing, Zalo with accents."""
    ways = (True,) if draft.medium is Medium.ZALO else (False, True)
    return [_trial(draft.text, accents, price, draft.accents is accents) for accents in ways]


def _trial(text: str, accents: bool, price: Decimal | None, is_chosen: bool) -> Trial:
    # A variable that is not known stays as it is written; the faults name it.
    as_written = {name: f"{{{name}}}" for name in variables_of(text)}
    filled = compose(text, as_written | dict(SAMPLES), accents=accents)
    found = measure(filled)
    cost = None if price is None else found.cost(price)
    return Trial(_("Có dấu") if accents else _("Không dấu"), filled, found, cost, is_chosen)

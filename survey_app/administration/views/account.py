"""One person: facts, roles, sign-ins, and one more role."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from survey_app.administration.documents.words import method_label, role_sentence, unit_label
from survey_app.administration.forms import GrantForm
from survey_app.administration.guards import Person, changed, crumbs_above, person_here
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.languages import gettext as _
from survey_app.staff.guards import requires, scopes_here, staff_here
from survey_app.staff.operations import grant_role
from survey_app.staff.rules.permissions import Action, Role, role_label

blueprint = Blueprint("account", __name__)


@blueprint.get("/admin/accounts/<int:account_id>")
@requires(Action.VIEW_ACCOUNTS)
def account(account_id: int) -> str:
    """Show a person with roles and sign-ins."""
    return _page(person_here(account_id), GrantForm(staff_here().scopes(Action.MANAGE_ACCOUNTS)))


@blueprint.post("/admin/accounts/<int:account_id>/grants")
@requires(Action.MANAGE_ACCOUNTS)
def add_grant(account_id: int) -> ResponseReturnValue:
    """Give a role in a unit."""
    person, form = person_here(account_id), GrantForm(scopes_here())
    if form.validate_on_submit():
        with read() as session:
            unit_path = form.chosen_unit(session)
        if unit_path is not None:
            return _grant(person, Role(form.role.data), unit_path)
    return _page(person, form), 422


def _grant(person: Person, role: Role, unit_path: str) -> Response:
    by, account_id = staff_here().account_id, person.account_id
    return changed(
        person,
        lambda session: grant_role(
            session, account_id=account_id, role=role, unit_path=unit_path, by=by, now=now()
        ),
        _("Đã cấp quyền: %(role)s.", role=role_label(role)),
        did="granted",
        unit_path=unit_path,
        role=role,
    )


def _page(person: Person, form: GrantForm) -> str:
    may_change = staff_here().may_somewhere(Action.MANAGE_ACCOUNTS)
    return render_template(
        "administration/account.html",
        shown=person,  # the base template has a `person` of its own
        account=person.detail,
        form=form,
        may_change=may_change,
        may_manage=may_change and person.may_be_managed,
        is_self=person.account_id == staff_here().account_id,
        role_label=role_label,
        role_sentence=role_sentence,
        unit_label=lambda path: unit_label(path, person.names),
        method_label=method_label,
        crumbs=crumbs_above(),
    )

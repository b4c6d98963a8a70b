"""The list of people, and inviting one more."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from survey_app.administration.documents.words import role_sentence, unit_label
from survey_app.administration.forms import InviteForm
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paging import page_number
from survey_app.offices.queries import names_by_path
from survey_app.staff.guards import act, requires, scopes_here, staff_here
from survey_app.staff.operations import NewLink, invite
from survey_app.staff.queries import accounts_page
from survey_app.staff.rules.permissions import Action, Role, covers, role_label

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/admin/accounts")
@requires(Action.VIEW_ACCOUNTS)
def accounts() -> str:
    """List the people who have a role inside the units of the administrator."""
    search = request.args.get("q", "")[:100]
    scopes = scopes_here()
    with read() as session:
        page = accounts_page(
            session, scopes=scopes, search=search, number=page_number(request.args.get("page"))
        )
        names = names_by_path(session, {path for line in page.items for _role, path in line.grants if path})
    return render_template(
        "administration/accounts.html",
        page=page,
        search=search,
        grants={line.account_id: _told(line.grants, scopes, names) for line in page.items},
        may_invite=staff_here().may_somewhere(Action.MANAGE_ACCOUNTS),
        crumbs=[("/admin", _("Quản trị"))],
    )


def _told(
    grants: tuple[tuple[Role, str], ...], scopes: tuple[str, ...], names: dict[str, str]
) -> list[tuple[str, str]]:
    """Return roles and units in words, as far as the reader's own units go."""
    return [
        (role_label(role), unit_label(path, names))
        for role, path in grants
        if any(covers(scope, path) for scope in scopes)
    ]


@blueprint.route("/admin/accounts/new", methods=["GET", "POST"])
@requires(Action.MANAGE_ACCOUNTS)
def new_account() -> ResponseReturnValue:
    """Invite a person: the answer shows the link once."""
    form = InviteForm(scopes_here())
    if form.validate_on_submit():
        with read() as session:
            unit_path = form.chosen_unit(session)
        if unit_path is not None:
            try:
                link = _invite(form, unit_path)
            except Refused as error:
                form.refuse(error)
            else:
                return link_page(link, form.name.data or "")
    page = render_template(
        "administration/new_account.html",
        form=form,
        sentences={role.value: role_sentence(role) for role in Role},
        crumbs=[("/admin", _("Quản trị")), ("/admin/accounts", _("Tài khoản"))],
    )
    return page, 422 if form.errors else 200


def _invite(form: InviteForm, unit_path: str) -> NewLink:
    by, roles = staff_here().account_id, [Role(role) for role in form.roles.data or ()]
    return act(
        lambda session: invite(
            session,
            email=form.email.data or "",
            name=form.name.data or "",
            grants=[(role, unit_path) for role in roles],
            by=by,
            now=now(),
        ),
        subject=lambda link: f"account:{link.account_id}",
        unit_path=unit_path,
        details={"did": "invited", "roles": roles},
    )


def link_page(link: NewLink, name: str) -> str:
    """Return the page that shows a link to hand over; nobody can see it a second time."""
    return render_template(
        "administration/link.html",
        link=link,
        address=f"{current_app.config['SETTINGS'].public_url}{link.path}",
        name=name,
        crumbs=[("/admin", _("Quản trị")), ("/admin/accounts", _("Tài khoản"))],
    )

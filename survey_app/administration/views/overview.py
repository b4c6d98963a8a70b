"""The first page for administrators, and what each role may do."""

from __future__ import annotations

from flask import Blueprint, render_template

from survey_app.administration.documents.words import action_label, role_sentence
from survey_app.administration.queries import care, chain_state
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.languages import gettext as _
from survey_app.staff.guards import requires, scopes_here, staff_here
from survey_app.staff.rules.permissions import EVERYWHERE, PERMITTED, Action, Role, role_label

blueprint = Blueprint("overview", __name__)


@blueprint.get("/admin")
@requires(Action.VIEW_ACCOUNTS)
def overview() -> str:
    """Show what needs care: second factors, unanswered invitations, unused accounts, the state of the log."""
    with read() as session:
        found = care(session, scopes=scopes_here(), now=now())
        chain = chain_state(session, action=Action.VIEW_AUDIT)
    return render_template(
        "administration/overview.html",
        care=found,
        chain=chain,
        is_everywhere="" in scopes_here(),
        may_change=staff_here().may_somewhere(Action.MANAGE_ACCOUNTS),
        may_message=staff_here().may(Action.MANAGE_MESSAGING, EVERYWHERE),
        may_dress=staff_here().may_somewhere(Action.MANAGE_APPEARANCE),
    )


@blueprint.get("/admin/roles")
@requires(Action.VIEW_ACCOUNTS)
def roles() -> str:
    """Show the table of roles and actions that guards every door."""
    actions = [action for action in Action if action is not Action.USE_OWN_ACCOUNT]
    return render_template(
        "administration/roles.html",
        roles=[(role, role_label(role), role_sentence(role)) for role in Role],
        actions=[(action_label(action), PERMITTED[action]) for action in actions],
        crumbs=[("/admin", _("Quản trị"))],
    )

"""Public doors of one-time links: answering an invitation, choosing a new password."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.forms import InvitationForm, ResetForm
from survey_app.staff.guards import ask_second_step, enter, password_hash, write_audited
from survey_app.staff.models import Account
from survey_app.staff.operations import UnableToUseLink, use_link
from survey_app.staff.queries import LinkFound, LinkState, find_link
from survey_app.staff.rules.accounts import Purpose
from survey_app.staff.rules.passwords import MINIMUM
from survey_app.staff.rules.permissions import Action
from survey_app.web.shell import use_kept_display

blueprint = Blueprint("links", __name__)

_STATUS = {LinkState.USED: 410, LinkState.EXPIRED: 410, LinkState.UNKNOWN: 404}


@blueprint.get("/staff/reset")
def forgotten_password() -> str:
    """Say how one gets a new password. It asks for nothing, so it reveals nothing."""
    use_kept_display()
    return render_template("staff/forgotten.html")


@blueprint.route("/staff/invitation/<token>", methods=["GET", "POST"])
def answer_invitation(token: str) -> Response:
    """Let an invited person check the name and choose a password; opening the page does not spend the link."""
    use_kept_display()
    found = _find(token, Purpose.INVITATION)
    if found.state is not LinkState.OPEN:
        return _useless(found.state, Purpose.INVITATION)
    form = InvitationForm(data={"name": found.name})
    return _answer(form, found, token, Purpose.INVITATION)


@blueprint.route("/staff/reset/<token>", methods=["GET", "POST"])
def reset_password(token: str) -> Response:
    """Let the holder of a reset link choose a new password; all sign-ins of the account end."""
    use_kept_display()
    found = _find(token, Purpose.RESET)
    if found.state is not LinkState.OPEN:
        return _useless(found.state, Purpose.RESET)
    return _answer(ResetForm(), found, token, Purpose.RESET)


def _find(token: str, purpose: Purpose) -> LinkFound:
    with read() as database:
        return find_link(database, token=token, purpose=purpose, now=now())


def _useless(state: LinkState, purpose: Purpose) -> Response:
    page = render_template("staff/link_useless.html", state=state, purpose=purpose)
    return make_response(page, _STATUS[state])


def _answer(form: InvitationForm | ResetForm, found: LinkFound, token: str, purpose: Purpose) -> Response:
    if form.validate_on_submit():
        name = form.name.data if isinstance(form, InvitationForm) else None
        try:
            account = _use(found, token, purpose, form.password.data, name)
        except UnableToUseLink:
            return _useless(_find(token, purpose).state, purpose)
        except Refused as error:
            form.refuse(error)
        else:
            return _go_on(account)
    page = render_template(
        "staff/link.html", form=form, found=found, purpose=purpose, minimum=MINIMUM, account_email=found.email
    )
    return make_response(page, 422 if form.errors else 200)


def _use(found: LinkFound, token: str, purpose: Purpose, password: str, name: str | None) -> Account:
    hashed = password_hash(password, context=(found.email, found.name, name or ""))

    def use(database: Session) -> Account:
        return use_link(database, token=token, purpose=purpose, password_hash=hashed, name=name, now=now())

    return write_audited(
        use,
        account_id=found.account_id,
        action=Action.USE_OWN_ACCOUNT,
        subject=f"account:{found.account_id}",
        details={"did": "password_set_by_link", "link": purpose},
    )


def _go_on(account: Account) -> Response:
    if account.totp_confirmed_at is not None:
        ask_second_step(account.id, "/staff", "link")
        return redirect("/staff/sign-in/code", 303)
    enter(account_id=account.id, method="link")
    flash(_("Mật khẩu đã được lưu. Từ nay ông/bà đăng nhập bằng e-mail và mật khẩu này."), "done")
    return redirect("/staff", 303)

"""A person's own account: name, language, password, and the browsers that are signed in."""

from __future__ import annotations

from flask import Blueprint, flash, make_response, redirect, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.languages import ngettext
from survey_app.staff.forms import ChangePasswordForm, ProfileForm
from survey_app.staff.guards import (
    act_on_own_account,
    keep_language,
    password_hash,
    prove_password,
    requires,
    staff_here,
)
from survey_app.staff.operations import (
    end_own_sign_in,
    end_sign_ins,
    rename,
    set_language,
    set_password,
)
from survey_app.staff.queries import account_detail
from survey_app.staff.rules.passwords import MINIMUM
from survey_app.staff.rules.permissions import Action, role_label

blueprint = Blueprint("account", __name__)


@blueprint.route("/staff/account", methods=["GET", "POST"])
@requires(Action.USE_OWN_ACCOUNT)
def account() -> Response:
    """Show the account; take a changed name or language."""
    staff = staff_here()
    form = ProfileForm(data={"name": staff.name, "language": staff.language})
    if form.validate_on_submit():
        try:
            _save_profile(staff.account_id, form.name.data, form.language.data)
        except Refused as error:
            form.refuse(error)
        else:
            keep_language(form.language.data)
            flash(_("Đã lưu tên và ngôn ngữ."), "done")
            return redirect("/staff/account", 303)
    with read() as database:
        detail = account_detail(database, staff.account_id, now=now())
    page = render_template("staff/account.html", form=form, detail=detail, here=staff, role_label=role_label)
    return make_response(page, 422 if form.errors else 200)


def _save_profile(account_id: int, name: str, language: str) -> None:
    def save(database: Session) -> None:
        rename(database, account_id=account_id, name=name)
        set_language(database, account_id=account_id, language=language)

    act_on_own_account(save, did="profile_changed")


@blueprint.route("/staff/account/password", methods=["GET", "POST"])
@requires(Action.USE_OWN_ACCOUNT)
def change_password() -> Response:
    """Change the password; every other browser is signed out."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            _change_password(form.password_now.data, form.password.data)
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Mật khẩu đã đổi. Các máy khác đã được đăng xuất."), "done")
            return redirect("/staff/account", 303)
    page = render_template(
        "staff/password.html",
        form=form,
        minimum=MINIMUM,
        account_email=staff_here().email,
        crumbs=account_crumbs(),
    )
    return make_response(page, 422 if form.errors else 200)


def account_crumbs() -> list[tuple[str, str]]:
    """Return the way from the first page to the pages below one's own account."""
    return [("/staff", _("Trang chính")), ("/staff/account", _("Tài khoản của tôi"))]


def _change_password(present: str, wanted: str) -> None:
    staff, instant = staff_here(), now()
    prove_password(staff.email, present)
    hashed = password_hash(wanted, context=(staff.email, staff.name))

    def change(database: Session) -> None:
        set_password(database, account_id=staff.account_id, password_hash=hashed, now=instant)
        end_sign_ins(database, account_id=staff.account_id, except_id=staff.sign_in_id, now=instant)

    act_on_own_account(change, did="password_changed")


@blueprint.post("/staff/account/sign-ins/<int:sign_in_id>/end")
@requires(Action.USE_OWN_ACCOUNT)
def end_one(sign_in_id: int) -> Response:
    """Sign one of one's own browsers out; somebody else's is not touched."""
    staff = staff_here()
    ended = act_on_own_account(
        lambda database: end_own_sign_in(
            database, account_id=staff.account_id, sign_in_id=sign_in_id, now=now()
        ),
        did="sign_in_ended",
    )
    if ended:
        flash(_("Đã đăng xuất máy đó."), "done")
    else:
        flash(_("Máy đó đã đăng xuất từ trước."), "warn")
    return redirect("/staff/account#sign-ins", 303)


@blueprint.post("/staff/account/sign-ins/end-others")
@requires(Action.USE_OWN_ACCOUNT)
def end_others() -> Response:
    """Sign all browsers out but the one that asks."""
    staff = staff_here()
    ended = act_on_own_account(
        lambda database: end_sign_ins(
            database, account_id=staff.account_id, except_id=staff.sign_in_id, now=now()
        ),
        did="other_sign_ins_ended",
    )
    flash(ngettext("Đã đăng xuất %(num)s máy khác.", "Đã đăng xuất %(num)s máy khác.", ended), "done")
    return redirect("/staff/account#sign-ins", 303)

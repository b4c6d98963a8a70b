"""A person's own second factor: linking a telephone, recovery codes, switching off."""

from __future__ import annotations

import secrets

import pyotp
import segno
from flask import Blueprint, flash, make_response, redirect, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.forms import ConfirmCodeForm, PasswordForm
from survey_app.staff.guards import (
    UnableToProve,
    act_on_own_account,
    opened,
    prove_password,
    recovery_digest,
    requires,
    sealed,
    staff_here,
)
from survey_app.staff.models import Account
from survey_app.staff.operations import (
    begin_second_factor,
    confirm_second_factor,
    remove_second_factor,
    replace_recovery_codes,
)
from survey_app.staff.queries import account_by_id
from survey_app.staff.rules.permissions import Action
from survey_app.staff.rules.second_factor import (
    RECOVERY_ALPHABET,
    RECOVERY_CODE_LENGTH,
    RECOVERY_CODES,
    matching_step,
    provisioning_address,
    recovery_code_shown,
)
from survey_app.staff.views.account import account_crumbs

blueprint = Blueprint("second_factor", __name__)


@blueprint.post("/staff/account/second-factor/begin")
@requires(Action.USE_OWN_ACCOUNT)
def begin() -> Response:
    """Make a new secret for a telephone; it counts once a code of it was given."""
    staff, secret = staff_here(), sealed(pyotp.random_base32())
    act_on_own_account(
        lambda database: begin_second_factor(database, account_id=staff.account_id, sealed_secret=secret),
        did="second_factor_begun",
    )
    return redirect("/staff/account/second-factor", 303)


@blueprint.route("/staff/account/second-factor", methods=["GET", "POST"])
@requires(Action.USE_OWN_ACCOUNT)
def link_telephone() -> Response:
    """Show the secret as a QR code and as text, and take the first code of the telephone."""
    account = _own_account()
    if account.totp_secret is None or account.totp_confirmed_at is not None:
        return redirect("/staff/account#second-factor", 303)
    secret, form = opened(account.totp_secret), ConfirmCodeForm()
    if form.validate_on_submit():
        try:
            codes = _confirm(account.totp_secret, secret, form.one_time_code.data)
        except Refused as error:
            form.refuse(error)
        else:
            return make_response(_codes_page(codes, is_new=True))
    address = provisioning_address(secret, email=account.email, issuer=_("Đánh giá dịch vụ công"))
    page = render_template(
        "staff/second_factor.html",
        form=form,
        qr=segno.make(address, error="m").svg_data_uri(scale=5, border=3),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        crumbs=account_crumbs(),
    )
    return make_response(page, 422 if form.errors else 200)


def _own_account() -> Account:
    with read() as database:
        account = account_by_id(database, staff_here().account_id)
    assert account is not None, "the guard let nobody pass"
    return account


def _confirm(sealed_secret: bytes, secret: str, code: str) -> list[str]:
    """Return the recovery codes of the second factor that is in force from now on."""
    staff, instant = staff_here(), now()
    step = matching_step(secret, code, instant)
    if step is None:
        raise UnableToProve(
            _("Mã chưa đúng. Xin nhập mã đang hiện trên điện thoại và kiểm tra giờ của điện thoại.")
        )
    codes = _new_codes()
    digests = [recovery_digest(staff.account_id, code) for code in codes]

    def confirm(database: Session) -> None:
        confirm_second_factor(
            database,
            account_id=staff.account_id,
            sealed_secret=sealed_secret,
            step=step,
            recovery_digests=digests,
            sign_in_id=staff.sign_in_id,
            now=instant,
        )

    act_on_own_account(confirm, did="second_factor_on")
    return codes


def _new_codes() -> list[str]:
    return [
        "".join(secrets.choice(RECOVERY_ALPHABET) for _letter in range(RECOVERY_CODE_LENGTH))
        for _code in range(RECOVERY_CODES)
    ]


def _codes_page(codes: list[str], *, is_new: bool) -> str:
    shown = [recovery_code_shown(code) for code in codes]
    return render_template("staff/recovery_codes.html", codes=shown, is_new=is_new, crumbs=account_crumbs())


@blueprint.route("/staff/account/second-factor/codes", methods=["GET", "POST"])
@requires(Action.USE_OWN_ACCOUNT)
def new_recovery_codes() -> Response:
    """Replace the recovery codes, after asking for the password; the new ones are shown once."""
    if _own_account().totp_confirmed_at is None:
        return redirect("/staff/account#second-factor", 303)
    staff, form = staff_here(), PasswordForm()
    if form.validate_on_submit():
        try:
            prove_password(staff.email, form.password.data)
        except Refused as error:
            form.refuse(error)
        else:
            codes = _new_codes()
            digests = [recovery_digest(staff.account_id, code) for code in codes]
            act_on_own_account(
                lambda database: replace_recovery_codes(
                    database, account_id=staff.account_id, digests=digests
                ),
                did="recovery_codes_replaced",
            )
            return make_response(_codes_page(codes, is_new=False))
    page = render_template("staff/recovery_again.html", form=form, crumbs=account_crumbs())
    return make_response(page, 422 if form.errors else 200)


@blueprint.route("/staff/account/second-factor/off", methods=["GET", "POST"])
@requires(Action.USE_OWN_ACCOUNT)
def switch_off() -> Response:
    """Ask for the password, then sign in without a code from now on."""
    if _own_account().totp_confirmed_at is None:
        return redirect("/staff/account#second-factor", 303)
    form = PasswordForm()
    if form.validate_on_submit():
        try:
            _switch_off(form.password.data)
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã tắt xác thực hai bước. Các máy khác đã được đăng xuất."), "done")
            return redirect("/staff/account#second-factor", 303)
    page = render_template("staff/second_factor_off.html", form=form, crumbs=account_crumbs())
    return make_response(page, 422 if form.errors else 200)


def _switch_off(password: str) -> None:
    staff, instant = staff_here(), now()
    prove_password(staff.email, password)
    act_on_own_account(
        lambda database: remove_second_factor(
            database, account_id=staff.account_id, except_id=staff.sign_in_id, now=instant
        ),
        did="second_factor_off",
    )

"""Public doors for signing in by password, and out."""

from __future__ import annotations

from flask import Blueprint, current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from survey_app.foundation.clock import now
from survey_app.foundation.errors import Refused
from survey_app.staff.forms import CodeForm, SignInForm
from survey_app.staff.guards import (
    Proven,
    TooManyTries,
    ask_second_step,
    current_staff,
    enter,
    has_form_token,
    local_address,
    prove_code,
    prove_password,
    renew_session,
    second_step,
    send_again,
    write_audited,
)
from survey_app.staff.operations import end_sign_in
from survey_app.staff.rules.accounts import own_path
from survey_app.staff.rules.permissions import Action
from survey_app.web.forms import StaffForm
from survey_app.web.shell import use_kept_display

blueprint = Blueprint("sign_in", __name__)


@blueprint.route("/staff/sign-in", methods=["GET", "POST"])
def sign_in() -> Response:
    """Ask for e-mail and password; `?next=` names the page wanted, if it is of this site."""
    use_kept_display()
    target = local_address(request.args.get("next"))
    if request.method == "GET" and current_staff() is not None:
        return redirect(target, 303)
    form = SignInForm()
    if form.validate_on_submit():
        try:
            return _go_on(prove_password(form.email.data, form.password.data), target)
        except Refused as error:
            return _refused("staff/sign_in.html", form, error, target=target)
    page = _page("staff/sign_in.html", form, target=target)
    return make_response(page, 422 if form.errors else 200)


def _go_on(proven: Proven, target: str) -> Response:
    if proven.has_second_factor:
        ask_second_step(proven.account_id, target, "password")
        return redirect("/staff/sign-in/code", 303)
    enter(account_id=proven.account_id, method="password")
    return redirect(target, 303)


def _refused(template: str, form: StaffForm, error: Refused, **words: object) -> Response:
    form.refuse(error)
    response = make_response(_page(template, form, **words), 422)
    if isinstance(error, TooManyTries):
        response.status_code = 429
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _page(template: str, form: StaffForm, **words: object) -> str:
    has_agency = bool(getattr(current_app.config["SETTINGS"], "oidc_issuer", ""))
    return render_template(template, form=form, has_agency=has_agency, **words)


@blueprint.route("/staff/sign-in/code", methods=["GET", "POST"])
def sign_in_code() -> Response:
    """Ask who gave the right password for the code of the telephone, or a recovery code."""
    use_kept_display()
    step = second_step()
    if step is None:
        return redirect("/staff/sign-in", 303)
    form = CodeForm()
    if form.validate_on_submit():
        try:
            enter(account_id=step.account_id, method=prove_code(step.account_id, form.one_time_code.data))
        except Refused as error:
            return _refused("staff/sign_in_code.html", form, error)
        return redirect(local_address(step.next_address), 303)
    return make_response(_page("staff/sign_in_code.html", form), 422 if form.errors else 200)


@blueprint.post("/staff/sign-out")
def sign_out() -> Response:
    """End the sign-in of this browser; who is signed out already is just shown the door."""
    use_kept_display()
    staff = current_staff()
    if staff is not None:
        if not has_form_token():
            return send_again()
        write_audited(
            lambda database: end_sign_in(database, sign_in_id=staff.sign_in_id, now=now()),
            account_id=staff.account_id,
            action=Action.USE_OWN_ACCOUNT,
            subject=f"account:{staff.account_id}",
            unit_path=own_path(staff.grants),
            details={"did": "signed_out"},
        )
    renew_session()
    return redirect("/staff/sign-in", 303)

"""Public doors for signing in through the agency's identity provider (OpenID Connect)."""

from __future__ import annotations

import hmac
from datetime import timedelta
from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
)
from werkzeug.wrappers import Response as Redirection

from survey_app.config import Settings
from survey_app.foundation.clock import now
from survey_app.foundation.database import write
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.gateway import (
    Attempt,
    Identity,
    Provider,
    ProviderUnavailable,
    SignInLibraryMissing,
    begin_sign_in,
    finish_sign_in,
)
from survey_app.staff.guards import enter, local_address
from survey_app.staff.operations.agency import admit_from_agency
from survey_app.web.shell import use_kept_display

blueprint = Blueprint("oidc", __name__)

_BEGUN = "agency_sign_in"
_ANSWERED_WITHIN = timedelta(minutes=10)


class NotBegunHere(Refused):
    """The answer belongs to no sign-in that this browser began a short while ago."""


@blueprint.get("/staff/oidc/start")
def start() -> Redirection:
    """Send the browser to the agency's identity provider; `?next=` names the page wanted."""
    use_kept_display()
    provider = _provider()
    try:
        address, attempt = begin_sign_in(provider)
    except Refused as error:
        return _failed(error)
    session[_BEGUN] = {
        "state": attempt.state,
        "nonce": attempt.nonce,
        "verifier": attempt.verifier,
        "next": local_address(request.args.get("next")),
        "at": int(now().timestamp()),
    }
    return redirect(address, 303)


@blueprint.get("/staff/oidc/callback")
def callback() -> Redirection:
    """Take the provider's answer: sign the browser in, or say why not. An answer is taken once."""
    use_kept_display()
    provider = _provider()
    begun: dict[str, Any] = session.pop(_BEGUN, {})
    try:
        account_id = _account(provider, _identity(provider, begun))
    except Refused as error:
        return _failed(error)
    # The second factor is the provider's matter.
    enter(account_id=account_id, method="oidc")
    return redirect(local_address(begun["next"]), 303)


def _provider() -> Provider:
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.oidc_issuer:
        abort(404)
    return Provider(
        settings.oidc_issuer,
        settings.oidc_client_id,
        settings.oidc_client_secret,
        f"{settings.public_url}/staff/oidc/callback",
    )


def _identity(provider: Provider, begun: dict[str, Any]) -> Identity:
    """Return who came back, if this browser is the one that went."""
    state, code = request.args.get("state", ""), request.args.get("code", "")
    instant = now()
    if not begun or not hmac.compare_digest(begun["state"].encode(), state.encode()):
        raise NotBegunHere(
            _("Lần đăng nhập này không bắt đầu từ máy này, hoặc đã dùng rồi. Xin đăng nhập lại từ đầu.")
        )
    if instant.timestamp() - begun["at"] > _ANSWERED_WITHIN.total_seconds():
        raise NotBegunHere(_("Lần đăng nhập này đã quá 10 phút. Xin đăng nhập lại từ đầu."))
    if not code:
        raise NotBegunHere(
            _("Hệ thống đăng nhập của cơ quan không cho vào, hoặc ông/bà đã hủy. Xin thử lại.")
        )
    attempt = Attempt(begun["state"], begun["nonce"], begun["verifier"])
    return finish_sign_in(provider, attempt, code=code, now=instant)


def _account(provider: Provider, identity: Identity) -> int:
    return write(lambda database: admit_from_agency(database, issuer=provider.issuer, identity=identity))


def _failed(error: Refused) -> Response:
    """Say what went wrong and offer both ways in."""
    at_fault = isinstance(error, ProviderUnavailable | SignInLibraryMissing)
    page = render_template("staff/agency_failed.html", reason=error)
    return make_response(page, 503 if at_fault else 403)

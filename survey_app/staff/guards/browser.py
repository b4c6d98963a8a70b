"""What a staff browser carries: its session, its device cookie, its name. The only reader of `User-Agent`."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from flask import Response, after_this_request, current_app, g, request, session
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session

from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.privacy import keyed_hash, network_of
from survey_app.staff.guards.doors import TOKEN, write_audited
from survey_app.staff.operations import start_sign_in
from survey_app.staff.queries import grants_of
from survey_app.staff.rules.accounts import SECOND_STEP_FOR, own_path
from survey_app.staff.rules.devices import device_label
from survey_app.staff.rules.permissions import Action
from survey_app.staff.rules.throttling import Counter

DEVICE_COOKIE = "staff_device"
_DEVICE_LIVES_SECONDS = 180 * 24 * 3600
_ACCOUNTS_REMEMBERED = 20
_SECOND_STEP = "second_step"


def enter(*, account_id: int, method: str) -> None:
    """Sign this browser in: the old session is thrown away, so whoever planted it gains nothing.

    Parameters
    ----------
    method
        How the person proved who they are: `password`, `totp`, `recovery`, `link` or `oidc`.
    """
    label, instant = device_label(request.headers.get("User-Agent", "")), now()

    def begin(database: Session) -> str:
        return start_sign_in(database, account_id=account_id, device=label, method=method, now=instant)

    with read() as database:
        unit_path = own_path(grants_of(database, account_id))
    token = write_audited(
        begin,
        account_id=account_id,
        action=Action.USE_OWN_ACCOUNT,
        subject=f"account:{account_id}",
        unit_path=unit_path,
        details={"did": "signed_in", "method": method},
    )
    renew_session()
    session[TOKEN] = token
    _remember_account(account_id)


def renew_session() -> None:
    """Empty the session; only how the page looks stays."""
    display = session.get("display")
    session.clear()
    if display:
        session["display"] = display
    g.pop("staff", None)
    g.pop("csrf_token", None)


def keep_language(language: str) -> None:
    """Show this browser's staff pages in `language` from the next page on."""
    session["display"] = {**session.get("display", {}), "lang": language}


@dataclass(frozen=True, slots=True)
class SecondStep:
    """Somebody who gave the right password and is asked for a code."""

    account_id: int
    next_address: str
    method: str


def ask_second_step(account_id: int, next_address: str, method: str) -> None:
    """Note in the signed session that the password was right; nobody is signed in yet."""
    renew_session()
    session[_SECOND_STEP] = [account_id, int(now().timestamp()), next_address, method]


def second_step() -> SecondStep | None:
    """Return who is between the two steps in this browser, None after ten minutes."""
    noted = session.get(_SECOND_STEP)
    if not noted or now().timestamp() - noted[1] > SECOND_STEP_FOR.total_seconds():
        return None
    return SecondStep(noted[0], noted[2], noted[3])


def try_keys(purpose: str, email: str, account_id: int | None) -> dict[Counter, str]:
    """Return what a try of `purpose` (such as `password`) on an account is counted under, as keyed hashes.

    `account_id` is None where nobody has the address. A browser that signed in to the account before is counted
    alone.
    """
    known = _device()
    if known is not None and account_id in known[1]:
        return {Counter.DEVICE: _key(f"{purpose} device {known[0]} {account_id}")}
    network = network_of(request.remote_addr or "")
    return {
        Counter.PAIR: _key(f"{purpose} pair {email} {network}"),
        Counter.NETWORK: _key(f"{purpose} network {network}"),
        Counter.ACCOUNT: _key(f"{purpose} account {email}"),
    }


def _key(value: str) -> str:
    return keyed_hash(current_app.config["SETTINGS"].contact_key, "sign-in failures", value)


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SETTINGS"].secret_key, salt="staff device")


def _device() -> tuple[str, list[int]] | None:
    """Return the random name of this browser and the accounts that signed in here; None without a valid cookie."""
    try:
        name, accounts = _serializer().loads(request.cookies.get(DEVICE_COOKIE, ""))
    except (BadSignature, TypeError, ValueError):
        return None
    return name, accounts


def _remember_account(account_id: int) -> None:
    """Give the browser the cookie that keeps strangers' failures from slowing it down."""
    name, accounts = _device() or (secrets.token_urlsafe(12), [])
    accounts = [*(one for one in accounts if one != account_id), account_id][-_ACCOUNTS_REMEMBERED:]
    value = _serializer().dumps([name, accounts])

    @after_this_request
    def give(response: Response) -> Response:
        response.set_cookie(
            DEVICE_COOKIE,
            str(value),
            max_age=_DEVICE_LIVES_SECONDS,
            path="/staff",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response

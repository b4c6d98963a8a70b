"""Guards of staff doors: who is signed in, who may pass, and every change with its line in the audit log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from flask import abort, current_app, g, redirect, render_template, request, session
from flask_wtf.csrf import validate_csrf
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from survey_app.foundation import audit
from survey_app.foundation.clock import now
from survey_app.foundation.database import DatabaseUnavailable, is_conflict, read, write
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.operations import keep_sign_in
from survey_app.staff.queries import Staff, grants_of, is_signed_in, signed_in
from survey_app.staff.rules.accounts import SEEN_EVERY, own_path
from survey_app.staff.rules.permissions import Action, may
from survey_app.web.problems import problem
from survey_app.web.requests import drop_nuls, is_from_another_site
from survey_app.web.shell import use_kept_display

T = TypeVar("T")
View = Callable[..., Any]
TOKEN = "token"  # noqa: S105  (the name of a field in the session)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_NEVER_REPEATED = ("csrf_token", "password", "one_time_code")


def current_staff() -> Staff | None:
    """Return the person signed in by the browser that asks, None for everybody else; one read a request."""
    if "staff" not in g:
        g.staff = _load()
    staff: Staff | None = g.staff
    return staff


def _load() -> Staff | None:
    token = session.get(TOKEN)
    if not token:
        return None
    with read() as database:
        staff = signed_in(database, token=token, now=now())
    if staff is not None:
        _keep(staff)
    return staff


def _keep(staff: Staff) -> None:
    """Note that the person is there. Data that a page fetches by itself is no sign of a person."""
    instant = now()
    if instant - staff.seen_at >= SEEN_EVERY and not request.path.endswith(".json"):
        # A page that can be read is worth more than the note.
        with suppress(DatabaseUnavailable):
            write(lambda database: keep_sign_in(database, sign_in_id=staff.sign_in_id, now=instant))


def requires(action: Action, *, upload_bytes: int | None = None) -> Callable[[View], View]:
    """Return the guard that lets only people pass who may do `action` in some unit.

    The view asks `require_unit(path)` for the record's own unit before it shows or changes anything. A request that
    changes something needs the token of a form of this sign-in as well. `upload_bytes` is the largest body of a view
    that takes files; others keep the limit of the application.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if upload_bytes is not None:
                request.max_content_length = upload_bytes
            return _refusal(action) or view(*args, **kwargs)

        guarded.guarded_by = action  # type: ignore[attr-defined]
        return guarded

    return guard


def _refusal(action: Action) -> Response | None:
    """Return the answer to who may not pass; None opens the door."""
    if is_planted():
        return problem(403)
    staff = current_staff()
    use_kept_display(staff.language if staff else None)
    if staff is None:
        return _sign_in_first()
    if action is not Action.USE_OWN_ACCOUNT and not staff.may_somewhere(action):
        return problem(403) if request.method in _SAFE else send_again(is_refused=True)
    g.staff_action = action
    drop_nuls()
    if request.method not in _SAFE and not has_form_token():
        return send_again()
    return None


def is_planted() -> bool:
    """Say whether a page of another site sent this form.

    Such a form is not answered by `send_again`: that page would give the stranger's words a token of this browser,
    and would replace the cookie of who is signed in, which browsers do not send along (SameSite).
    """
    return request.method not in _SAFE and is_from_another_site()


def _sign_in_first() -> Response:
    if request.method not in _SAFE:
        return send_again()
    address = request.full_path.rstrip("?")
    return redirect(f"/staff/sign-in?next={quote(address, safe='/')}", 303)


def local_address(address: str | None, otherwise: str = "/staff") -> str:
    """Return `address` if it is a path of this site, else `otherwise`: nobody is led away by a forged link."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return otherwise
    try:
        parts = urlsplit(address)
    except ValueError:
        return otherwise
    clean = not parts.scheme and not parts.netloc and address.isprintable() and "\\" not in address
    return address if clean else otherwise


def has_form_token() -> bool:
    """Say whether the request carries the token of a form that this browser was given."""
    try:
        validate_csrf(request.form.get("csrf_token") or request.headers.get("X-CSRFToken"), time_limit=None)
    except ValidationError:
        return False
    return True


def send_again(*, is_refused: bool = False) -> Response:
    """Give back what was typed when the sign-in ended meanwhile, or (`is_refused`) the role was taken away.

    Once the person is signed in, or has the role again, one click sends it.
    """
    kept = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if not name.startswith(_NEVER_REPEATED)
    ]
    page = render_template(
        "staff/send_again.html",
        kept=kept,
        lost=[file.filename for file in request.files.values()],
        is_refused=is_refused,
    )
    status = 403 if is_refused else 401 if current_staff() is None else 400
    return Response(page, status, content_type="text/html; charset=utf-8")


def staff_here() -> Staff:
    """Return the person who passed the guard of this view."""
    staff = current_staff()
    assert staff is not None, "the view has no guard"
    return staff


def action_here() -> Action:
    """Return the action whose guard stands before this view."""
    action: Action = g.staff_action
    return action


def scopes_here() -> tuple[str, ...]:
    """Return the unit paths inside which the person may do what this view does; `("",)` means all."""
    return staff_here().scopes(action_here())


def require_unit(unit_path: str) -> None:
    """Answer 404 unless the person may do what this view does in this unit: another unit's record is not there."""
    if not staff_here().may(action_here(), unit_path):
        abort(404)


class NoLongerPermitted(Refused):
    """The role or the sign-in was taken away between opening the page and sending it."""


def act(
    operation: Callable[[Session], T],
    *,
    subject: str | Callable[[T], str],
    unit_path: str = "",
    details: Mapping[str, Any] | None = None,
) -> T:
    """Run `operation` in one transaction with its line in the audit log, and return its result.

    The line names the action of the view's guard, the person, the unit and `subject` (such as `counter:12`; a
    function of the result for something new). Roles are read again inside the transaction.

    Raises
    ------
    NoLongerPermitted
        The person may no longer do this in `unit_path`, or was signed out meanwhile.
    ChangedMeanwhile
        See `write_audited`.
    """
    staff, action = staff_here(), action_here()

    def permitted(database: Session) -> T:
        if not _is_permitted(database, staff, action, unit_path):
            raise NoLongerPermitted(_("Ông/bà không còn quyền làm việc này. Xin hỏi người quản trị."))
        return operation(database)

    return write_audited(
        permitted,
        account_id=staff.account_id,
        action=action,
        subject=subject,
        unit_path=unit_path,
        details=details,
    )


def act_on_own_account(operation: Callable[[Session], T], *, did: str) -> T:
    """Run what a person does to their own account; the audit log names it by `did`, such as `password_changed`."""
    staff = staff_here()
    return act(
        operation,
        subject=f"account:{staff.account_id}",
        unit_path=own_path(staff.grants),
        details={"did": did},
    )


def _is_permitted(database: Session, staff: Staff, action: Action, unit_path: str) -> bool:
    # Grants of a closed account stay for the record, and so does a sign-in that was ended meanwhile.
    if not is_signed_in(database, sign_in_id=staff.sign_in_id):
        return False
    # One's own account needs no role and lies in no unit.
    return action is Action.USE_OWN_ACCOUNT or may(grants_of(database, staff.account_id), action, unit_path)


class ChangedMeanwhile(Refused):
    """Of two people who stored the same name or number at once, one was later."""


def write_audited(
    operation: Callable[[Session], T],
    *,
    account_id: int,
    action: str,
    subject: str | Callable[[T], str],
    unit_path: str = "",
    details: Mapping[str, Any] | None = None,
) -> T:
    """Run `operation` in one transaction with a line of what this person did, without asking for a role.

    For doors where nobody is signed in yet; every other door calls `act`.

    Raises
    ------
    ChangedMeanwhile
        Somebody stored the same at the same moment. Nothing was stored here.
    """
    key, instant = current_app.config["SETTINGS"].audit_key, now()

    def audited(database: Session) -> T:
        result = operation(database)
        audit.record(
            database,
            key=key,
            actor=f"account:{account_id}",
            action=action,
            subject=subject if isinstance(subject, str) else subject(result),
            unit_path=unit_path,
            details=details,
            now=instant,
        )
        return result

    try:
        return write(audited)
    except IntegrityError as error:
        if not is_conflict(error):
            raise
        raise ChangedMeanwhile(
            _("Có người vừa lưu cùng nội dung này, hoặc vừa xóa thứ được nhắc đến. Xin tải lại trang để xem.")
        ) from error

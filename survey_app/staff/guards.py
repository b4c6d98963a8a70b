"""Guards of staff doors: who is signed in, who may pass, and every change with its line in the audit log."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import abort, current_app, g, redirect, render_template, request, session
from flask_wtf.csrf import validate_csrf
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms.validators import ValidationError

from survey_app.foundation import audit
from survey_app.foundation.clock import now
from survey_app.foundation.database import read, write
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.queries import Staff, grants_of, signed_in
from survey_app.staff.rules.permissions import Action, may
from survey_app.web.problems import problem
from survey_app.web.shell import use_kept_display

T = TypeVar("T")
View = Callable[..., Any]
TOKEN = "token"  # noqa: S105  (the name of a field in the session)
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_NEVER_REPEATED = ("csrf_token", "password", "code")


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
        return signed_in(database, token=token, now=now())


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
    staff = current_staff()
    use_kept_display(staff.language if staff else None)
    if staff is None:
        return _sign_in_first()
    if not staff.may_somewhere(action):
        return problem(403)
    g.staff_action = action
    if request.method not in _SAFE and not _has_token():
        return _send_again()
    return None


def _sign_in_first() -> Response:
    if request.method not in _SAFE:
        return _send_again()
    address = request.full_path.rstrip("?")
    return redirect(f"/staff/sign-in?next={_quoted(address)}", 303)


def _quoted(address: str) -> str:
    from urllib.parse import quote  # noqa: PLC0415

    return quote(address, safe="/")


def local_address(address: str | None, otherwise: str = "/staff") -> str:
    """Return `address` if it is a path of this site, else `otherwise`: nobody is led away by a forged link."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return otherwise
    parts = urlsplit(address)
    clean = not parts.scheme and not parts.netloc and address.isprintable() and "\\" not in address
    return address if clean else otherwise


def _has_token() -> bool:
    try:
        validate_csrf(request.form.get("csrf_token") or request.headers.get("X-CSRFToken"), time_limit=None)
    except ValidationError:
        return False
    return True


def _send_again() -> Response:
    """Give back what was typed when the sign-in ended meanwhile: after signing in, one click sends it."""
    kept = [
        (name, value)
        for name, value in request.form.items(multi=True)
        if not name.startswith(_NEVER_REPEATED)
    ]
    page = render_template(
        "staff/send_again.html", kept=kept, lost=[file.filename for file in request.files.values()]
    )
    return Response(page, 401 if current_staff() is None else 400, content_type="text/html; charset=utf-8")


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
    """The role was taken away between opening the page and sending it."""


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
        The person may no longer do this in `unit_path`.
    """
    staff, action = staff_here(), action_here()
    key, instant = current_app.config["SETTINGS"].audit_key, now()

    def audited(database: Session) -> T:
        if not may(grants_of(database, staff.account_id), action, unit_path):
            raise NoLongerPermitted(_("Ông/bà không còn quyền làm việc này. Xin hỏi người quản trị."))
        result = operation(database)
        audit.record(
            database,
            key=key,
            actor=f"account:{staff.account_id}",
            action=action,
            subject=subject if isinstance(subject, str) else subject(result),
            unit_path=unit_path,
            details=details,
            now=instant,
        )
        return result

    return write(audited)

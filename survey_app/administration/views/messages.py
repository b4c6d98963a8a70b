"""What the screens for messages share: they serve the whole installation, so only who administers all sees them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import flash, redirect, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.guards import act, require_unit, requires
from survey_app.staff.rules.permissions import EVERYWHERE, Action

TOP = "/admin/messaging"


def requires_all_units(view: Callable[..., Any]) -> Callable[..., Any]:
    """Let only people pass who manage messages in all units: carriers and refusals belong to no single one."""

    @wraps(view)
    def inside(*args: Any, **kwargs: Any) -> Any:
        require_unit(EVERYWHERE)
        return view(*args, **kwargs)

    return requires(Action.MANAGE_MESSAGING)(inside)


def page(screen: str, *, above: tuple[tuple[str, str], ...] = (), **values: Any) -> str:
    """Return one of the screens, with the links to its neighbours; `above` are pages between it and the first."""
    return render_template(
        f"administration/{screen}.html",
        sections=[
            (TOP, _("Cổng nhắn tin")),
            (f"{TOP}/senders", _("Người gửi")),
            (f"{TOP}/templates", _("Mẫu tin")),
            (f"{TOP}/opt-outs", _("Từ chối nhận tin")),
            (f"{TOP}/health", _("Tình hình gửi")),
            (f"{TOP}/dead-letters", _("Tin chưa đến")),
        ],
        crumbs=[("/admin", _("Quản trị")), (TOP, _("Nhắn tin")), *above],
        **values,
    )


def changed(
    operation: Callable[[Session], object], message: str, *, subject: str, back: str, did: str, **details: Any
) -> Response:
    """Run `operation` with its line in the audit log, say so, and go `back`; a refusal is said there too."""
    try:
        act(operation, subject=subject, details={"did": did, **details})
    except Refused as error:
        flash(str(error), "bad")
    else:
        flash(message, "done")
    return redirect(back, 303)

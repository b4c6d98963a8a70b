"""Who must not be written to: how many, since when, and one number looked up. A number stands in no address."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from survey_app.administration.forms import LiftForm, OptOutForm, PhoneForm
from survey_app.administration.views.messages import TOP, page, requires_all_units
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paging import page_number, paged
from survey_app.messaging.operations import opt_in, opt_out
from survey_app.messaging.queries import opt_out_counts, phone_hash
from survey_app.messaging.queries.optouts import entries_of, latest_entries
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.optouts import Block, Lifter, Reason, covered, reason_label
from survey_app.messaging.rules.phones import UnableToReadPhone, mask, mobile_number
from survey_app.staff.guards import act

blueprint = Blueprint("opt_outs", __name__)
HERE = f"{TOP}/opt-outs"
PAGE_SIZE = 50


@blueprint.get("/admin/messaging/opt-outs")
@requires_all_units
def opt_outs() -> str:
    """Count the entries by reason and list the latest; no phone can be told from them."""
    return _list(PhoneForm(), OptOutForm())


def _list(look_up: PhoneForm, adding: OptOutForm) -> str:
    number = page_number(request.args.get("page"))
    with read() as session:
        counts = opt_out_counts(session)
        rows = latest_entries(session, offset=(number - 1) * PAGE_SIZE, most=PAGE_SIZE + 1)
    return page(
        "opt_outs",
        look_up=look_up,
        adding=adding,
        counts=[(reason_label(reason), counts[reason]) for reason in Reason if reason in counts],
        entries=paged(rows, number=number, size=PAGE_SIZE),
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "reason_label": reason_label,
        "media": lambda one: ", ".join(
            sorted("Zalo" if m is Medium.ZALO else "SMS" for m in covered(Block(one.reason, one.medium)))
        ),
    }


def _number_of(form: PhoneForm) -> str | None:
    """Return the number in E.164, None after noting beside the field what is wrong."""
    if not form.validate_on_submit():
        return None
    try:
        return mobile_number(form.phone.data)
    except UnableToReadPhone as error:
        form.phone.errors = [str(error)]
        return None


@blueprint.post("/admin/messaging/opt-outs/look-up")
@requires_all_units
def look_up_phone() -> ResponseReturnValue:
    """Show what is noted about one phone."""
    form = PhoneForm()
    number = _number_of(form)
    if number is None:
        return _list(form, OptOutForm()), 422
    return _found(number, LiftForm())


def _found(number: str, form: LiftForm) -> ResponseReturnValue:
    key = current_app.config["SETTINGS"].contact_key
    entries = act(
        lambda session: entries_of(session, phone_hash(key, number)),
        subject="opt_outs",
        details={"did": "opt_out_looked_up"},
    )
    form.phone.data = number
    shown = page(
        "opt_out",
        form=form,
        masked=mask(number),
        entries=entries,
        may_lift=any(one.staff_may_lift for one in entries),
        above=((HERE, _("Từ chối nhận tin")),),
        **_words(),
    )
    return shown, 422 if form.errors else 200


@blueprint.post("/admin/messaging/opt-outs/add")
@requires_all_units
def add_opt_out() -> ResponseReturnValue:
    """Note a refusal that was said to a person; it holds at once on every medium."""
    form, key = OptOutForm(), current_app.config["SETTINGS"].contact_key
    number = _number_of(form)
    if number is None:
        return _list(PhoneForm(), form), 422
    reason = Reason(form.reason.data)
    act(
        lambda session: opt_out(session, key=key, phone=number, reason=reason, source="desk", now=now()),
        subject="opt_outs",
        details={"did": "opt_out_added", "reason": reason.value, "document": form.document.data},
    )
    flash(_("Đã ghi. Không tin nào gửi đến số này nữa, kể cả tin đang chờ."), "done")
    return redirect(HERE, 303)


@blueprint.post("/admin/messaging/opt-outs/lift")
@requires_all_units
def lift_opt_out() -> ResponseReturnValue:
    """Take away what staff may, on a written request; a citizen's own refusal only that phone can lift."""
    form, key = LiftForm(), current_app.config["SETTINGS"].contact_key
    number = _number_of(form)
    if number is None:
        return _unlifted(form)
    try:
        lifted = act(
            lambda session: opt_in(session, key=key, phone=number, lifter=Lifter.STAFF, now=now()),
            subject="opt_outs",
            details={"did": "opt_out_lifted", "document": form.document.data},
        )
    except Refused as error:
        form.refuse(error)
        return _found(number, form)
    return _lifted(lifted)


def _unlifted(form: LiftForm) -> ResponseReturnValue:
    """Ask again on the page of the number; without a number, on the list."""
    try:
        return _found(mobile_number(form.phone.data or ""), form)
    except UnableToReadPhone:
        return redirect(HERE, 303)


def _lifted(count: int) -> Response:
    done = _("Đã gỡ %(n)s mục. Số này có thể được mời trở lại.", n=count)
    flash(done if count else _("Số này không có mục nào để gỡ."), "done" if count else "warn")
    return redirect(HERE, 303)

"""Replies that only a person can read: one after the other, each with a mark or as a comment."""

from __future__ import annotations

import re

from flask import Blueprint, abort, flash, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.staff.guards import act, require_unit, requires, scopes_here, staff_here
from survey_app.staff.rules.permissions import Action
from survey_app.texting.operations import code_reading
from survey_app.texting.queries import count_to_read, readings_to_read
from survey_app.texting.queries.screens import unit_of_reading
from survey_app.texting.rules.questions import RATINGS

blueprint = Blueprint("reading", __name__)
HERE = "/texting/reading"
PAGE_SIZE = 25
COMMENT = "comment"


@blueprint.get("/texting/reading")
@requires(Action.READ_REPLIES)
def replies_to_read() -> str:
    """List the replies that wait for a person, the newest first."""
    before = _before(request.args.get("before", ""))
    with read() as session:
        lines = readings_to_read(session, unit_paths=scopes_here(), most=PAGE_SIZE + 1, before=before)
        total = count_to_read(session, unit_paths=scopes_here())
    return render_template(
        "texting/reading.html",
        lines=lines[:PAGE_SIZE],
        older=lines[PAGE_SIZE - 1].id if len(lines) > PAGE_SIZE else None,
        total=total,
        ratings=RATINGS,
        is_first=before is None,
        may_open_cases=staff_here().may_somewhere(Action.FILE_CASES),
    )


def _before(text: str) -> int | None:
    """Return the id of the last line of the page before; None if `text` is no id that a table can hold."""
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None


@blueprint.post("/texting/reading/<int:reading_id>")
@requires(Action.READ_REPLIES)
def code_reply(reading_id: int) -> Response:
    """Note what a reply means; the person's name stands with it."""
    with read() as session:
        unit_path = unit_of_reading(session, reading_id)
    if unit_path is None:
        abort(404)
    require_unit(unit_path)
    meant = request.form.get("meant", "")
    rating = int(meant) if meant in {str(one) for one in RATINGS} else None
    if rating is None and meant != COMMENT:
        flash(_("Xin chọn một điểm, hoặc “chỉ là ý kiến”."), "bad")
        return redirect(HERE, 303)
    return _coded(reading_id, rating, unit_path)


def _coded(reading_id: int, rating: int | None, unit_path: str) -> Response:
    account_id = staff_here().account_id

    def code(session: Session) -> None:
        code_reading(session, reading_id=reading_id, rating=rating, account_id=account_id, now=now())

    try:
        act(code, subject=f"reply:{reading_id}", unit_path=unit_path, details={"did": "reply_coded"})
    except Refused as error:
        flash(str(error), "bad")
    else:
        told = _("Đã ghi: %(rating)s điểm.", rating=rating) if rating else _("Đã ghi: chỉ là ý kiến.")
        flash(told, "done")
    return redirect(HERE, 303)

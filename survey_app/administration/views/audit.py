"""The audit log: look, search, take along, and prove that nobody changed it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    stream_with_context,
)
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as Redirection

from survey_app.administration.documents.audit_csv import csv_pieces
from survey_app.administration.documents.words import detail_words, event_label, flaw_label, unit_label
from survey_app.administration.forms import AuditFilterForm
from survey_app.administration.queries import Filter, Line, actors_meant, audit_page, chain_state
from survey_app.foundation.audit import Verdict, verify
from survey_app.foundation.clock import VIETNAM, local_date, now
from survey_app.foundation.database import read
from survey_app.foundation.languages import gettext as _
from survey_app.offices.queries import names_by_path, units_meant
from survey_app.staff.guards import act, requires, scopes_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("audit", __name__)

_FIELDS = ("person", "account", "action", "unit", "since", "until")
_LINES_A_PIECE = 1000
_YEARS = (2000, 2200)


@blueprint.get("/admin/audit")
@requires(Action.VIEW_AUDIT)
def audit_log() -> ResponseReturnValue:
    """Show the newest lines that the filter lets through; `?before=` goes on below that number."""
    form = AuditFilterForm(request.args)
    is_readable = form.validate()
    with read() as session:
        page = audit_page(session, _filter(session, form), before=_number("before"))
        chain = chain_state(session, action=Action.VIEW_AUDIT)
        names = names_by_path(session, {line.unit_path for line in page.lines if line.unit_path})
    return render_template(
        "administration/audit.html",
        form=form,
        page=page,
        chain=chain,
        query=urlencode(_asked()),
        event_label=event_label,
        detail_words=detail_words,
        unit_label=lambda path: unit_label(path, names),
        crumbs=[("/admin", _("Quản trị"))],
    ), 200 if is_readable else 422


def _asked() -> dict[str, str]:
    return {name: request.args[name] for name in _FIELDS if request.args.get(name)}


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def _filter(session: Session, form: AuditFilterForm) -> Filter:
    """Return what is wanted; a person or unit that cannot be made out lets nothing through, and says so."""
    return Filter(
        scopes=scopes_here(),
        actors=_actors(session, form),
        action=form.action.data or None,
        inside=_inside(session, form),
        since=_midnight(form.since.data),
        until=_midnight(form.until.data, timedelta(days=1)),
    )


def _actors(session: Session, form: AuditFilterForm) -> tuple[str, ...] | None:
    account_id, words = _number("account"), (form.person.data or "").strip()
    if not words:
        return None if account_id is None else (f"account:{account_id}",)
    found, more = actors_meant(session, words, scopes=scopes_here())
    if more or not found:
        form.person.errors = [
            _("Có nhiều người tên như vậy, chỉ xem 20 người đầu. Xin ghi rõ hơn.")
            if more
            else _("Không có ai tên như vậy.")
        ]
    return found


def _inside(session: Session, form: AuditFilterForm) -> str | None:
    words = (form.unit.data or "").strip()
    if not words:
        return None
    found = units_meant(session, words, inside=scopes_here())
    if len(found) != 1:
        form.unit.errors = [
            _("Có nhiều đơn vị tên như vậy. Xin ghi mã đơn vị.") if found else _("Không tìm thấy đơn vị này.")
        ]
    # No unit has this path.
    return found[0].path if len(found) == 1 else "-"


def _midnight(day: date | None, later: timedelta = timedelta()) -> datetime | None:
    """Return when `day` begins, or so much later; None for years that the log cannot hold, which limit nothing."""
    known = day is not None and _YEARS[0] <= day.year <= _YEARS[1]
    return datetime.combine(day, time.min, VIETNAM) + later if day and known else None


@blueprint.get("/admin/audit.csv")
@requires(Action.VIEW_AUDIT)
def audit_csv() -> Response:
    """Send all lines that the filter lets through as a table, newest first."""
    form = AuditFilterForm(request.args)
    form.validate()
    with read() as session:
        wanted = _filter(session, form)
    name = f"nhat-ky-{local_date(now()):%Y-%m-%d}.csv"
    pieces = csv_pieces([asdict(line) for line in lines] for lines in _pages(wanted))
    response = Response(stream_with_context(pieces), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _pages(wanted: Filter) -> Iterator[tuple[Line, ...]]:
    before: int | None = None
    while True:
        with read() as session:
            page = audit_page(session, wanted, before=before, size=_LINES_A_PIECE)
        yield page.lines
        before = page.older
        if before is None:
            return


@blueprint.post("/admin/audit/verify")
@requires(Action.VIEW_AUDIT)
def verify_chain() -> Redirection:
    """Walk the whole chain, say what was found, and note that it was done."""
    key = current_app.config["SETTINGS"].audit_key
    with read() as session:
        verdict = verify(session, key=key)
    details = {"did": "chain_verified", "lines": verdict.lines, "flaw": verdict.flaw, "at": verdict.at_number}
    act(lambda _session: None, subject="audit", unit_path=scopes_here()[0], details=details)
    _tell(verdict)
    return redirect("/admin/audit", 303)


def _tell(verdict: Verdict) -> None:
    if verdict.flaw is None:
        whole = _("Chuỗi nguyên vẹn: %(n)s dòng, không dòng nào bị sửa, xóa hay đảo thứ tự.", n=verdict.lines)
        # The chain alone cannot tell that the whole log was put back to an older state.
        note = _(
            "Dấu của dòng cuối: %(digest)s. Xin ghi lại ở nơi khác để đối chiếu.", digest=verdict.digest[:16]
        )
        flash(f"{whole} {note}", "done")
        return
    broken = _("Chuỗi bị đứt ở dòng số %(n)s.", n=verdict.at_number)
    remedy = _("Xin báo ngay cho người phụ trách an toàn thông tin.")
    flash(f"{broken} {flaw_label(verdict.flaw)} {remedy}", "bad")

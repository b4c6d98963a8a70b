"""A list of offices from a file: read, reported row by row, stored on a word."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paging import page_number, paged
from survey_app.offices.documents.tables import (
    LARGEST_FILE,
    read_list,
    template_csv,
    template_xlsx,
    too_large,
)
from survey_app.offices.forms import UploadForm
from survey_app.offices.operations import ImportResult, drop_import, keep_import, store_import
from survey_app.offices.queries import import_of, report_digest, report_of
from survey_app.offices.rules.lists import RowFate
from survey_app.offices.views.records import crumbs_to_list
from survey_app.staff.guards import act, requires, scopes_here, staff_here
from survey_app.staff.queries import grants_of
from survey_app.staff.rules.permissions import Action, scopes_of

blueprint = Blueprint("imports", __name__)
# The form around the file takes some bytes too.
_LARGEST_BODY = LARGEST_FILE + 64 * 1024
_PAGE = 50
_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/offices/import")
@requires(Action.MANAGE_OFFICES)
def import_page() -> str:
    """Show the report of the list that waits for a word, else ask for a file."""
    with read() as session:
        kept = import_of(session, staff_here().account_id)
    if kept is None:
        return _upload_page(UploadForm())
    report = report_of(kept)
    counts = {fate: sum(row.fate is fate for row in report) for fate in RowFate}
    wanted = request.args.get("fate", "")
    first = RowFate.ERROR if counts[RowFate.ERROR] else None
    fate = RowFate(wanted) if wanted in set(RowFate) else first if wanted != "all" else None
    rows = [row for row in report if fate is None or row.fate is fate]
    number = page_number(request.args.get("page"))
    begin = (number - 1) * _PAGE
    return render_template(
        "offices/import_report.html",
        crumbs=crumbs_to_list(),
        kept=kept,
        rows=paged(rows[begin : begin + _PAGE + 1], number=number, size=_PAGE),
        counts=[(one, fate_label(one), counts[one]) for one in RowFate],
        fate=fate,
        total=len(report),
        errors=counts[RowFate.ERROR],
        writes=counts[RowFate.NEW] + counts[RowFate.CHANGED],
        digest=report_digest(kept),
        fate_label=fate_label,
    )


def fate_label(fate: RowFate) -> tuple[str, str]:
    """Return what would become of a row in the reader's words, and the tone to say it in."""
    return {
        RowFate.NEW: (_("Thêm mới"), "good"),
        RowFate.CHANGED: (_("Thay đổi"), "warn"),
        RowFate.UNCHANGED: (_("Giữ nguyên"), ""),
        RowFate.ERROR: (_("Có lỗi"), "bad"),
    }[fate]


def _upload_page(form: UploadForm) -> str:
    return render_template("offices/import.html", crumbs=crumbs_to_list(), form=form)


@blueprint.post("/offices/import")
@requires(Action.MANAGE_OFFICES, upload_bytes=_LARGEST_BODY)
def upload_list() -> AnyResponse | tuple[str, int]:
    """Read a file and keep its report; nothing of it is stored as an office yet."""
    form = UploadForm()
    if form.validate_on_submit():
        try:
            _keep(form)
        except Refused as error:
            form.refuse(error)
        else:
            return redirect("/offices/import", 303)
    return _upload_page(form), 422


def _keep(form: UploadForm) -> None:
    rows = read_list(form.file.data.read())
    name = form.file.data.filename or ""
    instant, staff, scopes = now(), staff_here(), scopes_here()
    act(
        lambda session: keep_import(
            session, account_id=staff.account_id, file_name=name, rows=rows, scopes=scopes, now=instant
        ),
        subject=lambda kept: f"import:{kept.id}",
        unit_path=scopes[0],
        details={"did": "list_uploaded", "rows": len(rows)},
    )


@blueprint.errorhandler(RequestEntityTooLarge)
def refuse_large_file(error: RequestEntityTooLarge) -> tuple[str, int]:
    """Say how large a file may be, on the page from which it was sent."""
    form = UploadForm(formdata=None)
    form.refuse(too_large())
    return _upload_page(form), 413


@blueprint.post("/offices/import/confirm")
@requires(Action.MANAGE_OFFICES)
def confirm_import() -> AnyResponse:
    """Store all of the list whose report was just read, or nothing."""
    try:
        result = _store(request.form.get("digest", ""))
    except Refused as error:
        flash(str(error), "bad")
        return redirect("/offices/import", 303)
    flash(
        _(
            "Đã lưu danh sách: thêm %(offices)s bộ phận, %(points)s quầy; thay đổi %(changed)s mục.",
            offices=result.offices_added,
            points=result.points_added,
            changed=result.offices_changed + result.points_changed,
        ),
        "done",
    )
    return redirect("/offices", 303)


def _store(digest: str) -> ImportResult:
    instant, staff = now(), staff_here()

    def store(session: Session) -> ImportResult:
        # Read again here: a role may have been taken away since the report.
        scopes = scopes_of(grants_of(session, staff.account_id), Action.MANAGE_OFFICES)
        return store_import(session, account_id=staff.account_id, digest=digest, scopes=scopes, now=instant)

    return act(
        store,
        subject=f"import:{digest[:12]}",
        unit_path=scopes_here()[0],
        details={"did": "list_stored"},
    )


@blueprint.post("/offices/import/discard")
@requires(Action.MANAGE_OFFICES)
def discard_import() -> AnyResponse:
    """Throw the list away and ask for another file."""
    staff = staff_here()
    act(
        lambda session: drop_import(session, account_id=staff.account_id),
        subject=f"account:{staff.account_id}",
        unit_path=scopes_here()[0],
        details={"did": "list_discarded"},
    )
    return redirect("/offices/import", 303)


@blueprint.get("/offices/import/template.<any(csv, xlsx):kind>")
@requires(Action.MANAGE_OFFICES)
def import_template(kind: str) -> Response:
    """Give the list to fill in."""
    body = template_csv() if kind == "csv" else template_xlsx()
    content_type = "text/csv; charset=utf-8" if kind == "csv" else _SPREADSHEET
    headers = {"Content-Disposition": f'attachment; filename="danh-sach-mot-cua.{kind}"'}
    return Response(body, content_type=content_type, headers=headers)

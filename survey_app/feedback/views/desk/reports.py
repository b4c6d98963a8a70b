"""Periodic reports, the register of cases, work and timeliness of units."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, abort, render_template, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app.feedback.documents.reports import MAKERS, ReportPaper, figures_of, table_xlsx
from survey_app.feedback.forms.reports import QUARTERS_OFFERED, Asked, asked_report, quarter_name
from survey_app.feedback.queries.fields import field_choices, field_label
from survey_app.feedback.queries.papers import letterhead_of
from survey_app.feedback.queries.registers import register_of
from survey_app.feedback.queries.report_forms import PETITIONS, shipped_forms
from survey_app.feedback.queries.reports import quarterly_report
from survey_app.feedback.queries.workload import SMALLEST_CELL, handler_work, unit_work
from survey_app.feedback.rules.registers import register_cells, register_heading
from survey_app.feedback.rules.reports import Grouping, Report, notes_of, period_label, quarters_until
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.languages import use_language
from survey_app.offices.models import Unit
from survey_app.offices.queries import names_by_path, units_meant
from survey_app.staff.guards import act, requires, scopes_here, staff_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("reports", __name__)
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MEDIA_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": _XLSX,
}


@blueprint.get("/desk/reports")
@requires(Action.VIEW_FEEDBACK_REPORTS)
def show_report() -> ResponseReturnValue:
    """Show the report of a period, or why it cannot be made, with its downloads."""
    asked, problem, report = _asked(), "", None
    with read() as session:
        unit = _unit(session, asked)
        try:
            report = _report(session, asked, unit)
        except Refused as error:
            problem = str(error)
    form = shipped_forms()[PETITIONS]
    page = render_template(
        "feedback/reports.html",
        **_choices(asked, unit),
        report=report,
        form=form,
        problem=problem,
        notes=notes_of(report, form, made_on=local_date(now())) if report else (),
        figures_of=figures_of,
    )
    return page, 409 if problem else 200


@blueprint.get("/desk/reports/<any('pdf','docx','xlsx'):ending>")
@requires(Action.VIEW_FEEDBACK_REPORTS)
def download_report(ending: str) -> ResponseReturnValue:
    """Give the report as a file; one whose sums do not add is refused."""
    asked = _asked()
    # Official papers are Vietnamese, also for who reads the desk in English.
    with read() as session, use_language("vi"):
        unit = _unit(session, asked)
        try:
            paper = _paper(session, asked, unit)
        except Refused as error:
            return Response(str(error), 409, content_type="text/plain; charset=utf-8")
    name = f"bao-cao-pakn-{asked.period.since:%Y%m%d}-{asked.period.last_day:%Y%m%d}.{ending}"
    return _file(MAKERS[ending](paper), _MEDIA_TYPES[ending], name)


@blueprint.get("/desk/reports/register.xlsx")
@requires(Action.VIEW_FEEDBACK_REPORTS)
def download_register() -> ResponseReturnValue:
    """Give the register of the cases that came in during the period; who takes it is noted."""
    asked = _asked()
    with read() as session:
        unit = _unit(session, asked)
    place = unit.path if unit else ""

    def make(session: Session) -> bytes:
        rows = list(
            register_of(
                session, period=asked.period, scopes=scopes_here(), unit_path=place, field=asked.field
            )
        )
        units = names_by_path(session, {row.unit_path for row in rows})
        cells = (register_cells(number, row, units) for number, row in enumerate(rows, start=1))
        return table_xlsx(register_heading(), cells, title=_("Sổ theo dõi"), day=local_date(now()))

    details = {
        "did": "register_taken",
        "since": asked.period.since.isoformat(),
        "until": asked.period.last_day.isoformat(),
    }
    scope = place or scopes_here()[0]
    try:
        content = act(make, subject="cases", unit_path=scope, details=details)
    except Refused as error:
        return Response(str(error), 409, content_type="text/plain; charset=utf-8")
    return _file(content, _XLSX, f"so-pakn-{asked.period.since:%Y%m%d}-{asked.period.last_day:%Y%m%d}.xlsx")


@blueprint.get("/desk/reports/workload")
@requires(Action.VIEW_FEEDBACK_REPORTS)
def show_workload() -> str:
    """Show what is open and how fast units answer; officers only to the desk of their own unit."""
    asked, instant = _asked(), now()
    with read() as session:
        unit = _unit(session, asked)
        units = unit_work(
            session,
            period=asked.period,
            scopes=scopes_here(),
            unit_path=unit.path if unit else "",
            now=instant,
        )
        own_units = [path for path in staff_here().scopes(Action.ASSIGN_CASES) if path]
        handlers = handler_work(session, own_units=own_units, now=instant)
        names = names_by_path(session, own_units)
    return render_template(
        "feedback/workload.html",
        **_choices(asked, unit),
        units=units,
        handlers=handlers,
        names=names,
        smallest_cell=SMALLEST_CELL,
    )


def _asked() -> Asked:
    return asked_report(request.args, today=local_date(now()))


def _unit(session: Session, asked: Asked) -> Unit | None:
    """Return the unit that was typed, None if none was; 404 where it is none of the person's."""
    found = units_meant(session, asked.unit, inside=scopes_here()) if asked.unit else []
    if asked.unit and not found:
        abort(404)
    return found[0] if found else None


def _report(session: Session, asked: Asked, unit: Unit | None) -> Report:
    return quarterly_report(
        session,
        period=asked.period,
        scopes=scopes_here(),
        grouping=asked.grouping,
        unit_path=unit.path if unit else "",
        field=asked.field,
    )


def _paper(session: Session, asked: Asked, unit: Unit | None) -> ReportPaper:
    report, form, day = _report(session, asked, unit), shipped_forms()[PETITIONS], local_date(now())
    issuer = unit.path if unit else scopes_here()[0]
    return ReportPaper(
        report=report,
        form=form,
        letterhead=letterhead_of(session, issuer),
        period=period_label(asked.period),
        scope=" – ".join(filter(None, (unit.name if unit else "", field_label(asked.field or "")))),
        notes=notes_of(report, form, made_on=day),
        day=day,
    )


def _file(content: bytes, media_type: str, name: str) -> Response:
    answer = send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _choices(asked: Asked, unit: Unit | None) -> dict[str, object]:
    """Return what both pages need of what was asked for and may be chosen."""
    quarters = quarters_until(local_date(now()), QUARTERS_OFFERED)
    return {
        "crumbs": [("/desk", _("Phản ánh, kiến nghị"))],
        "asked": asked,
        "fields": field_choices(asked.field or ""),
        "unit": unit,
        "period": period_label(asked.period),
        "quarters": [(quarter_name(one), period_label(one)) for one in quarters],
        "Grouping": Grouping,
    }

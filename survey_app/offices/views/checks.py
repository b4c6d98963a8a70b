"""The daily check of codes ("kiểm tra QR"): staff scan each counter's code and say whether it is in its place."""

from __future__ import annotations

from datetime import UTC, datetime, time

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from survey_app.foundation.clock import VIETNAM, local_date, now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paging import page_number
from survey_app.offices.forms import ConfirmForm, ProblemForm, outcome_label
from survey_app.offices.models import QrCheck
from survey_app.offices.operations import record_check
from survey_app.offices.queries import (
    EntryPoint,
    LastCheck,
    PointLine,
    check_lines,
    entry_point,
    last_checks,
    point_line,
    tally,
)
from survey_app.offices.rules import CheckOutcome, CodeStatus, normalise_code
from survey_app.offices.views.records import Crumbs, counter_address, crumbs_to_list
from survey_app.staff.guards import act, require_unit, requires, scopes_here, staff_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("checks", __name__)


@blueprint.get("/offices/checks")
@requires(Action.CHECK_QR)
def check_list() -> str:
    """List the counters of the person's units with the last check of each."""
    unchecked_only = request.args.get("unchecked") == "1"
    began = day_began(now())
    with read() as session:
        lines = check_lines(
            session,
            inside=scopes_here(),
            day_began=began,
            unchecked_only=unchecked_only,
            page=page_number(request.args.get("page")),
        )
        count = tally(session, inside=scopes_here(), day_began=began)
    return render_template(
        "offices/checks.html",
        crumbs=crumbs_to_list(),
        lines=[(line.point, line.last, _age(line.last)) for line in lines.items],
        page=lines,
        count=count,
        unchecked_only=unchecked_only,
    )


def day_began(instant: datetime) -> datetime:
    """Return the moment at which the day of `instant` began in Việt Nam."""
    return datetime.combine(local_date(instant), time.min, VIETNAM).astimezone(UTC)


def _age(last: LastCheck | None) -> str:
    """Return how long ago a counter was checked, in words."""
    if last is None:
        return _("Chưa bao giờ")
    days = (local_date(now()) - local_date(last.checked_at)).days
    return _("Hôm nay") if days <= 0 else _("Hôm qua") if days == 1 else _("%(days)s ngày trước", days=days)


@blueprint.get("/offices/checks/<code>")
@requires(Action.CHECK_QR)
def check_page(code: str) -> str:
    """Name the counter to which the scanned code belongs, and ask whether it is the right one."""
    entry, point = _scanned(code)
    return _page(entry, point, ProblemForm(formdata=None))


@blueprint.post("/offices/checks/<code>")
@requires(Action.CHECK_QR)
def record(code: str) -> str | tuple[str, int] | Response:
    """Store what was found at the counter."""
    entry, point = _scanned(code)
    fine = request.form.get("outcome") == CheckOutcome.OK
    form = ConfirmForm() if fine else ProblemForm()
    if form.validate_on_submit():
        outcome = CheckOutcome.OK if fine else CheckOutcome(form.outcome.data)
        try:
            _store(point, outcome)
        except Refused as error:
            form.refuse(error)
        else:
            flash(*_thanks(point, outcome))
            return redirect("/offices/checks", 303)
    return _page(entry, point, form), 422


def _store(point: PointLine, outcome: CheckOutcome) -> QrCheck:
    instant, staff = now(), staff_here()
    return act(
        lambda session: record_check(
            session,
            service_point_id=point.service_point_id,
            account_id=staff.account_id,
            outcome=outcome,
            now=instant,
        ),
        subject=f"counter:{point.service_point_id}",
        unit_path=point.unit_path,
        details={"outcome": str(outcome)},
    )


def _thanks(point: PointLine, outcome: CheckOutcome) -> tuple[str, str]:
    if outcome is CheckOutcome.OK:
        return _("Đã ghi nhận: %(name)s đúng chỗ. Mời quét mã ở quầy tiếp theo.", name=point.sign), "done"
    if outcome is CheckOutcome.PASTED_OVER:
        words = _(
            "Đã ghi nhận. Hãy chụp ảnh, gỡ tấm dán đè, báo ngay cho người quản lý: "
            "mã lạ có thể dẫn người dân đến trang lừa đảo."
        )
        return words, "bad"
    return _("Đã ghi nhận: %(name)s – %(problem)s.", name=point.sign, problem=outcome_label(outcome)), "warn"


def _scanned(text: str) -> tuple[EntryPoint, PointLine]:
    """Return what a scanned code stands for; 404 if it is no counter's, or of a unit out of reach."""
    code = normalise_code(text)
    with read() as session:
        entry = entry_point(session, code) if code else None
        point = point_line(session, entry.service_point_id) if entry and entry.service_point_id else None
    if entry is None or point is None:
        abort(404)
    require_unit(point.unit_path)
    return entry, point


def _page(entry: EntryPoint, point: PointLine, form: ProblemForm | ConfirmForm) -> str:
    with read() as session:
        last = last_checks(session, [point.service_point_id]).get(point.service_point_id)
    crumbs: Crumbs = [*crumbs_to_list(), ("/offices/checks", _("Kiểm tra QR"))]
    return render_template(
        "offices/check.html",
        crumbs=crumbs,
        entry=entry,
        point=point,
        is_active=entry.status is CodeStatus.ACTIVE,
        form=form if isinstance(form, ProblemForm) else ProblemForm(formdata=None),
        refused=form.form_errors,
        last=last,
        age=_age(last),
        address=counter_address(point),
    )

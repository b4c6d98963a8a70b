"""The register of violations of personal data, with the 72 hours and the notice to print."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from survey_app.feedback.documents.breach_notice import breach_notice
from survey_app.feedback.forms.privacy import BreachForm, shown
from survey_app.feedback.models import Breach
from survey_app.feedback.operations.breaches import change_breach, record_breach
from survey_app.feedback.rules.actors import staff_member
from survey_app.feedback.rules.privacy import BREACH_BASIS
from survey_app.feedback.views.desk.rules_units import RulesUnit, unit_here
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import format_instant, format_number
from survey_app.foundation.languages import gettext as _
from survey_app.offices.queries import names_by_path
from survey_app.staff.guards import act, require_unit, requires, staff_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("breaches", __name__)
HOME = "/desk/privacy"
LARGEST_ID = 10**18
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@blueprint.route("/desk/privacy/breaches/new", methods=["GET", "POST"])
@requires(Action.MANAGE_PRIVACY)
def enter() -> AnyResponse:
    """Enter a breach; the 72 hours run from when it was detected."""
    unit = unit_here()
    form = BreachForm(unit=unit.path, detected_at=shown(now()))
    if form.validate_on_submit():
        draft, actor = form.draft(), staff_member(staff_here().account_id)
        try:
            breach = act(
                lambda session: record_breach(
                    session, unit_path=unit.path, draft=draft, actor=actor, now=now()
                ),
                subject=lambda entered: f"breach:{entered.id}",
                unit_path=unit.path,
                details={"did": "breach_recorded"},
            )
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã ghi sự việc. Thời hạn báo cơ quan chuyên trách đã bắt đầu tính."), "done")
            return redirect(f"{HOME}/breaches/{breach.id}", 303)
    return _page(form, unit, None)


@blueprint.route(f"/desk/privacy/breaches/<int(max={LARGEST_ID}):breach_id>", methods=["GET", "POST"])
@requires(Action.MANAGE_PRIVACY)
def change(breach_id: int) -> AnyResponse:
    """Show a breach and write down what became known since."""
    breach, unit = _found(breach_id)
    form = BreachForm(unit=unit.path)
    if not form.is_submitted():
        form.show(breach)
    elif form.validate():
        draft, actor = form.draft(), staff_member(staff_here().account_id)

        def operation(session: Session) -> None:
            found = session.get_one(Breach, breach_id)
            change_breach(session, breach=found, draft=draft, actor=actor, now=now())

        try:
            act(
                operation,
                subject=f"breach:{breach_id}",
                unit_path=unit.path,
                details={"did": "breach_changed"},
            )
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã lưu."), "done")
            return redirect(f"{HOME}/breaches/{breach_id}", 303)
    return _page(form, unit, breach)


@blueprint.get(f"/desk/privacy/breaches/<int(max={LARGEST_ID}):breach_id>.docx")
@requires(Action.MANAGE_PRIVACY)
def notice(breach_id: int) -> Response:
    """Download the notice to the authority, to check and sign."""
    breach, unit = _found(breach_id)
    told = format_instant(breach.notified_at) if breach.notified_at else _("chưa báo")
    paper = breach_notice(
        agency=unit.name,
        title=_("Thông báo vi phạm quy định về bảo vệ dữ liệu cá nhân"),
        warning=_("Dự thảo theo nội dung của %(basis)s; chưa đối chiếu với Mẫu 08.", basis=BREACH_BASIS),
        rows=[
            (_("Tên sự việc"), breach.title),
            (_("Phát hiện lúc"), format_instant(breach.detected_at)),
            (_("Phải báo trước"), format_instant(breach.notify_by)),
            (_("Đã báo cơ quan chuyên trách lúc"), told),
            (_("Số người bị ảnh hưởng"), format_number(breach.people)),
            (_("Việc gì đã xảy ra"), breach.what),
            (_("Biện pháp đã và sẽ làm"), breach.measures),
        ],
    )
    answer = make_response(paper)
    answer.headers["Content-Type"] = _DOCX
    answer.headers["Content-Disposition"] = f'attachment; filename="vi-pham-{breach_id}.docx"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _found(breach_id: int) -> tuple[Breach, RulesUnit]:
    with read() as session:
        breach = session.get(Breach, breach_id)
        if breach is None:
            abort(404)
        name = names_by_path(session, [breach.unit_path])[breach.unit_path] if breach.unit_path else ""
    require_unit(breach.unit_path)
    return breach, RulesUnit(breach.unit_path, name or _("Mọi đơn vị"))


def _page(form: BreachForm, unit: RulesUnit, breach: Breach | None) -> Response:
    page = render_template(
        "feedback/breach.html",
        form=form,
        unit=unit,
        breach=breach,
        basis=BREACH_BASIS,
        now=now(),
        crumbs=[(HOME, _("Dữ liệu cá nhân"))],
    )
    return make_response(page, 422 if form.errors else 200)

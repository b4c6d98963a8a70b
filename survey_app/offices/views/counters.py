"""Counters: their page, new ones, several at once, other names, closing and opening again."""

from __future__ import annotations

from base64 import b64encode

from flask import Blueprint, flash, redirect, render_template
from werkzeug.wrappers import Response

from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.documents.posters import PosterFormat
from survey_app.offices.documents.qr import payload, qr_svg
from survey_app.offices.forms import USUAL_MINUTES, ConfirmForm, CounterForm, SeveralForm, paper_label
from survey_app.offices.operations import (
    NewServicePoint,
    add_service_point,
    add_several_service_points,
    deactivate_service_point,
    edit_service_point,
    reopen_service_point,
)
from survey_app.offices.queries import OfficeLine, former_codes, last_checks
from survey_app.offices.rules import ServicePointKind, group_code
from survey_app.offices.views.records import (
    counter_address,
    counter_here,
    crumbs_to_counter,
    crumbs_to_office,
    is_local_only,
    office_here,
    public_url,
)
from survey_app.staff.guards import act, requires, staff_here
from survey_app.staff.queries import names_of
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("counters", __name__)


@blueprint.get("/offices/<office>/counters/<int:number>")
@requires(Action.VIEW_OFFICES)
def show_counter(office: str, number: int) -> str:
    """Show a counter with its QR code, its address and what can be done about them."""
    point = counter_here(office, number)
    with read() as session:
        former = former_codes(session, point.service_point_id)
        check = last_checks(session, [point.service_point_id]).get(point.service_point_id)
        checked_by = names_of(session, [check.account_id]).get(check.account_id) if check else None
    staff = staff_here()
    return render_template(
        "offices/counter.html",
        crumbs=crumbs_to_office(point.office_code, point.office_name),
        point=point,
        address=counter_address(point),
        url=f"{public_url()}/{point.code}" if point.code else None,
        grouped=group_code(point.code) if point.code else None,
        qr=_qr_image(point.code) if point.code else None,
        former=former,
        check=check,
        checked_by=checked_by,
        papers=[(str(paper), paper_label(paper)) for paper in PosterFormat],
        minutes=USUAL_MINUTES,
        local_only=is_local_only(),
        may_manage=staff.may(Action.MANAGE_OFFICES, point.unit_path),
        may_print=staff.may(Action.PRINT_POSTERS, point.unit_path),
        may_check=staff.may(Action.CHECK_QR, point.unit_path),
    )


def _qr_image(code: str) -> str:
    return f"data:image/svg+xml;base64,{b64encode(qr_svg(payload(public_url(), code)).encode()).decode()}"


@blueprint.route("/offices/<office>/counters/new", methods=["GET", "POST"])
@requires(Action.MANAGE_OFFICES)
def new_counter(office: str) -> str | tuple[str, int] | Response:
    """Add one counter, kiosk or desk."""
    line = office_here(office)
    form = CounterForm(kind=str(ServicePointKind.COUNTER))
    if form.validate_on_submit():
        try:
            added = _add(line, form)
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã thêm quầy. Bước tiếp theo: in bảng mã QR và dán tại quầy."), "done")
            return redirect(f"/offices/{line.code}/counters/{added.service_point_id}", 303)
    crumbs = crumbs_to_office(line.code, line.name)
    page = render_template(
        "offices/counter_edit.html", crumbs=crumbs, form=form, back=f"/offices/{line.code}"
    )
    return (page, 422) if form.errors else page


def _add(office: OfficeLine, form: CounterForm) -> NewServicePoint:
    instant = now()
    return act(
        lambda session: add_service_point(
            session,
            office_code=office.code,
            name=form.name.data,
            name_en=form.name_en.data or None,
            number=form.number.data or None,
            kind=ServicePointKind(form.kind.data),
            now=instant,
        ),
        subject=lambda added: f"counter:{added.service_point_id}",
        unit_path=office.unit_path,
        details={"did": "counter_added", "name": form.name.data},
    )


@blueprint.route("/offices/<office>/counters/several", methods=["GET", "POST"])
@requires(Action.MANAGE_OFFICES)
def several_counters(office: str) -> str | tuple[str, int] | Response:
    """Add the counters from one number to another."""
    line = office_here(office)
    form, instant = SeveralForm(first=line.counters + 1, last=line.counters + 1), now()
    if form.validate_on_submit():
        first, last = form.first.data, form.last.data
        try:
            added = act(
                lambda session: add_several_service_points(
                    session, office_code=line.code, first=first, last=last, now=instant
                ),
                subject=f"office:{line.code}",
                unit_path=line.unit_path,
                details={"did": "counters_added", "first": first, "last": last},
            )
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã thêm %(count)s quầy.", count=len(added)), "done")
            return redirect(f"/offices/{line.code}", 303)
    crumbs = crumbs_to_office(line.code, line.name)
    page = render_template("offices/several.html", crumbs=crumbs, form=form, office=line)
    return (page, 422) if form.errors else page


@blueprint.route("/offices/<office>/counters/<int:number>/edit", methods=["GET", "POST"])
@requires(Action.MANAGE_OFFICES)
def change_counter(office: str, number: int) -> str | tuple[str, int] | Response:
    """Change the names, the sign or the kind of a counter."""
    point = counter_here(office, number)
    form = CounterForm(number=point.number, name=point.name, name_en=point.name_en, kind=str(point.kind))
    if form.validate_on_submit():
        try:
            act(
                lambda session: edit_service_point(
                    session,
                    service_point_id=point.service_point_id,
                    name=form.name.data,
                    name_en=form.name_en.data or None,
                    number=form.number.data or None,
                    kind=ServicePointKind(form.kind.data),
                ),
                subject=f"counter:{point.service_point_id}",
                unit_path=point.unit_path,
                details={"did": "counter_changed", "from": point.name, "to": form.name.data},
            )
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã lưu. Tên trên bảng mã QR đã in chưa đổi; hãy in lại nếu cần."), "done")
            return redirect(counter_address(point), 303)
    page = render_template(
        "offices/counter_edit.html",
        crumbs=crumbs_to_counter(point),
        form=form,
        point=point,
        back=counter_address(point),
    )
    return (page, 422) if form.errors else page


@blueprint.route("/offices/<office>/counters/<int:number>/close", methods=["GET", "POST"])
@requires(Action.MANAGE_OFFICES)
def close_counter(office: str, number: int) -> str | Response:
    """Say what closing a counter means, and do it on a word."""
    point = counter_here(office, number)
    form, instant = ConfirmForm(), now()
    if form.validate_on_submit():
        act(
            lambda session: deactivate_service_point(
                session, service_point_id=point.service_point_id, now=instant
            ),
            subject=f"counter:{point.service_point_id}",
            unit_path=point.unit_path,
            details={"did": "counter_closed", "code": point.code},
        )
        flash(_("Đã đóng %(name)s.", name=point.sign), "done")
        return redirect(f"/offices/{point.office_code}", 303)
    return render_template(
        "offices/confirm.html",
        crumbs=crumbs_to_counter(point),
        title=_("Đóng quầy"),
        subject=f"{point.sign} · {point.office_name}",
        consequences=[
            _("Mã %(code)s ngừng dùng ngay; ai quét sẽ thấy trang báo mã đã ngừng.", code=point.code or "–"),
            _("Các tấm bảng đã in không còn tác dụng. Hãy gỡ xuống."),
            _("Câu trả lời đã nhận vẫn còn và vẫn được tính."),
            _("Có thể mở lại quầy, nhưng quầy sẽ có mã mới và phải in lại bảng mã QR."),
        ],
        button=_("Đóng quầy này"),
        danger=True,
        back=counter_address(point),
    )


@blueprint.post("/offices/<office>/counters/<int:number>/reopen")
@requires(Action.MANAGE_OFFICES)
def open_counter_again(office: str, number: int) -> Response:
    """Open a closed counter again under a new code."""
    point = counter_here(office, number)
    instant = now()
    try:
        act(
            lambda session: reopen_service_point(
                session, service_point_id=point.service_point_id, now=instant
            ),
            subject=f"counter:{point.service_point_id}",
            unit_path=point.unit_path,
            details={"did": "counter_reopened"},
        )
    except Refused as error:
        flash(str(error), "warn")
    else:
        flash(_("Đã mở lại quầy với mã mới. Hãy in bảng mã QR mới và gỡ tấm cũ."), "done")
    return redirect(counter_address(point), 303)

"""One-stop offices: their page, new ones, other names, closing and opening again."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paging import page_number
from survey_app.offices.forms import ConfirmForm, OfficeEditForm, OfficeForm, SeveralForm
from survey_app.offices.models import Office, Unit
from survey_app.offices.operations import (
    add_office,
    add_several_service_points,
    deactivate_office,
    edit_office,
    reopen_office,
)
from survey_app.offices.queries import (
    counters_page,
    find_unit,
    last_checks,
    office_codes_like,
    unit_exists,
    units_inside,
)
from survey_app.offices.rules import suggest_slug
from survey_app.offices.views.records import (
    crumbs_to_list,
    crumbs_to_office,
    office_here,
    unit_asked,
    unit_suggestions,
    unit_words,
)
from survey_app.staff.guards import act, requires, scopes_here, staff_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("places", __name__)


@blueprint.route("/offices/new", methods=["GET", "POST"])
@requires(Action.MANAGE_OFFICES)
def new_office() -> str | tuple[str, int] | Response:
    """Add a one-stop office, with its numbered counters if wished."""
    with read() as session:
        if not unit_exists(session):
            return redirect("/offices/units/load", 303)
        suggestions = unit_suggestions(session)
        form = OfficeForm(unit=_likely_unit(session))
    if form.validate_on_submit() and (unit := unit_asked(form)) is not None:
        try:
            office = _add(unit, form)
        except Refused as error:
            form.refuse(error)
        else:
            flash(_added_words(office.name, bool(form.counters.data)), "done")
            return redirect(f"/offices/{office.code}", 303)
    page = render_template(
        "offices/office_new.html", crumbs=crumbs_to_list(), form=form, suggestions=suggestions
    )
    return (page, 422) if form.errors else page


def _added_words(name: str, has_counters: bool) -> str:
    """Return that an office was added, and what comes next."""
    if not has_counters:
        return _("Đã thêm %(name)s. Việc tiếp theo: thêm quầy.", name=name)
    return _("Đã thêm %(name)s. Việc tiếp theo: chọn phiếu và mở đợt khảo sát, rồi in bảng mã QR.", name=name)


def _likely_unit(session: Session) -> str:
    """Return what the unit field begins with: the unit whose page led here, or the only one there is."""
    named = find_unit(session, request.args.get("unit", "")[:20])
    if named is not None and staff_here().may(Action.MANAGE_OFFICES, named.path):
        return unit_words(named)
    units = units_inside(session, inside=scopes_here(), limit=2)
    return unit_words(units[0]) if len(units) == 1 else ""


def _add(unit: Unit, form: OfficeForm) -> Office:
    instant = now()

    def add(session: Session) -> Office:
        code = form.code.data or suggest_slug(
            form.name.data, office_codes_like(session, suggest_slug(form.name.data))
        )
        office = add_office(
            session,
            unit_code=unit.code,
            code=code,
            name=form.name.data,
            name_en=form.name_en.data or None,
            address=form.address.data or None,
        )
        if form.counters.data:
            add_several_service_points(
                session, office_code=code, first=1, last=form.counters.data, now=instant
            )
        return office

    return act(
        add,
        subject=lambda office: f"office:{office.code}",
        unit_path=unit.path,
        details={"did": "office_added", "name": form.name.data, "counters": form.counters.data or 0},
    )


@blueprint.get("/offices/<office>")
@requires(Action.VIEW_OFFICES)
def show_office(office: str) -> str:
    """Show an office with its counters, open and closed."""
    line = office_here(office)
    page = page_number(request.args.get("page"))
    with read() as session:
        counters = counters_page(session, office_id=line.id, active=True, page=page)
        closed = counters_page(session, office_id=line.id, active=False)
        checks = last_checks(session, [one.service_point_id for one in counters.items])
    staff = staff_here()
    return render_template(
        "offices/office.html",
        crumbs=crumbs_to_list(),
        office=line,
        counters=counters,
        closed=closed,
        checks=checks,
        several=SeveralForm(first=line.counters + 1, last=line.counters + 1),
        may_manage=staff.may(Action.MANAGE_OFFICES, line.unit_path),
        may_print=staff.may(Action.PRINT_POSTERS, line.unit_path),
    )


@blueprint.route("/offices/<office>/edit", methods=["GET", "POST"])
@requires(Action.MANAGE_OFFICES)
def change_office(office: str) -> str | tuple[str, int] | Response:
    """Change the names and the address of an office."""
    line = office_here(office)
    form = OfficeEditForm(name=line.name, name_en=line.name_en, address=line.address)
    if form.validate_on_submit():
        try:
            act(
                lambda session: edit_office(
                    session,
                    code=line.code,
                    name=form.name.data,
                    name_en=form.name_en.data or None,
                    address=form.address.data or None,
                ),
                subject=f"office:{line.code}",
                unit_path=line.unit_path,
                details={"did": "office_changed", "from": line.name, "to": form.name.data},
            )
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã lưu thay đổi."), "done")
            return redirect(f"/offices/{line.code}", 303)
    crumbs = crumbs_to_office(line.code, line.name)
    page = render_template("offices/office_edit.html", crumbs=crumbs, form=form, office=line)
    return (page, 422) if form.errors else page


@blueprint.route("/offices/<office>/close", methods=["GET", "POST"])
@requires(Action.MANAGE_OFFICES)
def close_office(office: str) -> str | tuple[str, int] | Response:
    """Say what closing an office means, and do it on a word."""
    line = office_here(office)
    form, instant = ConfirmForm(), now()
    if form.validate_on_submit():
        act(
            lambda session: deactivate_office(session, code=line.code, now=instant),
            subject=f"office:{line.code}",
            unit_path=line.unit_path,
            details={"did": "office_closed", "counters": line.counters},
        )
        flash(_("Đã đóng %(name)s.", name=line.name), "done")
        return redirect(f"/offices/{line.code}", 303)
    return render_template(
        "offices/confirm.html",
        crumbs=crumbs_to_office(line.code, line.name),
        title=_("Đóng bộ phận"),
        subject=line.name,
        consequences=[
            _("%(count)s quầy đang mở sẽ đóng, mã của các quầy ngừng dùng ngay.", count=line.counters),
            _("Các tấm bảng đã in không còn tác dụng: ai quét sẽ thấy trang báo mã đã ngừng."),
            _("Câu trả lời đã nhận vẫn còn và vẫn được tính."),
            _("Có thể mở lại bộ phận, nhưng mỗi quầy sẽ có mã mới và phải in lại bảng mã QR."),
        ],
        button=_("Đóng bộ phận này"),
        danger=True,
        back=f"/offices/{line.code}",
    )


@blueprint.post("/offices/<office>/reopen")
@requires(Action.MANAGE_OFFICES)
def open_office_again(office: str) -> Response:
    """Open a closed office again; its counters wait for new codes."""
    line = office_here(office)
    try:
        act(
            lambda session: reopen_office(session, code=line.code),
            subject=f"office:{line.code}",
            unit_path=line.unit_path,
            details={"did": "office_reopened"},
        )
    except Refused as error:
        flash(str(error), "warn")
    else:
        flash(_("Đã mở lại bộ phận. Hãy mở lại từng quầy cần dùng; mỗi quầy có mã mới."), "done")
    return redirect(f"/offices/{line.code}", 303)

"""The public code of a counter: exchanged, withdrawn, issued again, drawn and printed."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from survey_app.foundation.clock import now
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.documents.posters import PosterFormat, poster_pdf
from survey_app.offices.documents.qr import payload, qr_png, qr_svg
from survey_app.offices.forms import ConfirmForm, stripped
from survey_app.offices.operations import issue_code, revoke_code, rotate_code
from survey_app.offices.queries import PointLine
from survey_app.offices.views.poster_points import minutes_asked, poster_point
from survey_app.offices.views.records import (
    counter_address,
    counter_here,
    crumbs_to_counter,
    local_today,
    public_url,
)
from survey_app.staff.guards import act, requires
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("codes", __name__)


@blueprint.route("/offices/<office>/counters/<int:number>/rotate", methods=["GET", "POST"])
@requires(Action.MANAGE_OFFICES)
def exchange_code(office: str, number: int) -> str | Response:
    """Say what a new code means for what hangs on the wall, and issue it on a word."""
    point = counter_here(office, number)
    form, instant = ConfirmForm(digest=point.code), now()
    if form.validate_on_submit():
        try:
            act(
                lambda session: rotate_code(session, code=form.digest.data, now=instant),
                subject=f"counter:{point.service_point_id}",
                unit_path=_own_code(point, form),
                details={"did": "code_rotated", "code": form.digest.data},
            )
        except Refused as error:
            flash(str(error), "warn")
        else:
            flash(_("Quầy đã có mã mới. Hãy in bảng mã QR mới và gỡ tấm cũ."), "done")
        return redirect(counter_address(point), 303)
    return _confirm(
        point,
        form,
        title=_("Đổi mã"),
        consequences=[
            _("Quầy nhận một mã mới ngay. Hãy in bảng mã QR mới để thay tấm cũ."),
            _("Ai quét tấm cũ sẽ thấy trang báo mã đã đổi và đường dẫn sang mã mới."),
            _("Câu trả lời đã nhận vẫn còn và vẫn được tính."),
            _("Không lấy lại được mã cũ."),
        ],
        button=_("Đổi sang mã mới"),
    )


@blueprint.route("/offices/<office>/counters/<int:number>/revoke", methods=["GET", "POST"])
@requires(Action.MANAGE_OFFICES)
def withdraw_code(office: str, number: int) -> str | Response:
    """Say what withdrawing a code means, and do it on a word."""
    point = counter_here(office, number)
    form, instant = ConfirmForm(digest=point.code), now()
    if form.validate_on_submit():
        try:
            act(
                lambda session: revoke_code(session, code=form.digest.data, now=instant),
                subject=f"counter:{point.service_point_id}",
                unit_path=_own_code(point, form),
                details={"did": "code_revoked", "code": form.digest.data},
            )
        except Refused as error:
            flash(str(error), "warn")
        else:
            flash(_("Đã thu hồi mã. Quầy không nhận đánh giá cho đến khi được cấp mã mới."), "done")
        return redirect(counter_address(point), 303)
    return _confirm(
        point,
        form,
        title=_("Thu hồi mã"),
        consequences=[
            _("Mã ngừng dùng ngay và không có mã thay thế: quầy không nhận đánh giá nữa."),
            _("Ai quét tấm bảng sẽ thấy trang báo mã đã bị thu hồi."),
            _("Câu trả lời đã nhận vẫn còn và vẫn được tính."),
            _("Nếu chỉ muốn thay tấm cũ, hãy dùng Đổi mã: tấm cũ sẽ dẫn sang mã mới."),
        ],
        button=_("Thu hồi mã này"),
    )


def _own_code(point: PointLine, form: ConfirmForm) -> str:
    """Return the unit path if the word is about the code that this counter still has; another's is not touched."""
    if form.digest.data != point.code:
        raise _CodeChanged(
            _("Mã của quầy đã thay đổi sau khi mở trang này. Hãy xem mã hiện nay rồi làm lại.")
        )
    return point.unit_path


class _CodeChanged(Refused):
    """Somebody else was faster."""


def _confirm(point: PointLine, form: ConfirmForm, *, title: str, consequences: list[str], button: str) -> str:
    if point.code is None:
        abort(404)
    return render_template(
        "offices/confirm.html",
        crumbs=crumbs_to_counter(point),
        title=title,
        subject=f"{point.sign} · {point.office_name} · {point.code}",
        consequences=consequences,
        button=button,
        danger=True,
        digest=form.digest.data,
        back=counter_address(point),
    )


@blueprint.post("/offices/<office>/counters/<int:number>/issue")
@requires(Action.MANAGE_OFFICES)
def give_code(office: str, number: int) -> Response:
    """Give a counter whose code was withdrawn a new one."""
    point = counter_here(office, number)
    instant = now()
    try:
        act(
            lambda session: issue_code(session, service_point_id=point.service_point_id, now=instant),
            subject=f"counter:{point.service_point_id}",
            unit_path=point.unit_path,
            details={"did": "code_issued"},
        )
    except Refused as error:
        flash(str(error), "warn")
    else:
        flash(_("Đã cấp mã mới. Hãy in bảng mã QR và dán tại quầy."), "done")
    return redirect(counter_address(point), 303)


@blueprint.get("/offices/<office>/counters/<int:number>/qr.<any(svg, png):kind>")
@requires(Action.VIEW_OFFICES)
def draw_code(office: str, number: int, kind: str) -> Response:
    """Give the QR code alone, for letters and slides."""
    point = counter_here(office, number)
    if point.code is None:
        abort(404)
    url = payload(public_url(), point.code)
    body = qr_svg(url).encode() if kind == "svg" else qr_png(url)
    return _file(body, "image/svg+xml" if kind == "svg" else "image/png", f"qr-{point.code}.{kind}")


@blueprint.get("/offices/<office>/counters/<int:number>/poster.pdf")
@requires(Action.PRINT_POSTERS)
def print_poster(office: str, number: int) -> Response:
    """Print one poster or card; size, minutes, telephone and language stand in the address."""
    point = counter_here(office, number)
    if point.code is None or not point.active:
        abort(404)
    paper = request.args.get("paper", "A4")
    pdf = poster_pdf(
        [poster_point(point)],
        public_url=public_url(),
        printed_on=local_today(),
        paper=PosterFormat(paper) if paper in set(PosterFormat) else PosterFormat.A4,
        minutes=minutes_asked(),
        hotline=stripped(request.args.get("hotline"))[:30] or None,
        with_english=request.args.get("english") != "no",
    )
    return _file(pdf, "application/pdf", f"poster-{point.code}-{paper}.pdf")


def _file(body: bytes, content_type: str, name: str) -> Response:
    disposition = (
        f'attachment; filename="{name}"' if not name.endswith(".pdf") else f'inline; filename="{name}"'
    )
    return Response(body, content_type=content_type, headers={"Content-Disposition": disposition})

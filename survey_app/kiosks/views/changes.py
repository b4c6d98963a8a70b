"""What staff change about one kiosk: its device, its PIN, its end."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from survey_app.config import Settings
from survey_app.foundation.clock import now
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.kiosks.forms import PinForm
from survey_app.kiosks.operations import revoke_kiosk, set_pin, start_enrolment
from survey_app.kiosks.views.staff import kiosk_crumbs, own_kiosk, pin_key
from survey_app.staff.guards import act, requires
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("changes", __name__)


@blueprint.post("/kiosks/<int:kiosk_id>/enrolment")
@requires(Action.MANAGE_KIOSKS)
def enrolment(kiosk_id: int) -> AnyResponse | str:
    """Show, this once, the address with which a tablet becomes this kiosk within 30 minutes."""
    kiosk, instant = own_kiosk(kiosk_id), now()
    if kiosk.code is None:
        return _back(kiosk_id, _("Quầy này chưa có mã công khai. Xin cấp mã cho quầy rồi đăng ký máy."))
    try:
        token = act(
            lambda session: start_enrolment(session, kiosk_id=kiosk_id, now=instant),
            subject=f"kiosk:{kiosk_id}",
            unit_path=kiosk.unit_path,
            details={"step": "enrolment"},
        )
    except Refused as error:
        return _back(kiosk_id, error)
    settings: Settings = current_app.config["SETTINGS"]
    address = f"{settings.public_url}/kiosk/{kiosk.code}#enrol={token}"
    return render_template(
        "kiosks/enrolment.html", kiosk=kiosk, address=address, qr=_qr(address), crumbs=kiosk_crumbs(kiosk)
    )


@blueprint.route("/kiosks/<int:kiosk_id>/pin", methods=["GET", "POST"])
@requires(Action.MANAGE_KIOSKS)
def pin(kiosk_id: int) -> AnyResponse | tuple[str, int]:
    """Give a kiosk another PIN."""
    kiosk, form, key, instant = own_kiosk(kiosk_id), PinForm(), pin_key(), now()
    if form.validate_on_submit():
        try:
            act(
                lambda session: set_pin(session, kiosk_id=kiosk_id, pin=form.pin.data, key=key, now=instant),
                subject=f"kiosk:{kiosk_id}",
                unit_path=kiosk.unit_path,
                details={"step": "pin"},
            )
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã đổi mã PIN. Máy nhận mã mới ở lần liên lạc tiếp theo."), "done")
            return redirect(url_for("kiosks.staff.show", kiosk_id=kiosk_id), 303)
    page = render_template("kiosks/pin.html", kiosk=kiosk, form=form, crumbs=kiosk_crumbs(kiosk))
    return page, 422 if form.errors else 200


@blueprint.get("/kiosks/<int:kiosk_id>/revocation")
@requires(Action.MANAGE_KIOSKS)
def confirm_revocation(kiosk_id: int) -> str:
    """Say what revoking this kiosk means before it is done."""
    kiosk = own_kiosk(kiosk_id)
    return render_template("kiosks/revocation.html", kiosk=kiosk, crumbs=kiosk_crumbs(kiosk))


@blueprint.post("/kiosks/<int:kiosk_id>/revocation")
@requires(Action.MANAGE_KIOSKS)
def revoke(kiosk_id: int) -> AnyResponse:
    """End a kiosk for good."""
    kiosk, instant = own_kiosk(kiosk_id), now()
    try:
        act(
            lambda session: revoke_kiosk(session, kiosk_id=kiosk_id, now=instant),
            subject=f"kiosk:{kiosk_id}",
            unit_path=kiosk.unit_path,
            details={"step": "revoke"},
        )
    except Refused as error:
        return _back(kiosk_id, error)
    flash(_("Đã thu hồi kiosk “%(name)s”.", name=kiosk.name), "done")
    return redirect("/kiosks", 303)


def _back(kiosk_id: int, reason: object) -> AnyResponse:
    flash(str(reason), "bad")
    return redirect(url_for("kiosks.staff.show", kiosk_id=kiosk_id), 303)


def _qr(address: str) -> Markup:
    """Return the address as an inline picture; the one-time token must not become the address of an image."""
    import segno  # noqa: PLC0415  (only this page needs it)

    file = BytesIO()
    segno.make(address, error="M", micro=False).save(
        file,
        kind="svg",
        border=4,
        scale=6,
        light="#fff",
        xmldecl=False,
        svgclass="qr",
        lineclass=None,
        omitsize=True,
    )
    # Markup: drawn here, out of squares only.
    return Markup(file.getvalue().decode())  # noqa: S704

"""Staff look after the kiosks of their units: which are heard from, what waits on them, and how to set one up."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app.config import Settings
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paging import page_number
from survey_app.kiosks.forms import KioskForm
from survey_app.kiosks.operations import create_kiosk
from survey_app.kiosks.queries import (
    Counter,
    KioskLine,
    counter,
    find_counters,
    kiosk_line,
    list_kiosks,
    standing,
)
from survey_app.kiosks.views.standing_words import standing_words
from survey_app.staff.guards import act, require_unit, requires, scopes_here
from survey_app.staff.rules.permissions import Action

blueprint = Blueprint("staff", __name__)


@blueprint.get("/kiosks")
@requires(Action.MANAGE_KIOSKS)
def index() -> str:
    """List the kiosks of the person's units with their health; `?show=trouble` those that need a look."""
    instant, trouble = now(), request.args.get("show") == "trouble"
    with read() as session:
        sums = standing(session, scopes=scopes_here(), now=instant)
        kiosks = list_kiosks(
            session,
            scopes=scopes_here(),
            now=instant,
            page=page_number(request.args.get("page")),
            trouble_only=trouble,
        )
    return render_template(
        "kiosks/list.html",
        kiosks=kiosks,
        sums=sums,
        trouble=trouble,
        words=lambda line: standing_words(line, instant),
    )


@blueprint.get("/kiosks/guide")
@requires(Action.MANAGE_KIOSKS)
def guide() -> str:
    """Tell how to set a tablet up and keep its browser on the one page."""
    return render_template("kiosks/guide.html", crumbs=kiosk_crumbs())


@blueprint.get("/kiosks/new")
@requires(Action.MANAGE_KIOSKS)
def new() -> str:
    """Find the counter of a new kiosk (`?q=`), then ask for its name and PIN (`?point=`)."""
    if "point" in request.args:
        place = _counter(request.args["point"])
        form = KioskForm(point=str(place.id), name=place.name)
        return render_template("kiosks/new.html", form=form, place=place, crumbs=kiosk_crumbs())
    words = request.args.get("q", "")[:100]
    with read() as session:
        found = find_counters(session, scopes=scopes_here(), words=words)
    return render_template("kiosks/choose.html", counters=found, words=words, crumbs=kiosk_crumbs())


@blueprint.post("/kiosks/new")
@requires(Action.MANAGE_KIOSKS)
def create() -> AnyResponse | tuple[str, int]:
    """Store a kiosk and go on to enrolling its device."""
    form, key, instant = KioskForm(), pin_key(), now()
    place = _counter(form.point.data or "")
    if form.validate_on_submit():
        try:
            kiosk = act(
                lambda session: create_kiosk(
                    session,
                    service_point_id=place.id,
                    name=form.name.data,
                    pin=form.pin.data,
                    key=key,
                    now=instant,
                ),
                subject=lambda kiosk: f"kiosk:{kiosk.id}",
                unit_path=place.unit_path,
                details={"step": "create", "counter": place.id, "name": form.name.data},
            )
        except Refused as error:
            form.refuse(error)
        else:
            flash(_("Đã tạo kiosk “%(name)s”. Bước tiếp theo: đăng ký máy.", name=kiosk.name), "done")
            return redirect(url_for("kiosks.staff.show", kiosk_id=kiosk.id), 303)
    return render_template("kiosks/new.html", form=form, place=place, crumbs=kiosk_crumbs()), 422


@blueprint.get("/kiosks/<int:kiosk_id>")
@requires(Action.MANAGE_KIOSKS)
def show(kiosk_id: int) -> str:
    """Show one kiosk: its health, its answers, and what can be done with it."""
    kiosk, instant = own_kiosk(kiosk_id), now()
    locked = kiosk.pin_locked_until is not None and kiosk.pin_locked_until > instant
    return render_template(
        "kiosks/kiosk_page.html",
        kiosk=kiosk,
        words=standing_words(kiosk, instant),
        locked=locked,
        crumbs=kiosk_crumbs(),
    )


def own_kiosk(kiosk_id: int) -> KioskLine:
    """Return a kiosk of the person's units; 404 for any other."""
    if kiosk_id > 2**62:
        abort(404)
    with read() as session:
        kiosk = kiosk_line(session, kiosk_id)
    if kiosk is None:
        abort(404)
    require_unit(kiosk.unit_path)
    return kiosk


def pin_key() -> str:
    """Return the key of the hashes of PINs."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.secret_key


def kiosk_crumbs(kiosk: KioskLine | None = None) -> list[tuple[str, str]]:
    """Return the way to a page of this room."""
    own = [(url_for("kiosks.staff.show", kiosk_id=kiosk.id), kiosk.name)] if kiosk else []
    return [("/kiosks", _("Kiosk")), *own]


def _counter(text: str) -> Counter:
    """Return the active counter with this id inside the person's units; 404 for any other."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        abort(404)
    with read() as session:
        place = counter(session, int(text))
    if place is None:
        abort(404)
    require_unit(place.unit_path)
    return place

"""How a province's pages look: choose, try, save, go back."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from survey_app.administration.forms import AppearanceForm
from survey_app.appearance.gateway import UnusableLogo, read_logo
from survey_app.appearance.operations import UnreadableColours, remove_logo, reset_theme, save_theme
from survey_app.appearance.queries import Theme, all_themes
from survey_app.appearance.rules import DEFAULTS, Tokens, describe, stylesheet_address
from survey_app.foundation.clock import now
from survey_app.foundation.database import read
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.queries import provinces_shipped
from survey_app.staff.guards import act, require_unit, requires, scopes_here
from survey_app.staff.rules.permissions import Action, covers

blueprint = Blueprint("appearance_settings", __name__)

ALL = "all"
UPLOAD_BYTES = 5_000_000


@blueprint.get("/admin/appearance")
@requires(Action.MANAGE_APPEARANCE)
def appearances() -> ResponseReturnValue:
    """List the installation and the provinces whose look the administrator may choose."""
    places = _places()
    if len(places) == 1:
        return redirect(f"/admin/appearance/{next(iter(places))}", 303)
    with read() as session:
        themes = all_themes(session)
    return render_template(
        "administration/appearances.html",
        places=[(name, label, themes.get(_path(name))) for name, label in places.items()],
        crumbs=[("/admin", _("Quản trị"))],
    )


def _places() -> dict[str, str]:
    """Return the names in addresses, with labels, of what the administrator may dress."""
    scopes = scopes_here()
    everywhere = {ALL: _("Toàn hệ thống")} if "" in scopes else {}
    return everywhere | {
        code: name for code, name in provinces_shipped() if any(covers(scope, code) for scope in scopes)
    }


def _path(place: str) -> str:
    return "" if place == ALL else place


def _place(place: str) -> tuple[str, str]:
    """Return path and label, or answer 404 for a place the administrator may not dress."""
    require_unit(_path(place))
    label = _places().get(place)
    if label is None:
        abort(404)
    return _path(place), label


@blueprint.route("/admin/appearance/<place>", methods=["GET", "POST"])
@requires(Action.MANAGE_APPEARANCE, upload_bytes=UPLOAD_BYTES)
def appearance(place: str) -> ResponseReturnValue:
    """Choose colours and a logo; "Xem thử" shows them without saving."""
    path, label = _place(place)
    theme = _theme(path)
    form = AppearanceForm(theme.tokens if theme else _inherited())
    tokens = theme.tokens if theme else _inherited()
    if form.validate_on_submit():
        chosen = form.chosen_tokens()
        if chosen and request.form.get("do") == "save" and _is_saved(form, path, chosen):
            flash(_("Đã lưu giao diện của %(unit)s. Các trang đổi theo trong nửa phút.", unit=label), "done")
            return redirect(f"/admin/appearance/{place}", 303)
        tokens = chosen or tokens
    return _page(place, label, form, theme, tokens), 422 if form.errors else 200


def _theme(path: str) -> Theme | None:
    with read() as session:
        return all_themes(session).get(path)


def _inherited() -> Tokens:
    whole = _theme("")
    return whole.tokens if whole else DEFAULTS


def _is_saved(form: AppearanceForm, path: str, tokens: Tokens) -> bool:
    """Save, or note beside what was typed why not."""
    try:
        content = form.chosen_logo()
        logo = None if content is None else read_logo(content)
        _change(
            path,
            lambda session: save_theme(session, unit_path=path, tokens=tokens, logo=logo, now=now()),
            "appearance_saved",
        )
    except UnreadableColours as error:
        for pair in error.pairs:
            form.refuse(describe(pair))
    except UnusableLogo as error:
        form.logo.errors = [str(error)]
    except Refused as error:
        form.refuse(error)
    return not form.errors


def _change(path: str, operation: Callable[[Session], object], did: str) -> None:
    act(operation, subject=f"appearance:{path or ALL}", unit_path=path, details={"did": did})
    current_app.extensions["survey_app.themes"].forget()


def _page(place: str, label: str, form: AppearanceForm, theme: Theme | None, tokens: Tokens) -> str:
    name = stylesheet_address(tokens).removeprefix("/theme/").removesuffix(".css")
    upward = [("/admin", _("Quản trị"))]
    if len(_places()) > 1:
        upward.append(("/admin/appearance", _("Giao diện")))
    return render_template(
        "administration/appearance.html",
        place=place,
        label=label,
        form=form,
        theme=theme,
        sample=f"/admin/appearance/sample/{name}?unit={_path(place)}",
        crumbs=upward,
    )


@blueprint.post("/admin/appearance/<place>/logo/remove")
@requires(Action.MANAGE_APPEARANCE)
def drop_logo(place: str) -> Response:
    """Show no logo any more."""
    path, _label = _place(place)
    _change(path, lambda session: remove_logo(session, unit_path=path, now=now()), "logo_removed")
    flash(_("Đã bỏ biểu trưng. Màu sắc vẫn giữ."), "done")
    return redirect(f"/admin/appearance/{place}", 303)


@blueprint.get("/admin/appearance/<place>/reset")
@requires(Action.MANAGE_APPEARANCE)
def confirm_reset(place: str) -> str:
    """Say what going back to the default will do."""
    _path_here, label = _place(place)
    return render_template(
        "administration/confirm.html",
        question=_("Trở về giao diện mặc định cho %(unit)s?", unit=label),
        consequences=[
            _("Năm màu và biểu trưng đã đặt bị xóa; muốn dùng lại phải chọn và tải lên lần nữa."),
            _("Các trang dùng giao diện mặc định của sản phẩm trong nửa phút.")
            if place == ALL
            else _("Các trang dùng giao diện chung của toàn hệ thống trong nửa phút."),
        ],
        button=_("Trở về mặc định"),
        back=f"/admin/appearance/{place}",
        crumbs=[("/admin", _("Quản trị")), (f"/admin/appearance/{place}", _("Giao diện"))],
    )


@blueprint.post("/admin/appearance/<place>/reset")
@requires(Action.MANAGE_APPEARANCE)
def reset(place: str) -> Response:
    """Go back to the default."""
    path, label = _place(place)
    _change(path, lambda session: reset_theme(session, unit_path=path), "appearance_reset")
    flash(_("%(unit)s đã trở về giao diện mặc định.", unit=label), "done")
    return redirect(f"/admin/appearance/{place}", 303)

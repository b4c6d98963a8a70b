"""The bar on every page of the desk: only what the person may open, the present one marked."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from survey_app.foundation.languages import gettext as _
from survey_app.staff.guards import current_staff
from survey_app.staff.rules.permissions import Action


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the desk."""

    address: str
    label: str
    is_current: bool


def desk_sections() -> list[Section]:
    """Return the parts of the desk that the signed-in person may open; a page belongs to the nearest one above it."""
    staff = current_staff()
    if staff is None:
        return []
    mine = [(address, label) for action, address, label in _all() if staff.may_somewhere(action)]
    above = [address for address, _label in mine if f"{request.path}/".startswith(f"{address}/")]
    nearest = max(above, key=len, default="")
    return [Section(address, label, address == nearest) for address, label in mine]


def _all() -> tuple[tuple[Action, str, str], ...]:
    return (
        (Action.VIEW_CASES, "/desk", _("Hàng việc")),
        (Action.FILE_CASES, "/desk/new", _("Ghi nhận mới")),
        (Action.VIEW_FEEDBACK_REPORTS, "/desk/leader", _("Điều hành")),
        (Action.VIEW_FEEDBACK_REPORTS, "/desk/reports", _("Báo cáo")),
        (Action.ASSIGN_CASES, "/desk/handover", _("Bàn giao")),
        (Action.HANDLE_GRIEVANCES, "/desk/grievances", _("Đơn thư")),
        (Action.MANAGE_FEEDBACK, "/desk/templates", _("Mẫu trả lời")),
        (Action.MANAGE_FEEDBACK, "/desk/rules", _("Quy định")),
        (Action.MANAGE_FEEDBACK, "/desk/succession", _("Kế thừa")),
        (Action.MANAGE_PRIVACY, "/desk/privacy", _("Dữ liệu cá nhân")),
    )

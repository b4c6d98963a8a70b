"""The bar of rooms on every staff page: only what the person may open."""

from __future__ import annotations

from survey_app.foundation.languages import gettext as _
from survey_app.staff.guards import current_staff
from survey_app.staff.rules.permissions import Action


def staff_navigation() -> list[tuple[str, str]]:
    """Return (address, label) of each room that the person may open; of a room with several doors the first."""
    staff = current_staff()
    if staff is None:
        return []
    rooms = (
        (Action.USE_OWN_ACCOUNT, "/staff", _("Trang chính")),
        (Action.VIEW_CASES, "/desk", _("Phản ánh, kiến nghị")),
        (Action.HANDLE_GRIEVANCES, "/desk/grievances", _("Phản ánh, kiến nghị")),
        (Action.MANAGE_FEEDBACK, "/desk/rules", _("Phản ánh, kiến nghị")),
        (Action.VIEW_OFFICES, "/offices", _("Đơn vị và quầy")),
        (Action.VIEW_QUESTIONNAIRES, "/questionnaires", _("Phiếu khảo sát")),
        (Action.VIEW_CAMPAIGNS, "/campaigns", _("Đợt khảo sát")),
        (Action.MANAGE_KIOSKS, "/kiosks", _("Kiosk")),
        (Action.READ_REPLIES, "/texting/reading", _("Tin cần đọc")),
        (Action.VIEW_RUNS, "/staff/results", _("Kết quả")),
        (Action.VIEW_ACCOUNTS, "/admin", _("Quản trị")),
    )
    first: dict[str, str] = {}
    for action, address, label in rooms:
        if staff.may_somewhere(action):
            first.setdefault(label, address)
    return [(address, label) for label, address in first.items()]

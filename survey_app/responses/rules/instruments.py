"""What an answer was given with, in the reader's words."""

from __future__ import annotations

from survey_app.foundation.languages import gettext as _

FIELD_INSTRUMENTS = ("in_person", "telephone", "paper")
"""How people of a drawn sample are asked. Never `web`: live counts take it for proof of the time (`roll_up`)."""


def instrument_label(instrument: str) -> str:
    """Return the instrument in words; one that is not known yet is shown as it is stored."""
    return {
        "web": _("Điện thoại hoặc máy tính của người dân"),
        "kiosk": _("Máy đặt tại quầy (kiosk)"),
        "in_person": _("Điều tra viên hỏi trực tiếp"),
        "telephone": _("Điều tra viên gọi điện thoại"),
        "paper": _("Phiếu giấy"),
        "sms": _("Tin nhắn trả lời"),
        "zalo_stars": _("Số sao trên Zalo"),
    }.get(instrument, instrument)

"""What an answer was given with, in the reader's words."""

from __future__ import annotations

from survey_app.foundation.languages import gettext as _


def instrument_label(instrument: str) -> str:
    """Return the instrument in words; one that is not known yet is shown as it is stored."""
    return {
        "web": _("Điện thoại hoặc máy tính của người dân"),
        "kiosk": _("Máy đặt tại quầy (kiosk)"),
    }.get(instrument, instrument)

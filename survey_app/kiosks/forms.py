"""Input of the staff pages of kiosks."""

from __future__ import annotations

from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo, Length

from survey_app.foundation.languages import gettext as _
from survey_app.kiosks.models import NAME_LENGTH
from survey_app.kiosks.rules.pins import PIN_LENGTH
from survey_app.web.forms import StaffForm

_DIGITS = {"inputmode": "numeric", "autocomplete": "new-password", "maxlength": PIN_LENGTH}


class _PinFields(StaffForm):
    """A PIN typed twice; it is not shown, because somebody may look on."""

    pin = PasswordField(validators=[DataRequired()], render_kw=_DIGITS)
    again = PasswordField(validators=[DataRequired(), EqualTo("pin")], render_kw=_DIGITS)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.pin.label.text = _("Mã PIN thoát (6 chữ số)")
        self.again.label.text = _("Nhập lại mã PIN")


class KioskForm(_PinFields):
    """A new kiosk at a counter that was chosen before."""

    point = HiddenField(validators=[DataRequired()])
    name = StringField(validators=[DataRequired(), Length(max=NAME_LENGTH)])

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.name.label.text = _("Tên kiosk")


class PinForm(_PinFields):
    """Another PIN for a kiosk."""

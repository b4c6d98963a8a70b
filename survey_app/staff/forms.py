"""Forms of the staff room."""

from __future__ import annotations

from typing import Any

from wtforms import EmailField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from survey_app.foundation.languages import LANGUAGES
from survey_app.foundation.languages import gettext as _
from survey_app.staff.models import EMAIL_LENGTH, NAME_LENGTH
from survey_app.staff.rules.passwords import MAXIMUM, MINIMUM, normalised
from survey_app.web.forms import StaffForm


def _call(form: StaffForm, **labels: str) -> None:
    """Give fields their labels in the language of the request: the fields themselves are made at import."""
    for name, label in labels.items():
        form[name].label.text = label


class SignInForm(StaffForm):
    """First step of signing in."""

    email = EmailField(
        validators=[InputRequired(), Length(max=EMAIL_LENGTH)],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        validators=[InputRequired(), Length(max=1000)], render_kw={"autocomplete": "current-password"}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _call(self, email=_("E-mail"), password=_("Mật khẩu"))


class CodeForm(StaffForm):
    """Second step: the code of the telephone, or a recovery code."""

    one_time_code = StringField(
        validators=[InputRequired(), Length(max=40)],
        render_kw={"autocomplete": "one-time-code", "inputmode": "text", "spellcheck": "false"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _call(self, one_time_code=_("Mã xác thực"))


class ConfirmCodeForm(CodeForm):
    """The first code of a telephone that is being linked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.one_time_code.render_kw = {"autocomplete": "one-time-code", "inputmode": "numeric"}
        _call(self, one_time_code=_("Mã 6 chữ số trên điện thoại"))


class _NewPassword(StaffForm):
    """A new password, typed twice; rules/passwords.py judges it."""

    password = PasswordField(validators=[InputRequired()], render_kw={"autocomplete": "new-password"})
    password_again = PasswordField(validators=[InputRequired()], render_kw={"autocomplete": "new-password"})

    def validate_password(self, field: PasswordField) -> None:
        """Say at once how long a password must be."""
        length = len(normalised(field.data or ""))
        if length < MINIMUM:
            raise ValidationError(_("Cần ít nhất %(n)s ký tự; ông/bà đã ghi %(m)s.", n=MINIMUM, m=length))
        if length > MAXIMUM:
            raise ValidationError(_("Mật khẩu dài quá %(n)s ký tự.", n=MAXIMUM))

    def validate_password_again(self, field: PasswordField) -> None:
        """Refuse a slip of the finger that nobody sees."""
        if normalised(field.data or "") != normalised(self.password.data or ""):
            raise ValidationError(_("Hai lần ghi mật khẩu chưa giống nhau."))


class ResetForm(_NewPassword):
    """Choosing a new password by a link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _call(self, password=_("Mật khẩu mới"), password_again=_("Ghi lại mật khẩu mới"))


class InvitationForm(_NewPassword):
    """Answering an invitation: is the name right, and a password."""

    name = StringField(
        validators=[InputRequired(), Length(max=NAME_LENGTH)], render_kw={"autocomplete": "name"}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _call(self, name=_("Họ và tên"), password=_("Mật khẩu"), password_again=_("Ghi lại mật khẩu"))


class ChangePasswordForm(_NewPassword):
    """Changing one's own password."""

    password_now = PasswordField(
        validators=[InputRequired(), Length(max=1000)], render_kw={"autocomplete": "current-password"}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _call(
            self,
            password_now=_("Mật khẩu đang dùng"),
            password=_("Mật khẩu mới"),
            password_again=_("Ghi lại mật khẩu mới"),
        )


class PasswordForm(StaffForm):
    """The password once more, before something that weakens the account."""

    password = PasswordField(
        validators=[InputRequired(), Length(max=1000)], render_kw={"autocomplete": "current-password"}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _call(self, password=_("Mật khẩu đang dùng"))


class ProfileForm(StaffForm):
    """Name and language of one's own account."""

    name = StringField(
        validators=[InputRequired(), Length(max=NAME_LENGTH)], render_kw={"autocomplete": "name"}
    )
    language = SelectField(choices=LANGUAGES, validators=[InputRequired()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _call(self, name=_("Họ và tên"), language=_("Ngôn ngữ của trang"))

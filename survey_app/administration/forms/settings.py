"""Forms of accounts, roles, the audit log and appearance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from flask_wtf.file import FileField
from sqlalchemy.orm import Session
from wtforms import BooleanField, DateField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ColorInput, ListWidget

from survey_app.administration.documents.words import action_label
from survey_app.appearance.rules import TOKENS, Tokens, read_colour, token_label
from survey_app.foundation.languages import gettext as _
from survey_app.offices.queries import names_by_path, units_meant
from survey_app.staff.models import EMAIL_LENGTH, NAME_LENGTH
from survey_app.staff.rules.permissions import EVERYWHERE, Action, Role, role_label
from survey_app.web.forms import StaffForm

_CHOICES_SHOWN = 20


class UnitForm(StaffForm):
    """Asks in which unit: everything, or a code or a name; a name of several units is answered by a choice.

    `everywhere` is offered only to who administers everything.
    """

    everywhere = BooleanField()
    unit = StringField(validators=[Length(max=200)])
    unit_path = RadioField(choices=[], validators=[Optional()], validate_choice=False)

    def __init__(self, scopes: Sequence[str]) -> None:
        super().__init__()
        self.scopes = tuple(scopes)
        self.everywhere.label.text = _("Toàn hệ thống")
        self.unit.label.text = _("Đơn vị")
        self.unit_path.label.text = _("Có nhiều đơn vị tên như vậy. Xin chọn một:")
        self.unit.flags.quiet = True

    @property
    def may_choose_everywhere(self) -> bool:
        """Say whether the person may give a role in all units."""
        return EVERYWHERE in self.scopes

    def chosen_unit(self, session: Session) -> str | None:
        """Return the path of the unit that is meant, None after noting what is wrong beside the field."""
        if self.everywhere.data and self.may_choose_everywhere:
            return EVERYWHERE
        text = (self.unit.data or "").strip()
        if not text:
            self._complain(_("Xin ghi tên hoặc mã đơn vị, ví dụ: Cao Bằng."))
            return None
        found = [unit.path for unit in units_meant(session, text, inside=self.scopes)]
        if len(found) == 1 or self.unit_path.data in found:
            return found[0] if len(found) == 1 else str(self.unit_path.data)
        self._offer(session, found)
        return None

    def _offer(self, session: Session, paths: Sequence[str]) -> None:
        if not paths:
            self._complain(
                _("Không tìm thấy đơn vị này trong phạm vi ông/bà quản trị. Xin ghi tên hoặc mã khác.")
            )
            return
        names = names_by_path(session, paths[:_CHOICES_SHOWN])
        self.unit_path.choices = [(path, f"{names[path]} ({path.rpartition('/')[2]})") for path in names]
        self._complain(_("Có nhiều đơn vị tên như vậy. Xin chọn một đơn vị dưới đây."))

    def _complain(self, message: str) -> None:
        self.unit.errors = [*self.unit.errors, message]


class InviteForm(UnitForm):
    """Invites a person: name, address, roles and the unit in which they hold."""

    name = StringField(validators=[InputRequired(), Length(max=NAME_LENGTH)])
    email = StringField(validators=[InputRequired(), Length(max=EMAIL_LENGTH)])
    roles = SelectMultipleField(
        choices=[], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def __init__(self, scopes: Sequence[str]) -> None:
        super().__init__(scopes)
        self.name.label.text = _("Họ và tên")
        self.email.label.text = _("E-mail")
        self.roles.label.text = _("Vai trò")
        self.roles.invalid_choice_message = _("Xin chọn trong danh sách.")
        self.roles.choices = [(role.value, role_label(role)) for role in Role]

    def validate_roles(self, field: SelectMultipleField) -> None:
        """Ask for one role at least: who has none could not do anything."""
        if not field.data:
            raise ValidationError(_("Xin chọn ít nhất một vai trò."))


class GrantForm(UnitForm):
    """Gives one more role."""

    role = SelectField(choices=[], validators=[InputRequired()])

    def __init__(self, scopes: Sequence[str]) -> None:
        super().__init__(scopes)
        self.role.label.text = _("Vai trò")
        self.role.choices = [(role.value, role_label(role)) for role in Role]


class AuditFilterForm(StaffForm):
    """What to look for in the log. Sent by GET: an address of a filtered log can be kept."""

    class Meta(StaffForm.Meta):
        """It changes nothing, so it needs no token."""

        csrf = False

    person = StringField(validators=[Length(max=200)])
    action = SelectField(choices=[], validators=[Optional()])
    unit = StringField(validators=[Length(max=200)])
    since = DateField(validators=[Optional()])
    until = DateField(validators=[Optional()])

    def __init__(self, formdata: object) -> None:
        super().__init__(formdata=formdata)
        self.person.label.text = _("Người làm")
        self.action.label.text = _("Việc")
        self.unit.label.text = _("Đơn vị")
        self.since.label.text = _("Từ ngày")
        self.until.label.text = _("Đến hết ngày")
        everything = [("", _("Mọi việc"))]
        self.action.choices = everything + [(action.value, action_label(action)) for action in Action]
        for field in self:
            field.flags.quiet = True


class AppearanceForm(StaffForm):
    """Five colours and a logo."""

    accent = StringField(widget=ColorInput())
    on_accent = StringField(widget=ColorInput())
    ink = StringField(widget=ColorInput())
    paper = StringField(widget=ColorInput())
    mist = StringField(widget=ColorInput())
    logo = FileField()

    def __init__(self, tokens: Tokens) -> None:
        super().__init__(data=asdict(tokens))
        for name in TOKENS:
            self[name].label.text = token_label(name)
            self[name].flags.quiet = True
        self.logo.label.text = _("Biểu trưng")

    def chosen_tokens(self) -> Tokens | None:
        """Return the five colours, None after noting beside each field what is no colour."""
        values = {name: read_colour(self[name].data or "") for name in TOKENS}
        for name, value in values.items():
            if value is None:
                self[name].errors = [_("Xin ghi màu theo dạng #rrggbb, ví dụ #0a5275.")]
        return (
            None
            if None in values.values()
            else Tokens(**{name: value or "" for name, value in values.items()})
        )

    def chosen_logo(self) -> bytes | None:
        """Return the bytes of the file that was sent, None if there is none."""
        upload = self.logo.data
        return upload.read() if upload and upload.filename else None

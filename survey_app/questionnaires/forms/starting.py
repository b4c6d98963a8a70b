"""Forms that begin and end a draft: new, upload, the whole file, publish, throw away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.forms.wordings import clean, refuse_private_characters
from survey_app.questionnaires.models import INSTRUMENT_LENGTH, TITLE_LENGTH
from survey_app.questionnaires.rules.limits import INSTRUMENT
from survey_app.web.forms import StaffForm


def unit_words(path: str) -> str:
    """Return a unit path in words."""
    return _("Đơn vị %(path)s", path=path) if path else _("Dùng chung toàn hệ thống")


def _describe(field: Field, label: str, *validators: Any) -> None:
    """Word a field for the reader of this request, and say what it must be."""
    field.label.text = label
    field.validators = list(validators)
    for validator in validators:
        for flag, value in getattr(validator, "field_flags", {}).items():
            setattr(field.flags, flag, value)


class _InUnit(StaffForm):
    """Asks for the name of the instrument, and for the unit where there is a choice."""

    instrument = StringField(filters=[clean])
    unit = SelectField(choices=[])

    def __init__(self, scopes: Sequence[str], **options: Any) -> None:
        super().__init__(**options)
        message = _("Dùng chữ thường không dấu, số và “_”, bắt đầu bằng chữ cái, ví dụ hai_long_xa_a.")
        _describe(
            self.instrument,
            _("Tên mã của phiếu"),
            Optional(),
            Length(max=INSTRUMENT_LENGTH),
            Regexp(rf"(?:{INSTRUMENT.pattern})\Z", message=message),
        )
        _describe(self.unit, _("Đơn vị quản lý"))
        self.unit.flags.required = True
        self.unit.choices = [(scope, unit_words(scope)) for scope in scopes]
        if len(scopes) == 1:
            self.unit.data = scopes[0]

    @property
    def asks_unit(self) -> bool:
        """Say whether there is more than one unit to choose from."""
        return len(self.unit.choices) > 1


class NewDraftForm(_InUnit):
    """A draft as a copy of a version. `template` is `<instrument>@<version>`."""

    template = SelectField(choices=[])
    title = StringField(filters=[clean])

    def __init__(self, scopes: Sequence[str], templates: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(scopes, **options)
        _describe(self.template, _("Chép từ mẫu"), InputRequired())
        self.template.choices = list(templates)
        _describe(
            self.title,
            _("Tên phiếu (Tiếng Việt)"),
            InputRequired(),
            Length(max=TITLE_LENGTH),
            refuse_private_characters,
        )


class UploadForm(_InUnit):
    """A questionnaire file (YAML) or an XLSForm (.xlsx)."""

    file = FileField()

    def __init__(self, scopes: Sequence[str], **options: Any) -> None:
        super().__init__(scopes, **options)
        _describe(self.file, _("Tệp phiếu (.yaml hoặc .xlsx)"), FileRequired(_("Xin chọn một tệp.")))


class YamlForm(StaffForm):
    """The whole draft as a file; `revision` is the one that the text was made from."""

    revision = HiddenField()
    text = TextAreaField()

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        _describe(self.text, _("Nội dung tệp"), InputRequired())


class PublishForm(StaffForm):
    """Publishing asks twice: what is published never changes again."""

    revision = HiddenField()
    confirmed = BooleanField()

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        words = _("Tôi đã xem lại và hiểu rằng phiên bản công bố không sửa được nữa")
        _describe(self.confirmed, words, InputRequired(_("Xin đánh dấu vào ô này trước khi công bố.")))


class ConfirmForm(StaffForm):
    """A page that names what will happen, with one button."""

"""Forms of the offices room's staff pages."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from survey_app.foundation.languages import gettext as _
from survey_app.offices.documents.posters import PosterFormat
from survey_app.offices.models import ADDRESS_LENGTH, NAME_LENGTH, NUMBER_LENGTH, UNIT_CODE_LENGTH, Unit
from survey_app.offices.rules import SLUG_LENGTH, CheckOutcome, ServicePointKind, is_slug
from survey_app.web.forms import StaffForm

MOST_MINUTES = 60
USUAL_MINUTES = 1
"""How long the counter form takes; whoever prints for a longer questionnaire says so."""


def kind_label(kind: ServicePointKind) -> str:
    """Return what stands at a service point, in the reader's words."""
    return {
        ServicePointKind.COUNTER: _("Quầy có cán bộ"),
        ServicePointKind.KIOSK: _("Kiosk tự phục vụ"),
        ServicePointKind.DESK: _("Bàn hướng dẫn, ghế chờ"),
    }[kind]


def outcome_label(outcome: CheckOutcome) -> str:
    """Return what was found at a counter, in the reader's words."""
    return {
        CheckOutcome.OK: _("Đúng quầy, quét được"),
        CheckOutcome.WRONG_PLACE: _("Sai chỗ: mã đặt ở quầy khác"),
        CheckOutcome.COVERED: _("Bị che khuất"),
        CheckOutcome.PASTED_OVER: _("Bị dán đè mã khác"),
        CheckOutcome.DAMAGED: _("Rách, mờ, khó quét"),
        CheckOutcome.MISSING: _("Không thấy tấm mã"),
    }[outcome]


def stripped(text: str | None) -> str:
    """Return `text` without spaces around it; every typed field passes through here."""
    return (text or "").strip()


class UnitForm(StaffForm):
    """Parent of forms that ask for a unit: typed as name or code, chosen from a list when several are meant."""

    unit = StringField(validators=[InputRequired(), Length(max=NAME_LENGTH)], filters=[stripped])
    unit_choice = RadioField(choices=[], validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in the reader's language."""
        super().__init__(*args, **kwargs)
        self.unit.label.text = _("Đơn vị (tỉnh, phường, xã, sở)")
        self.unit_choice.label.text = _("Chọn đúng đơn vị")

    def chosen(self, found: list[Unit], names: dict[str, str]) -> Unit | None:
        """Return the one unit meant among `found`; else say on the form what to do, with radio buttons for several."""
        picked = [unit for unit in found if unit.code == self.unit_choice.data]
        if len(found) == 1 or picked:
            return (picked or found)[0]
        if not found:
            message = _("Không thấy đơn vị này trong phạm vi của ông/bà. Hãy thử tên khác hoặc ghi mã.")
            self.unit.errors = [*self.unit.errors, message]
        else:
            self.unit_choice.choices = [(unit.code, f"{names[unit.path]} ({unit.code})") for unit in found]
            self.unit.errors = [*self.unit.errors, _("Có nhiều đơn vị tên như vậy. Hãy chọn một ở dưới.")]
        return None


class OfficeForm(UnitForm):
    """A new one-stop office."""

    name = StringField(validators=[InputRequired(), Length(max=NAME_LENGTH)], filters=[stripped])
    code = StringField(validators=[Length(max=SLUG_LENGTH)], filters=[stripped])
    name_en = StringField(validators=[Length(max=NAME_LENGTH)], filters=[stripped])
    address = StringField(validators=[Length(max=ADDRESS_LENGTH)], filters=[stripped])
    counters = IntegerField(validators=[Optional(), NumberRange(min=0, max=100)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in the reader's language."""
        super().__init__(*args, **kwargs)
        _name_office_fields(self)
        self.code.label.text = _("Mã bộ phận")
        self.counters.label.text = _("Số quầy mở ngay")

    def validate_code(self, field: StringField) -> None:
        """Refuse a code that could not stand in an address."""
        if field.data and not is_slug(field.data):
            raise ValidationError(
                _("Hãy dùng chữ thường không dấu, chữ số và dấu gạch nối, ví dụ thuc-phan.")
            )


class OfficeEditForm(StaffForm):
    """An office that exists: its code and its unit stay."""

    name = StringField(validators=[InputRequired(), Length(max=NAME_LENGTH)], filters=[stripped])
    name_en = StringField(validators=[Length(max=NAME_LENGTH)], filters=[stripped])
    address = StringField(validators=[Length(max=ADDRESS_LENGTH)], filters=[stripped])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in the reader's language."""
        super().__init__(*args, **kwargs)
        _name_office_fields(self)


def _name_office_fields(form: Any) -> None:
    form.name.label.text = _("Tên bộ phận")
    form.name_en.label.text = _("Tên tiếng Anh")
    form.address.label.text = _("Địa chỉ")


class CounterForm(StaffForm):
    """One counter, kiosk or desk."""

    number = StringField(validators=[Length(max=NUMBER_LENGTH)], filters=[stripped])
    name = StringField(validators=[InputRequired(), Length(max=NAME_LENGTH)], filters=[stripped])
    name_en = StringField(validators=[Length(max=NAME_LENGTH)], filters=[stripped])
    kind = SelectField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in the reader's language."""
        super().__init__(*args, **kwargs)
        self.number.label.text = _("Số quầy")
        self.name.label.text = _("Tên quầy")
        self.name_en.label.text = _("Tên tiếng Anh")
        self.kind.label.text = _("Loại")
        self.kind.choices = [(str(kind), kind_label(kind)) for kind in ServicePointKind]
        self.kind.flags.quiet = True


class SeveralForm(StaffForm):
    """A row of counters that are called by their numbers."""

    first = IntegerField(validators=[InputRequired(), NumberRange(min=1, max=9_999)])
    last = IntegerField(validators=[InputRequired(), NumberRange(min=1, max=9_999)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in the reader's language."""
        super().__init__(*args, **kwargs)
        self.first.label.text = _("Từ quầy số")
        self.last.label.text = _("Đến quầy số")


class DepartmentForm(StaffForm):
    """A new department below a province or commune."""

    name = StringField(validators=[InputRequired(), Length(max=NAME_LENGTH)], filters=[stripped])
    code = StringField(validators=[Length(max=UNIT_CODE_LENGTH)], filters=[stripped])
    since = DateField(validators=[InputRequired()])
    legal_basis = StringField(validators=[Length(max=NAME_LENGTH)], filters=[stripped])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in the reader's language."""
        super().__init__(*args, **kwargs)
        self.name.label.text = _("Tên phòng ban")
        self.code.label.text = _("Mã định danh")
        self.since.label.text = _("Từ ngày")
        self.legal_basis.label.text = _("Căn cứ (số quyết định)")


class RenameForm(StaffForm):
    """Another name of a department from a day on."""

    name = StringField(validators=[InputRequired(), Length(max=NAME_LENGTH)], filters=[stripped])
    since = DateField(validators=[InputRequired()])
    legal_basis = StringField(validators=[Length(max=NAME_LENGTH)], filters=[stripped])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in the reader's language."""
        super().__init__(*args, **kwargs)
        self.name.label.text = _("Tên mới")
        self.since.label.text = _("Dùng từ ngày")
        self.legal_basis.label.text = _("Căn cứ (số quyết định)")


class CloseDepartmentForm(StaffForm):
    """The first day on which a department no longer exists, and what took its place."""

    until = DateField(validators=[InputRequired()])
    successor = StringField(validators=[Length(max=NAME_LENGTH)], filters=[stripped])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in the reader's language."""
        super().__init__(*args, **kwargs)
        self.until.label.text = _("Thôi hoạt động từ ngày")
        self.successor.label.text = _("Cơ quan kế thừa, căn cứ")


class LoadForm(StaffForm):
    """Which part of the shipped list of units to load."""

    province = SelectField()

    def __init__(self, choices: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """Offer the provinces that the person may load."""
        super().__init__(*args, **kwargs)
        self.province.label.text = _("Tỉnh, thành phố")
        self.province.choices = choices
        self.province.flags.quiet = True


class UploadForm(StaffForm):
    """A list of offices."""

    file = FileField(validators=[FileRequired()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the field in the reader's language."""
        super().__init__(*args, **kwargs)
        self.file.label.text = _("Tệp danh sách (.xlsx hoặc .csv)")
        self.file.validators[0].message = _("Xin chọn một tệp.")


class ConfirmForm(StaffForm):
    """A word given on what a page has just said; `digest` names what that was."""

    digest = HiddenField(validators=[Length(max=64)])


class _Boxes(SelectMultipleField):  # type: ignore[misc]
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PrintForm(StaffForm):
    """How posters are to look, and of which offices."""

    paper = SelectField()
    english = SelectField()
    minutes = IntegerField(validators=[InputRequired(), NumberRange(min=1, max=MOST_MINUTES)])
    hotline = StringField(validators=[Length(max=30)], filters=[stripped])
    offices = _Boxes(validate_choice=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in the reader's language."""
        super().__init__(*args, **kwargs)
        self.paper.label.text = _("Khổ giấy")
        self.paper.choices = [(str(paper), paper_label(paper)) for paper in PosterFormat]
        self.english.label.text = _("Ngôn ngữ")
        self.english.choices = [("yes", _("Tiếng Việt, kèm tiếng Anh")), ("no", _("Chỉ tiếng Việt"))]
        self.minutes.label.text = _("Số phút trả lời phiếu")
        self.hotline.label.text = _("Điện thoại hỗ trợ in trên tờ")
        self.offices.label.text = _("Bộ phận")
        self.paper.flags.quiet = self.english.flags.quiet = True


def paper_label(paper: PosterFormat) -> str:
    """Return a paper size with what it is good for."""
    return {
        PosterFormat.A4: _("A4 – treo tường"),
        PosterFormat.A5: _("A5 – đặt trên quầy"),
        PosterFormat.A6: _("A6 – thẻ nhỏ trên quầy"),
    }[paper]


class ProblemForm(StaffForm):
    """What is wrong with the code at a counter."""

    outcome = RadioField(validators=[InputRequired()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer every outcome but the good one."""
        super().__init__(*args, **kwargs)
        self.outcome.label.text = _("Có vấn đề gì?")
        self.outcome.choices = [
            (str(one), outcome_label(one)) for one in CheckOutcome if one != CheckOutcome.OK
        ]

"""Forms of the desk's rules: limits, days, hours, and the try-out of a due date."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from survey_app.feedback.forms.fields import AnyFieldOfWork
from survey_app.feedback.models.columns import BASIS_LENGTH, NAME_LENGTH, PATH_LENGTH
from survey_app.feedback.rules.kinds import GrievanceKind, Kind, kind_label
from survey_app.feedback.rules.limits import (
    CountedFrom,
    Duty,
    Limit,
    TimeUnit,
    counted_from_label,
    duty_label,
    time_unit_label,
)
from survey_app.feedback.rules.week import NoWorkingWeek, Week, hours_text, read_hours
from survey_app.foundation.languages import gettext as _
from survey_app.web.forms import StaffForm

MOST = 3650
FIRST_YEAR, LAST_YEAR = 2000, 2100
KINDS = (*Kind, *GrievanceKind)


def stripped(text: str | None) -> str:
    """Return `text` without spaces around it."""
    return (text or "").strip()


def weekday_label(weekday: int) -> str:
    """Return the day of the week, Monday is 0."""
    names = (_("Thứ hai"), _("Thứ ba"), _("Thứ tư"), _("Thứ năm"), _("Thứ sáu"), _("Thứ bảy"), _("Chủ nhật"))
    return names[weekday]


def weekday_short(weekday: int) -> str:
    """Return the day of the week as the head of a narrow column."""
    return (_("T2"), _("T3"), _("T4"), _("T5"), _("T6"), _("T7"), _("CN"))[weekday]


def _sensible(form: Any, field: Any) -> None:
    """Refuse a slip of the keyboard: no rule of this desk is that old or that far."""
    if field.data is not None and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
        raise ValidationError(_("Xin ghi năm từ %(first)s đến %(last)s.", first=FIRST_YEAR, last=LAST_YEAR))


class UnitOfForm(StaffForm):
    """Parent of forms about one unit, whose path they carry."""

    unit = HiddenField(validators=[Length(max=PATH_LENGTH)])


class LimitForm(UnitOfForm):
    """A limit of this unit."""

    kind = SelectField()
    duty = SelectField()
    field_name = AnyFieldOfWork()
    amount = IntegerField(validators=[InputRequired(), NumberRange(min=1, max=MOST)])
    longest = IntegerField(validators=[Optional(), NumberRange(min=1, max=MOST)])
    time_unit = SelectField()
    counted_from = SelectField()
    legal_basis = StringField(validators=[InputRequired(), Length(max=BASIS_LENGTH)], filters=[stripped])
    verified = BooleanField()
    valid_from = DateField(validators=[InputRequired(), _sensible])
    valid_to = DateField(validators=[Optional(), _sensible])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in the reader's language."""
        super().__init__(*args, **kwargs)
        _offer_limits(self)
        self.amount.label.text = _("Thời hạn")
        self.longest.label.text = _("Tối đa khi gia hạn")
        self.time_unit.label.text = _("Tính bằng")
        self.counted_from.label.text = _("Tính từ")
        self.legal_basis.label.text = _("Căn cứ (số văn bản, điều, khoản)")
        self.verified.label.text = _("Đã đối chiếu với văn bản chính thức")
        self.valid_from.label.text = _("Có hiệu lực từ ngày")
        self.valid_to.label.text = _("Đến hết ngày")
        self.time_unit.choices = [(str(unit), time_unit_label(unit)) for unit in TimeUnit]
        self.counted_from.choices = [(str(one), counted_from_label(one)) for one in CountedFrom]
        self.time_unit.flags.quiet = self.counted_from.flags.quiet = True

    def limit(self) -> Limit:
        """Return the limit as typed, for the unit of the form."""
        return Limit(
            kind=self.kind.data,
            duty=Duty(self.duty.data),
            amount=self.amount.data,
            longest=self.longest.data,
            time_unit=TimeUnit(self.time_unit.data),
            counted_from=CountedFrom(self.counted_from.data),
            legal_basis=self.legal_basis.data,
            field=self.field_name.data,
            unit_path=self.unit.data or "",
            verified=self.verified.data,
            valid_from=self.valid_from.data,
            valid_to=self.valid_to.data,
        )


def _offer_limits(form: Any) -> None:
    form.kind.label.text, form.duty.label.text = _("Loại"), _("Việc phải làm")
    form.kind.choices = [(str(kind), kind_label(kind)) for kind in KINDS]
    form.duty.choices = [(str(duty), duty_label(duty)) for duty in Duty]
    form.kind.flags.quiet = form.duty.flags.quiet = True


class EndLimitForm(UnitOfForm):
    """The last day on which a rule holds."""

    last_day = DateField(validators=[InputRequired(), _sensible])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the field in the reader's language."""
        super().__init__(*args, **kwargs)
        self.last_day.label.text = _("Hết hiệu lực sau ngày")


class DayForm(UnitOfForm):
    """One day off, or worked."""

    day = DateField(validators=[InputRequired(), _sensible])
    is_working = RadioField()
    name = StringField(validators=[InputRequired(), Length(max=NAME_LENGTH)], filters=[stripped])
    legal_basis = StringField(validators=[Length(max=BASIS_LENGTH)], filters=[stripped])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in the reader's language."""
        super().__init__(*args, **kwargs)
        self.day.label.text = _("Ngày")
        self.is_working.label.text = _("Ngày này")
        self.is_working.choices = [("no", _("Nghỉ")), ("yes", _("Làm việc"))]
        self.is_working.data = self.is_working.data or "no"
        self.name.label.text = _("Tên ngày")
        self.legal_basis.label.text = _("Căn cứ (số quyết định, thông báo)")


class SwapForm(UnitOfForm):
    """A day off and the day that is worked for it."""

    off = DateField(validators=[InputRequired(), _sensible])
    worked = DateField(validators=[InputRequired(), _sensible])
    legal_basis = StringField(validators=[Length(max=BASIS_LENGTH)], filters=[stripped])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in the reader's language."""
        super().__init__(*args, **kwargs)
        self.off.label.text = _("Ngày được nghỉ")
        self.worked.label.text = _("Ngày làm bù")
        self.legal_basis.label.text = _("Căn cứ (số quyết định, thông báo)")


class HoursField(StringField):  # type: ignore[misc]
    """The hours of one day, typed as "07:30-11:30, 13:30-17:00"."""

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """Refuse what are no hours."""
        try:
            read_hours(self.data or "")
        except NoWorkingWeek as error:
            raise ValidationError(_("Xin ghi giờ theo mẫu 07:30-11:30, 13:30-17:00.")) from error


class HoursForm(UnitOfForm):
    """The working week from a day on; `day0` is Monday."""

    valid_from = DateField(validators=[InputRequired(), _sensible])
    day0, day1, day2, day3 = (
        HoursField(validators=[Length(max=100)], filters=[stripped]) for _day in range(4)
    )
    day4, day5, day6 = (HoursField(validators=[Length(max=100)], filters=[stripped]) for _day in range(3))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in the reader's language."""
        super().__init__(*args, **kwargs)
        self.valid_from.label.text = _("Áp dụng từ ngày")
        for weekday, field in enumerate(self.days):
            field.label.text, field.flags.quiet = weekday_label(weekday), True

    @property
    def days(self) -> list[HoursField]:
        """The fields of Monday to Sunday."""
        return [self[f"day{weekday}"] for weekday in range(7)]

    def show(self, week: Week) -> None:
        """Fill the fields with a week."""
        for field, hours in zip(self.days, week, strict=True):
            field.data = hours_text(hours)

    def week(self) -> Week:
        """Return the week as typed."""
        return tuple(read_hours(field.data or "") for field in self.days)


class TryForm(StaffForm):
    """When would something be due that comes in now, or then? Asks, and changes nothing."""

    kind = SelectField()
    duty = SelectField()
    field_name = AnyFieldOfWork()
    begun = DateTimeLocalField(format="%Y-%m-%dT%H:%M", validators=[InputRequired(), _sensible])

    class Meta(StaffForm.Meta):
        """The address of the question can be passed on."""

        csrf = False

    def __init__(self, *args: Any, instant: datetime, **kwargs: Any) -> None:
        """Name the fields in the reader's language; `instant` is asked for where nothing was typed."""
        super().__init__(*args, **kwargs)
        _offer_limits(self)
        self.duty.default = str(Duty.ANSWER)
        self.begun.label.text = _("Nhận lúc")
        if not self.begun.raw_data:
            self.begun.data, self.duty.data, self.kind.data = instant, str(Duty.ANSWER), str(Kind.PETITION)

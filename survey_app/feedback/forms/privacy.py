"""Forms of the duties to data subjects: requests, what is done with them, breaches."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wtforms import BooleanField, DateTimeLocalField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from survey_app.feedback.forms.rules import UnitOfForm
from survey_app.feedback.forms.typed import full_text, one_line
from survey_app.feedback.models import Breach
from survey_app.feedback.models.columns import NAME_LENGTH
from survey_app.feedback.operations.breaches import BreachDraft
from survey_app.feedback.operations.privacy import LONGEST_OUTCOME
from survey_app.feedback.rules.drafts import LONGEST_NAME, LONGEST_PLACE, SenderDraft
from survey_app.feedback.rules.privacy import RequestKind, request_label
from survey_app.foundation.clock import VIETNAM
from survey_app.foundation.languages import gettext as _
from survey_app.web.forms import StaffForm

_MINUTES = "%Y-%m-%dT%H:%M"


def aware(typed: datetime | None) -> datetime | None:
    """Return the time that was typed, which is meant in Việt Nam."""
    return typed.replace(tzinfo=VIETNAM) if typed else None


def shown(instant: datetime | None) -> datetime | None:
    """Return a time as a field shows it."""
    return instant.astimezone(VIETNAM).replace(tzinfo=None) if instant else None


class RequestForm(UnitOfForm):
    """A request that came by letter, telephone or in person."""

    kind = SelectField()
    code = StringField(validators=[Length(max=30)], filters=[one_line])
    subject = StringField(validators=[Length(max=NAME_LENGTH)], filters=[one_line])
    received_at = DateTimeLocalField(format=_MINUTES, validators=[InputRequired()])
    with_processor = BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in the reader's language."""
        super().__init__(*args, **kwargs)
        self.kind.label.text, self.kind.flags.quiet = _("Yêu cầu"), True
        self.kind.choices = [(str(kind), request_label(kind)) for kind in RequestKind]
        self.code.label.text, self.subject.label.text = _("Mã hồ sơ"), _("Người yêu cầu, cách liên hệ")
        self.received_at.label.text = _("Nhận lúc")
        self.with_processor.label.text = _("Phải qua bên xử lý dữ liệu (nhà cung cấp)")


class FinishForm(StaffForm):
    """What was done, or why not."""

    outcome = TextAreaField(
        filters=[full_text], validators=[InputRequired(), Length(max=LONGEST_OUTCOME)], render_kw={"rows": 4}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the field in the reader's language."""
        super().__init__(*args, **kwargs)
        self.outcome.label.text = _("Đã làm gì, hoặc lý do từ chối")


class ContactForm(StaffForm):
    """Who sent a case, corrected."""

    name = StringField(validators=[Length(max=LONGEST_NAME)], filters=[one_line])
    phone = StringField(validators=[Length(max=30)], filters=[one_line])
    email = StringField(validators=[Length(max=LONGEST_NAME)], filters=[one_line])
    address = StringField(validators=[Length(max=LONGEST_PLACE)], filters=[one_line])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in the reader's language."""
        super().__init__(*args, **kwargs)
        labels = (_("Họ tên"), _("Số điện thoại"), _("Thư điện tử"), _("Địa chỉ"))
        for one, label in zip((self.name, self.phone, self.email, self.address), labels, strict=True):
            one.label.text = label

    def sender(self) -> SenderDraft:
        """Return what was typed."""
        return SenderDraft(
            name=self.name.data, phone=self.phone.data, email=self.email.data, address=self.address.data
        )


class BreachForm(UnitOfForm):
    """A violation of personal data."""

    title = StringField(validators=[InputRequired(), Length(max=NAME_LENGTH)], filters=[one_line])
    detected_at = DateTimeLocalField(format=_MINUTES, validators=[InputRequired()])
    people = IntegerField(validators=[InputRequired(), NumberRange(min=0, max=200_000_000)])
    what = TextAreaField(
        filters=[full_text], validators=[InputRequired(), Length(max=10_000)], render_kw={"rows": 6}
    )
    measures = TextAreaField(filters=[full_text], validators=[Length(max=10_000)], render_kw={"rows": 5})
    notified_at = DateTimeLocalField(format=_MINUTES, validators=[Optional()])
    closed_at = DateTimeLocalField(format=_MINUTES, validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in the reader's language."""
        super().__init__(*args, **kwargs)
        self.title.label.text, self.detected_at.label.text = _("Tên sự việc"), _("Phát hiện lúc")
        self.people.label.text, self.what.label.text = _("Số người bị ảnh hưởng"), _("Việc gì đã xảy ra")
        self.measures.label.text = _("Biện pháp đã và sẽ làm")
        self.notified_at.label.text = _("Đã báo cơ quan chuyên trách lúc")
        self.closed_at.label.text = _("Kết thúc lúc")

    def show(self, breach: Breach) -> None:
        """Put a stored breach into the fields."""
        self.title.data, self.what.data, self.measures.data = breach.title, breach.what, breach.measures
        self.people.data, self.detected_at.data = breach.people, shown(breach.detected_at)
        self.notified_at.data, self.closed_at.data = shown(breach.notified_at), shown(breach.closed_at)

    def draft(self) -> BreachDraft:
        """Return what was typed."""
        return BreachDraft(
            title=self.title.data,
            what=self.what.data,
            measures=self.measures.data or "",
            people=self.people.data,
            detected_at=self.detected_at.data.replace(tzinfo=VIETNAM),
            notified_at=aware(self.notified_at.data),
            closed_at=aware(self.closed_at.data),
        )

"""Forms of the screens for messages: senders, templates, who must not be written to."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import (
    BooleanField,
    DecimalField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from survey_app.foundation.languages import gettext as _
from survey_app.messaging.gateway.registry import NAMES, title
from survey_app.messaging.models import MessageTemplate, Sender
from survey_app.messaging.operations import SenderTerms
from survey_app.messaging.operations.templates import Draft
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.optouts import Reason, reason_label
from survey_app.messaging.rules.templates import LONGEST_TEXT
from survey_app.web.forms import StaffForm


class PhoneForm(StaffForm):
    """A phone number, typed as people write it; sent by POST only, so that it stands in no address and no log."""

    phone = StringField(validators=[InputRequired(), Length(max=40)])

    def __init__(self) -> None:
        super().__init__()
        self.phone.label.text = _("Số điện thoại")


class OptOutForm(PhoneForm):
    """Notes that somebody wants no messages, as said at the counter, by telephone or in a letter."""

    reason = SelectField(choices=[], validators=[InputRequired()])
    document = StringField(validators=[InputRequired(), Length(max=60)])

    def __init__(self) -> None:
        super().__init__()
        self.reason.label.text = _("Lý do")
        self.document.label.text = _("Căn cứ")
        self.reason.choices = [
            (one.value, reason_label(one)) for one in (Reason.STAFF, Reason.WRONG_NUMBER, Reason.REGISTER)
        ]


class LiftForm(PhoneForm):
    """On what written request a phone may be written to again."""

    document = StringField(validators=[InputRequired(), Length(max=60)])

    def __init__(self) -> None:
        super().__init__()
        self.document.label.text = _("Văn bản yêu cầu")


class SenderForm(StaffForm):
    """A sender at a carrier, with what the contract says of it."""

    gateway = SelectField(choices=[], validators=[InputRequired()])
    name = StringField(validators=[InputRequired(), Length(max=40)])
    segments_per_second = DecimalField(validators=[InputRequired(), NumberRange(min=0.01, max=1000)])
    burst = IntegerField(validators=[InputRequired(), NumberRange(min=1, max=1000)])
    price = DecimalField(validators=[InputRequired(), NumberRange(min=0, max=100_000)])
    active = BooleanField()

    def __init__(self, sender: Sender | None = None) -> None:
        fresh = {"segments_per_second": 10, "burst": 10, "price": 0, "active": True}
        super().__init__(obj=sender, data=None if sender else fresh)
        self.gateway.label.text = _("Cổng nhắn tin")
        self.name.label.text = _("Tên người gửi (brandname) hoặc đầu số")
        self.segments_per_second.label.text = _("Số tin mỗi giây")
        self.burst.label.text = _("Số tin gửi liền một lúc")
        self.price.label.text = _("Giá một tin (đồng)")
        self.active.label.text = _("Đang dùng")
        self.gateway.choices = [(name, title(name)) for name in NAMES]
        if sender is not None:
            del self.gateway

    def terms(self) -> SenderTerms:
        """Return what was typed."""
        return SenderTerms(
            name=(self.name.data or "").strip(),
            segments_per_second=float(self.segments_per_second.data),
            burst=self.burst.data,
            price=self.price.data,
            active=self.active.data,
        )


class TemplateForm(StaffForm):
    """A text with variables, measured as it is typed."""

    name = StringField(validators=[InputRequired(), Length(max=60)])
    medium = RadioField(choices=[], validators=[InputRequired()])
    text = TextAreaField(validators=[InputRequired(), Length(max=LONGEST_TEXT)], render_kw={"rows": 6})
    accents = RadioField(choices=[], validators=[InputRequired()])
    is_first = BooleanField()
    confirmed = BooleanField()
    provider_template = StringField(validators=[Length(max=60)])
    sender = SelectField(choices=[], validators=[Optional()])

    def __init__(self, senders: Sequence[tuple[str, str]], template: MessageTemplate | None = None) -> None:
        shown = {"medium": Medium.SMS.value, "accents": "no", "is_first": True}
        if template is not None:
            shown = {name: getattr(template, name) for name in self.kept} | {
                "accents": "yes" if template.accents else "no"
            }
        super().__init__(data=shown)
        self._label()
        self.medium.choices = [(Medium.SMS.value, "SMS"), (Medium.ZALO.value, "Zalo")]
        self.accents.choices = [("no", _("Không dấu")), ("yes", _("Có dấu"))]
        self.sender.choices = [("", _("chưa tính chi phí")), *senders]

    kept = ("name", "medium", "text", "is_first", "confirmed", "provider_template")

    def _label(self) -> None:
        self.name.label.text = _("Tên mẫu tin")
        self.medium.label.text = _("Gửi bằng")
        self.text.label.text = _("Nội dung")
        self.accents.label.text = _("Cách viết khi gửi SMS")
        self.is_first.label.text = _("Tin mở đầu: phải ghi cách từ chối")
        self.confirmed.label.text = _("Tôi đã xem: tin này dài hơn 2 tin, vẫn gửi như vậy")
        self.provider_template.label.text = _("Số mẫu đã được Zalo duyệt")
        self.sender.label.text = _("Tính chi phí theo giá của")

    def draft(self) -> Draft:
        """Return what was typed; an SMS until something else is chosen."""
        medium = Medium.ZALO if self.medium.data == Medium.ZALO else Medium.SMS
        return Draft(
            name=(self.name.data or "").strip(),
            medium=medium,
            text=self.text.data or "",
            accents=medium is Medium.ZALO or self.accents.data == "yes",
            is_first=self.is_first.data,
            confirmed=self.confirmed.data,
            provider_template=(self.provider_template.data or "").strip(),
        )

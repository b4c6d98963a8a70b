"""What a clerk types for somebody at the counter, on the telephone, or from a letter."""

from __future__ import annotations

import re
from typing import Any

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp, ValidationError

from survey_app.feedback.forms.fields import FieldOfWork
from survey_app.feedback.forms.typed import full_text, one_line, one_unit
from survey_app.feedback.queries.addressees import Addressee
from survey_app.feedback.rules.drafts import (
    LONGEST_NAME,
    LONGEST_ON_THE_WAY,
    LONGEST_PLACE,
    LONGEST_TEXT,
    CaseDraft,
    FileDraft,
    SenderDraft,
    may_have_arrived,
)
from survey_app.feedback.rules.kinds import (
    Anonymity,
    Channel,
    GrievanceKind,
    Kind,
    anonymity_label,
    channel_label,
    kind_label,
)
from survey_app.foundation.clock import VIETNAM, now
from survey_app.foundation.languages import gettext as _
from survey_app.messaging.rules.phones import UnableToReadPhone, mobile_number, read_phone
from survey_app.web.forms import StaffForm

FILED_CHANNELS = (Channel.COUNTER, Channel.PHONE, Channel.LETTER, Channel.EMAIL, Channel.PORTAL)
SENT_IN = (Channel.LETTER, Channel.EMAIL, Channel.PORTAL)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# PAKN.20200812.0012: the day and the number of the day at the national portal.
_NATIONAL_CODE = re.compile(r"PAKN\.\d{8}\.\d{1,6}", re.ASCII)


class FilingForm(StaffForm):
    """One message, as the clerk heard or read it."""

    paper = HiddenField()
    channel = SelectField()
    arrived_at = DateTimeLocalField(format="%Y-%m-%dT%H:%M", validators=[Optional()])
    kind = SelectField(validators=[InputRequired()])
    field_name = FieldOfWork()
    unit = StringField(filters=[one_line], validators=[InputRequired(), Length(max=LONGEST_PLACE)])
    unit_choice = RadioField(choices=[], validate_choice=False)
    text = TextAreaField(
        filters=[full_text], validators=[InputRequired(), Length(max=LONGEST_TEXT)], render_kw={"rows": 6}
    )
    proposal = TextAreaField(
        filters=[full_text], validators=[Length(max=LONGEST_TEXT)], render_kw={"rows": 3}
    )
    place = StringField(filters=[one_line], validators=[Length(max=LONGEST_PLACE)])
    name = StringField(filters=[one_line], validators=[Length(max=LONGEST_NAME)])
    phone = StringField(filters=[one_line], validators=[Length(max=40)])
    address = StringField(filters=[one_line], validators=[Length(max=LONGEST_PLACE)])
    email = StringField(filters=[one_line], validators=[Optional(), Length(max=LONGEST_NAME), Regexp(_EMAIL)])
    anonymity = SelectField(default=Anonymity.OFFICERS_ONLY)
    wants_code = BooleanField()
    wants_notices = BooleanField()
    read_back = BooleanField()
    is_signed = BooleanField()
    is_looked_at = BooleanField()
    national_code = StringField(filters=[one_line], validators=[Optional(), Regexp(_NATIONAL_CODE)])
    files = MultipleFileField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in the reader's language."""
        super().__init__(*args, **kwargs)
        self.channel.choices = [(one, channel_label(one)) for one in FILED_CHANNELS]
        # No kind stands there already: what nobody chose would fill the wrong register.
        self.kind.choices = [
            ("", _("– chọn –")),
            *((one, kind_label(one)) for one in (*Kind, *GrievanceKind)),
        ]
        self.anonymity.choices = [(one, anonymity_label(one)) for one in Anonymity]
        self.channel.flags.quiet = self.anonymity.flags.quiet = True
        for name, label in _labels().items():
            self[name].label.text = label
        self.email.validators[2].message = _("Địa chỉ thư điện tử không đúng.")
        self.national_code.validators[1].message = _("Xin ghi như PAKN.20200812.0012.")

    def validate_phone(self, field: StringField) -> None:
        """Refuse what is no telephone; messages reach mobile numbers only."""
        try:
            if self.wants_notices.data or self.wants_code.data:
                mobile_number(field.data)
            elif field.data:
                read_phone(field.data)
        except UnableToReadPhone as error:
            raise ValidationError(str(error)) from error

    def validate_arrived_at(self, field: DateTimeLocalField) -> None:
        """Refuse another time of arrival than now where the sender stands at the counter, and impossible ones."""
        if field.data is None:
            return
        if self.channel.data not in SENT_IN:
            raise ValidationError(
                _("Chỉ ghi lúc nhận cho thư, thư điện tử, Cổng dịch vụ công; xin để trống.")
            )
        if not may_have_arrived(field.data.replace(tzinfo=VIETNAM), now=now()):
            raise ValidationError(
                _(
                    "Xin ghi lúc nhận trong %(days)s ngày vừa qua, không ở tương lai.",
                    days=LONGEST_ON_THE_WAY.days,
                )
            )

    def validate_wants_code(self, field: BooleanField) -> None:
        """Refuse to send a code to somebody whose telephone is not kept."""
        if field.data and self.anonymity.data == Anonymity.ANONYMOUS:
            raise ValidationError(_("Ẩn danh thì không nhắn mã được. Xin bỏ ô này hoặc chọn cách khác."))

    def validate_read_back(self, field: BooleanField) -> None:
        """Ask for reading back what was heard: a call is put in writing truthfully (NĐ 20/2008/NĐ-CP Đ7)."""
        if self.channel.data == Channel.PHONE and not field.data:
            raise ValidationError(_("Xin đọc lại cho người gọi nghe và xác nhận đúng nội dung."))

    def chosen_unit(self, found: list[Addressee]) -> Addressee | None:
        """Return the one unit meant; else say on the form what to do, with radio buttons for several."""
        unknown = _("Không thấy đơn vị này trong phạm vi của ông/bà. Hãy thử tên khác hoặc ghi mã.")
        return one_unit(self.unit, self.unit_choice, found, unknown)

    def chosen_kind(self) -> Kind | GrievanceKind:
        """Return the kind; the form was validated before."""
        value = self.kind.data
        return Kind(value) if value in list(Kind) else GrievanceKind(value)

    def draft(
        self, submission_id: str, unit: Addressee, files: tuple[FileDraft, ...], purposes: tuple[str, ...]
    ) -> CaseDraft:
        """Return the case that was typed."""
        return CaseDraft(
            submission_id=submission_id,
            kind=self.chosen_kind(),
            unit_path=unit.path,
            field_name=self.field_name.data or "",
            text=self.text.data,
            proposal=self.proposal.data,
            place=self.place.data,
            channel=Channel(self.channel.data),
            anonymity=Anonymity(self.anonymity.data),
            sender=SenderDraft(
                name=self.name.data,
                phone=self.phone.data,
                email=self.email.data,
                address=self.address.data,
            ),
            wants_notices=self.wants_notices.data,
            wants_code=self.wants_code.data,
            consents=purposes,
            files=files,
            is_signed=self.is_signed.data,
            national_code=self.national_code.data or None,
            arrived_at=self.arrived_at.data.replace(tzinfo=VIETNAM) if self.arrived_at.data else None,
        )


def _labels() -> dict[str, str]:
    return {
        "channel": _("Đến bằng cách nào"),
        "arrived_at": _("Nhận lúc, nếu không phải bây giờ"),
        "kind": _("Loại"),
        "unit": _("Gửi đến đơn vị"),
        "unit_choice": _("Chọn đúng đơn vị"),
        "text": _("Nội dung, đúng lời người gửi"),
        "proposal": _("Đề nghị"),
        "place": _("Ở đâu"),
        "name": _("Họ và tên"),
        "phone": _("Số điện thoại"),
        "address": _("Địa chỉ"),
        "email": _("Thư điện tử"),
        "anonymity": _("Ai được biết tên người gửi"),
        "wants_code": _("Nhắn mã theo dõi vào số điện thoại này (không nhắn số PIN)"),
        "wants_notices": _("Người gửi đồng ý nhận tin nhắn báo khi có thay đổi"),
        "read_back": _("Đã đọc lại cho người gọi nghe; người gọi xác nhận đúng"),
        "is_signed": _("Đơn có chữ ký hoặc điểm chỉ (khiếu nại, tố cáo)"),
        "is_looked_at": _("Đã xem: vẫn là loại đã chọn"),
        "national_code": _("Mã ở Cổng dịch vụ công quốc gia"),
        "files": _("Tệp kèm theo"),
    }

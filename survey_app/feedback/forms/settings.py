"""The form of what a desk sets for itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from survey_app.feedback.forms.rules import UnitOfForm, stripped
from survey_app.feedback.models.columns import NAME_LENGTH
from survey_app.feedback.rules.kinds import Kind, kind_label
from survey_app.feedback.rules.settings import DeskSettings
from survey_app.foundation.languages import gettext as _
from survey_app.messaging.rules.contract import Medium
from survey_app.staff.rules.permissions import PERMITTED, Action, Role, role_label


def _boxes() -> SelectMultipleField:
    """Return a field of which several can be ticked."""
    return SelectMultipleField(widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())


class SettingsForm(UnitOfForm):
    """What a desk sets for itself; the names are those of `DeskSettings`."""

    receiving_path = StringField(validators=[Length(max=NAME_LENGTH)], filters=[stripped])
    contact_required = _boxes()
    two_people = BooleanField()
    reopen_days = IntegerField(validators=[InputRequired(), NumberRange(min=0, max=365)])
    reopen_times = IntegerField(validators=[InputRequired(), NumberRange(min=0, max=10)])
    pauses_while_waiting = BooleanField()
    longest_pause_working_days = IntegerField(validators=[InputRequired(), NumberRange(min=0, max=365)])
    day_of_receipt_counts = BooleanField()
    close_after_days = IntegerField(validators=[InputRequired(), NumberRange(min=1, max=365)])
    escalate_to = _boxes()
    contact_kept_days = IntegerField(validators=[InputRequired(), NumberRange(min=1, max=36_500)])
    case_kept_days = IntegerField(validators=[InputRequired(), NumberRange(min=1, max=36_500)])
    grievance_kept_days = IntegerField(validators=[InputRequired(), NumberRange(min=1, max=36_500)])
    notice_medium = SelectField()
    notice_gateway = StringField(validators=[Length(max=40)], filters=[stripped])
    notice_sender = StringField(validators=[Length(max=40)], filters=[stripped])
    phone = StringField(validators=[Length(max=40)], filters=[stripped])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in the reader's language."""
        super().__init__(*args, **kwargs)
        for name, label in _settings_labels().items():
            self[name].label.text = label
        self.contact_required.choices = [(str(kind), kind_label(kind)) for kind in Kind]
        self.escalate_to.choices = [(str(role), role_label(role)) for role in _escalated_to()]
        self.notice_medium.choices = [
            (str(medium), {"sms": "SMS", "zalo": "Zalo"}[medium]) for medium in Medium
        ]
        self.notice_medium.flags.quiet = True

    def settings(self, *, receiving_path: str) -> DeskSettings:
        """Return the settings as typed; `receiving_path` is the path of the unit that was named."""
        typed = {field.name: self[field.name].data for field in fields(DeskSettings)}
        typed["contact_required"] = tuple(map(Kind, self.contact_required.data or ()))
        typed["escalate_to"] = tuple(self.escalate_to.data or ())
        return DeskSettings(**{**typed, "receiving_path": receiving_path})


def _escalated_to() -> Iterable[Role]:
    return (role for role in Role if role in PERMITTED[Action.VIEW_CASES])


def _settings_labels() -> dict[str, str]:
    return {
        "receiving_path": _("Đơn vị tiếp nhận thay"),
        "contact_required": _("Bắt buộc họ tên và cách liên hệ với"),
        "two_people": _("Người soạn không được tự duyệt câu trả lời"),
        "reopen_days": _("Số ngày được đề nghị xem lại sau khi trả lời"),
        "reopen_times": _("Số lần được đề nghị xem lại"),
        "pauses_while_waiting": _("Tạm dừng thời hạn khi chờ người dân bổ sung"),
        "longest_pause_working_days": _("Tạm dừng nhiều nhất (ngày làm việc)"),
        "day_of_receipt_counts": _("Ngày tiếp nhận được tính là ngày thứ nhất"),
        "close_after_days": _("Tự đóng sau khi trả lời (ngày)"),
        "escalate_to": _("Khi quá hạn, báo cho"),
        "contact_kept_days": _("Lưu thông tin liên hệ (ngày)"),
        "case_kept_days": _("Lưu hồ sơ (ngày)"),
        "grievance_kept_days": _("Lưu đơn khiếu nại, tố cáo (ngày)"),
        "notice_medium": _("Báo cho người dân bằng"),
        "notice_gateway": _("Cổng gửi tin"),
        "notice_sender": _("Tên người gửi tin"),
        "phone": _("Điện thoại hỗ trợ"),
    }

"""Forms of the texting screens."""

from __future__ import annotations

from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from survey_app.feedback.rules.kinds import GrievanceKind, Kind, kind_label
from survey_app.foundation.languages import gettext as _
from survey_app.messaging.gateway.registry import SIMULATOR
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.templates import LONGEST_TEXT
from survey_app.texting.models import UNIT_LENGTH, TextingPlan
from survey_app.texting.operations import PlanDraft
from survey_app.texting.rules.questions import MOST_FOLLOW_UPS
from survey_app.texting.rules.words import INVITATION, REMINDER
from survey_app.web.forms import StaffForm

LONGEST_TYPED = 1_600


class HandsetForm(StaffForm):
    """The number of the phone on screen, typed; sent by POST only."""

    phone = StringField(validators=[InputRequired(), Length(max=40)])

    def __init__(self) -> None:
        super().__init__()
        self.phone.label.text = _("Số điện thoại")


class WriteForm(StaffForm):
    """What the phone on screen sends."""

    text = StringField(validators=[InputRequired(), Length(max=LONGEST_TYPED)])

    def __init__(self) -> None:
        super().__init__()
        self.text.label.text = _("Soạn tin")


class CaseForm(StaffForm):
    """What kind of case a reply becomes, and whether its sender is told."""

    kind = RadioField(validators=[InputRequired()], default=Kind.SUGGESTION)
    wants_answer = BooleanField()

    def __init__(self) -> None:
        super().__init__()
        self.kind.choices = [(one.value, kind_label(one)) for one in (*Kind, *GrievanceKind)]
        self.kind.label.text = _("Đây là")
        self.wants_answer.label.text = _("Người gửi xin được trả lời: giữ số điện thoại cho việc này")

    def chosen_kind(self) -> Kind | GrievanceKind:
        """Return the kind; the form was validated before."""
        value = self.kind.data
        return Kind(value) if value in list(Kind) else GrievanceKind(value)


class PlanForm(StaffForm):
    """How a campaign invites by message."""

    gateway = SelectField(choices=[], validators=[InputRequired()])
    sender = StringField(validators=[InputRequired(), Length(max=40)])
    number = StringField(validators=[Length(max=20)])
    unit = StringField(validators=[InputRequired(), Length(max=UNIT_LENGTH)])
    invitation = TextAreaField(validators=[InputRequired(), Length(max=LONGEST_TEXT)], render_kw={"rows": 5})
    reminder = TextAreaField(validators=[Length(max=LONGEST_TEXT)], render_kw={"rows": 5})
    template = StringField(validators=[Length(max=60)])
    follow_ups = IntegerField(validators=[InputRequired(), NumberRange(min=0, max=MOST_FOLLOW_UPS)])
    confirmed = BooleanField()

    def __init__(self, gateways: list[tuple[str, str]], plan: TextingPlan | None) -> None:
        fresh = {
            "gateway": SIMULATOR,
            "sender": "MOPHONG",
            "number": "8079",
            "invitation": INVITATION,
            "reminder": REMINDER,
            "follow_ups": 0,
        }
        super().__init__(obj=plan, data=None if plan else fresh)
        self.gateway.choices = gateways
        self.gateway.label.text = _("Gửi qua cổng")
        self.sender.label.text = _("Người gửi (brandname)")
        self.number.label.text = _("Đầu số nhận trả lời")
        self.unit.label.text = _("Tên cơ quan trong tin")
        self.invitation.label.text = _("Tin mời")
        self.reminder.label.text = _("Tin nhắc, chỉ gửi một lần")
        self.template.label.text = _("Số mẫu đã được Zalo duyệt")
        self.follow_ups.label.text = _("Số câu hỏi thêm sau điểm chung")
        self.confirmed.label.text = _("Tôi đã xem: tin này dài hơn 2 tin, vẫn gửi như vậy")

    def draft(self, medium: Medium) -> PlanDraft:
        """Return what was typed, for the medium of the chosen carrier."""
        return PlanDraft(
            medium=medium,
            gateway=self.gateway.data,
            sender=(self.sender.data or "").strip(),
            number=(self.number.data or "").strip(),
            unit=(self.unit.data or "").strip(),
            invitation=self.invitation.data or "",
            reminder=self.reminder.data or "",
            template=(self.template.data or "").strip() or None,
            follow_ups=self.follow_ups.data or 0,
            confirmed=self.confirmed.data,
        )

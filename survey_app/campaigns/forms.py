"""What staff type and choose on the pages of campaigns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from survey_app.campaigns.rules import CODE_LENGTH, NAME_LENGTH, TITLE_LENGTH, Channel, channel_label
from survey_app.foundation.languages import gettext as _
from survey_app.web.forms import StaffForm

REASON_LENGTH = 300
_DAY = ["%Y-%m-%d", "%d/%m/%Y"]  # what a browser sends, and what people type where it has no calendar


class StartForm(StaffForm):
    """The first step: which questionnaire, and whose campaign it is."""

    questionnaire = RadioField(coerce=int)
    owner = SelectField()

    def __init__(self, versions: Sequence[tuple[int, str]], owners: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self.questionnaire.label.text = _("Phiếu khảo sát")
        self.questionnaire.choices = list(versions)
        self.owner.label.text = _("Đơn vị chủ trì")
        self.owner.choices = list(owners)
        if self.owner.data is None and owners:
            self.owner.data = owners[0][0]


class QuestionnaireForm(StaffForm):
    """Another questionnaire for a draft."""

    questionnaire = RadioField(coerce=int)

    def __init__(self, versions: Sequence[tuple[int, str]], chosen: int) -> None:
        super().__init__(data={"questionnaire": chosen})
        self.questionnaire.label.text = _("Phiếu khảo sát")
        self.questionnaire.choices = list(versions)


class DetailsForm(StaffForm):
    """Titles, days, channels and the code in addresses."""

    title = StringField(validators=[DataRequired(), Length(max=TITLE_LENGTH)])
    title_en = StringField(validators=[Length(max=TITLE_LENGTH)])
    opens_on = DateField(format=_DAY, validators=[InputRequired()])
    closes_on = DateField(format=_DAY, validators=[InputRequired()])
    # Which channels there are is for the operation to say, in words.
    channels = SelectMultipleField(
        validators=[InputRequired()],
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    code = StringField(validators=[DataRequired(), Length(max=CODE_LENGTH)])

    def __init__(self, **kept: object) -> None:
        super().__init__(data=kept)
        self.title.label.text = _("Tên đợt khảo sát")
        self.title_en.label.text = _("Tên tiếng Anh")
        self.opens_on.label.text = _("Ngày bắt đầu")
        self.closes_on.label.text = _("Ngày kết thúc")
        self.channels.label.text = _("Người dân trả lời qua đâu")
        self.channels.choices = [(channel.value, channel_label(channel)) for channel in Channel]
        self.code.label.text = _("Mã đợt trong địa chỉ")


class ConfirmForm(StaffForm):
    """Only the button."""


class ReasonForm(StaffForm):
    """Why something unusual is done; the audit log keeps it."""

    reason = TextAreaField(validators=[DataRequired(), Length(max=REASON_LENGTH)])

    def __init__(self) -> None:
        super().__init__()
        self.reason.label.text = _("Lý do")


class ExtendForm(ReasonForm):
    """A later last day, and why."""

    closes_on = DateField(format=_DAY, validators=[InputRequired()])

    def __init__(self) -> None:
        super().__init__()
        self.closes_on.label.text = _("Ngày kết thúc mới")


class CopyForm(StaffForm):
    """Days, title and code of a campaign that repeats an earlier one."""

    opens_on = DateField(format=_DAY, validators=[InputRequired()])
    closes_on = DateField(format=_DAY, validators=[InputRequired()])
    title = StringField(validators=[DataRequired(), Length(max=TITLE_LENGTH)])
    title_en = StringField(validators=[Length(max=TITLE_LENGTH)])
    code = StringField(validators=[DataRequired(), Length(max=CODE_LENGTH)])

    def __init__(self, *, opens_on: date, closes_on: date, title: str, title_en: str, code: str) -> None:
        kept = {
            "opens_on": opens_on,
            "closes_on": closes_on,
            "title": title,
            "title_en": title_en,
            "code": code,
        }
        super().__init__(data=kept)
        self.opens_on.label.text = _("Ngày bắt đầu")
        self.closes_on.label.text = _("Ngày kết thúc")
        self.title.label.text = _("Tên đợt mới")
        self.title_en.label.text = _("Tên tiếng Anh")
        self.code.label.text = _("Mã đợt mới trong địa chỉ")


class WeightSetForm(StaffForm):
    """A weight set: its name, and its steps typed in or as a file."""

    name = StringField(validators=[DataRequired(), Length(max=NAME_LENGTH)])
    text = TextAreaField(render_kw={"rows": 12, "spellcheck": "false", "class": "code"})
    file = FileField()

    def __init__(self) -> None:
        super().__init__()
        self.name.label.text = _("Tên bộ trọng số")
        self.text.label.text = _("Các bước (YAML)")
        self.file.label.text = _("Hoặc tệp .yaml")

    def content(self, most: int) -> bytes:
        """Return the bytes of the file, of which at most one more than `most` is read, else what was typed."""
        if self.file.data:
            return bytes(self.file.data.read(most + 1))
        return str(self.text.data or "").encode()


class InvitationListForm(StaffForm):
    """A file of people to invite."""

    file = FileField(validators=[FileRequired()])

    def __init__(self) -> None:
        super().__init__()
        self.file.label.text = _("Danh sách mời (.xlsx hoặc .csv)")
        self.file.validators[0].message = _("Xin chọn một tệp.")

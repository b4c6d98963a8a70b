"""The small forms of a case page, one for each move: the fields that the move asks for, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from wtforms import (
    HiddenField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length

from survey_app.feedback.forms.answers import whole_number
from survey_app.feedback.forms.fields import FieldOfWork
from survey_app.feedback.forms.typed import full_text, one_line, one_unit
from survey_app.feedback.models.columns import NAME_LENGTH
from survey_app.feedback.queries.addressees import Addressee
from survey_app.feedback.rules.codes import normalised
from survey_app.feedback.rules.drafts import LONGEST_TEXT
from survey_app.feedback.rules.kinds import GrievanceKind, Kind, SubjectClass, kind_label, subject_class_label
from survey_app.feedback.rules.offers import FIELDS_OF, Ground, ground_label
from survey_app.feedback.rules.states import Step
from survey_app.foundation.languages import gettext as _
from survey_app.web.forms import StaffForm

LONGEST_REASON = 2_000
LONGEST_CODE = 40
_OPTIONAL_REASON = frozenset({Step.REFUSE})
_OPTIONAL_NOTE = frozenset(Step) - {Step.NOTE}


def _words(required: bool = True, most: int = LONGEST_REASON) -> TextAreaField:
    asked = [DataRequired()] if required else []
    return TextAreaField(filters=[full_text], validators=[*asked, Length(max=most)], render_kw={"rows": 3})


class MoveForm(StaffForm):
    """What a person types for one move; `version` is that of the case as the page showed it.

    `move_form` makes one; here stand the fields of all moves.
    """

    version = HiddenField()
    kind = SelectField(choices=[])
    field = FieldOfWork()
    subject_class = SelectField(choices=[], default="")
    summary = StringField(filters=[one_line], validators=[Length(max=NAME_LENGTH)])
    handler = SelectField(choices=[], validators=[DataRequired()])
    unit = StringField(filters=[one_line], validators=[DataRequired(), Length(max=NAME_LENGTH)])
    unit_choice = RadioField(choices=[], validate_choice=False)
    ground = SelectField(choices=[])
    grievance = SelectField(choices=[])
    diverted_as = SelectField(choices=[], default="")
    other = StringField(filters=[one_line], validators=[DataRequired(), Length(max=LONGEST_CODE)])
    text = _words(most=LONGEST_TEXT)
    reason = _words()
    body = StringField(filters=[one_line], validators=[DataRequired(), Length(max=NAME_LENGTH)])
    note = _words(required=False)
    files = MultipleFileField()

    def __init__(self, step: Step, *, is_sent: bool = False) -> None:
        """Name the fields of `step`; `is_sent` fills them with what was typed."""
        super().__init__(**({} if is_sent else {"formdata": None}))
        self.step = step
        for one in self:
            one.id = one.label.field_id = f"{step}-{one.name}"
        self._name_fields(step)
        self._offer()

    def _name_fields(self, step: Step) -> None:
        labels = _labels() | _labels_of(step)
        for one in self:
            one.label.text = labels.get(one.name, "")
        if step in _OPTIONAL_REASON and "reason" in self:
            self.reason.validators = self.reason.validators[1:]
            self.reason.flags.required = False
        if step is Step.NOTE:
            self.note.validators = [DataRequired(), *self.note.validators]
            self.note.flags.required = True
        if "files" in self:
            self.files.flags.quiet = True
        if "body" in self:
            self.body.render_kw = {"list": "bodies", "autocomplete": "off"}

    def _offer(self) -> None:
        choices = {
            "kind": [(one.value, kind_label(one)) for one in Kind],
            "subject_class": [
                ("", _("Chưa xác định")),
                *((one.value, subject_class_label(one)) for one in SubjectClass),
            ],
            "ground": [(one.value, ground_label(one)) for one in Ground],
            "grievance": [(one.value, kind_label(one)) for one in GrievanceKind],
            "diverted_as": [
                ("", _("Không có phần nào như vậy")),
                *((one.value, kind_label(one)) for one in GrievanceKind),
            ],
        }
        for name, offered in choices.items():
            if name in self:
                self[name].choices, self[name].flags.quiet = offered, True

    def offer_officers(self, officers: Iterable[tuple[int, str]]) -> None:
        """Let one of these people be chosen: account and what stands in the list."""
        self.handler.choices = [("", _("Chọn người")), *((str(id_), label) for id_, label in officers)]

    @property
    def base_version(self) -> int:
        """Return the version that the page began with, 0 for none."""
        return whole_number(self.version.data)

    def typed(self, name: str) -> str:
        """Return what was typed into a field, "" where this move has no such field."""
        return str(self[name].data or "") if name in self else ""

    @property
    def told_reason(self) -> str:
        """Return what the sender reads: for a refusal its ground, and then what was typed."""
        typed = self.typed("reason")
        if self.step is not Step.REFUSE:
            return typed
        return f"{ground_label(Ground(self.ground.data))}. {typed}".strip()

    @property
    def other_code(self) -> str:
        """Return the code of the other case as it is stored, "" for no code."""
        return normalised(self.typed("other")) or ""

    def chosen_unit(self, found: list[Addressee]) -> Addressee | None:
        """Return the one unit meant; else say beside the field what to do, with buttons for several."""
        unknown = _("Không thấy đơn vị này. Hãy thử tên khác hoặc ghi mã.")
        return one_unit(self.unit, self.unit_choice, found, unknown)


def move_form(step: Step, *, is_sent: bool = False) -> MoveForm:
    """Return the form with the fields of `step`; `is_sent` fills them with what was typed."""
    return _form_of(step)(step, is_sent=is_sent)


@cache
def _form_of(step: Step) -> type[MoveForm]:
    """Return the form without the other fields. A page has a dozen forms: nine fields of ten need not be made."""
    fields = (name for name, value in vars(MoveForm).items() if hasattr(value, "_formfield"))
    asked = {*FIELDS_OF[step], "version"}
    return type(f"{step.title()}Form", (MoveForm,), dict.fromkeys(set(fields) - asked))


def _labels() -> dict[str, str]:
    return {
        "kind": _("Loại"),
        "field": _("Lĩnh vực"),
        "subject_class": _("Nhóm (để báo cáo)"),
        "summary": _("Tóm tắt một dòng, không ghi tên người"),
        "handler": _("Người xử lý"),
        "unit": _("Đơn vị nhận"),
        "unit_choice": _("Chọn đúng đơn vị"),
        "ground": _("Căn cứ"),
        "grievance": _("Thực chất là"),
        "diverted_as": _("Trong đơn có khiếu nại, tố cáo"),
        "other": _("Mã hồ sơ chính"),
        "text": _("Người gửi nói thêm"),
        "reason": _("Lý do, người gửi đọc được"),
        "body": _("Cơ quan có thẩm quyền"),
        "note": _("Ghi chú nội bộ"),
        "files": _("Tệp (ảnh, pdf, mp3, mp4; mỗi tệp đến 10 MB)"),
    }


def _labels_of(step: Step) -> dict[str, str]:
    return {
        Step.ASK: {"reason": _("Cần hỏi gì, người gửi đọc được")},
        Step.REFUSE: {"reason": _("Giải thích thêm, người gửi đọc được")},
        Step.REOPEN: {"reason": _("Người gửi chưa đồng ý điều gì")},
    }.get(step, {})


class ReleaseForm(StaffForm):
    """Why the unit complained about may know the sender."""

    reason = _words()

    def __init__(self) -> None:
        super().__init__()
        self.reason.label.text = _("Lý do cho đơn vị bị phản ánh biết người gửi")
        self.reason.id = self.reason.label.field_id = "release-reason"

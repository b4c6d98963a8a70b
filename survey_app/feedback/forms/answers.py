"""Forms of answering: the parts of an answer, the approver's note, the copy for the public, templates."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from survey_app.feedback.models.columns import NAME_LENGTH
from survey_app.feedback.rules.answers import (
    LONGEST_PART,
    MANDATORY,
    Fault,
    Part,
    Parts,
    part_label,
    read_parts,
)
from survey_app.feedback.rules.kinds import Kind, kind_label
from survey_app.feedback.rules.publication import LONGEST_TEXT, LONGEST_TITLE, CopyDraft, as_typed
from survey_app.feedback.rules.reply_templates import TemplateDraft
from survey_app.foundation.languages import gettext as _
from survey_app.web.forms import StaffForm

LONGEST_NOTE = 2_000


def _part_field(rows: int) -> TextAreaField:
    return TextAreaField(validators=[Length(max=LONGEST_PART)], render_kw={"rows": rows})


class PartsForm(StaffForm):
    """A text for each part of an answer."""

    found = _part_field(6)
    done = _part_field(5)
    who_when = _part_field(3)
    basis = _part_field(3)
    next = _part_field(4)
    contact = _part_field(3)

    def label_parts(self, kind: Kind | None) -> None:
        """Give the parts their headings; what an answer of this kind must say is not marked as optional."""
        for part in Part:
            self[part].label.text = part_label(part)
            self[part].flags.required = kind is not None and part in MANDATORY[kind]
            self[part].flags.quiet = kind is None

    def parts(self) -> Parts:
        """Return what was typed."""
        return read_parts({part.value: self[part].data or "" for part in Part})

    def show(self, parts: Parts) -> None:
        """Put these texts into the fields."""
        for part in Part:
            self[part].data = parts.get(part, "")

    def point_out(self, found: Iterable[Fault]) -> None:
        """Show each fault beside its part."""
        for fault in found:
            self[fault.part].errors = [*self[fault.part].errors, fault.message]


class AnswerForm(PartsForm):
    """An answer being written; `version` is the one that the page began with."""

    version = HiddenField()
    template = SelectField(choices=[], validate_choice=False)
    note = StringField(validators=[Length(max=LONGEST_NOTE)])

    def __init__(self, kind: Kind, templates: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        self.label_parts(kind)
        self.template.choices = [("", _("Chọn mẫu")), *templates]
        self.template.label.text = _("Mẫu trả lời")
        self.template.flags.quiet = True
        self.note.label.text = _("Lời nhắn cho người duyệt")

    @property
    def base_version(self) -> int:
        """Return the version that the page began with, 0 for none."""
        return whole_number(self.version.data)


class ReviewForm(StaffForm):
    """What the approver says to the writer; `version` is that of the case as the page showed it."""

    version = HiddenField()
    note = TextAreaField(validators=[Length(max=LONGEST_NOTE)], render_kw={"rows": 3})

    def __init__(self) -> None:
        super().__init__()
        self.note.label.text = _("Cần sửa gì (khi trả lại)")
        self.note.flags.quiet = True


class CopyForm(StaffForm):
    """The copy for the public; boxes outside of the fields name the texts to be covered."""

    version = HiddenField()
    title = StringField(validators=[InputRequired(), Length(max=LONGEST_TITLE)])
    question = TextAreaField(validators=[InputRequired(), Length(max=LONGEST_TEXT)], render_kw={"rows": 10})
    answer = TextAreaField(validators=[InputRequired(), Length(max=LONGEST_TEXT)], render_kw={"rows": 16})
    confirmed = BooleanField()

    def __init__(self) -> None:
        super().__init__()
        self.title.label.text = _("Tiêu đề")
        self.question.label.text = _("Nội dung phản ánh, kiến nghị")
        self.answer.label.text = _("Nội dung trả lời")
        self.confirmed.label.text = _(
            "Tôi đã đọc hết ba phần trên: không còn tên, địa chỉ, số điện thoại hay điều gì giúp nhận ra một người."
        )

    def copy(self) -> CopyDraft:
        """Return what was typed."""
        return as_typed(self.title.data or "", self.question.data or "", self.answer.data or "")

    def show(self, copy: CopyDraft, version: int) -> None:
        """Put these texts into the fields."""
        self.title.data, self.question.data, self.answer.data = copy.title, copy.question, copy.answer
        self.version.data = str(version)

    @property
    def hide(self) -> set[str]:
        """Return the texts whose boxes are ticked."""
        return set(request.form.getlist("hide"))

    def is_ticked(self, text: str) -> bool:
        """Say whether the box of `text` begins ticked: what is found for the first time does."""
        return text in self.hide or text not in request.form.getlist("seen")

    @property
    def base_version(self) -> int:
        """Return the version that the page began with, 0 for none."""
        return whole_number(self.version.data)


class RetractForm(StaffForm):
    """Why a copy is taken back, for the sender to read."""

    reason = TextAreaField(validators=[InputRequired(), Length(max=LONGEST_NOTE)], render_kw={"rows": 3})

    def __init__(self) -> None:
        super().__init__()
        self.reason.label.text = _("Lý do gỡ xuống (người gửi đọc được)")


class TemplateForm(PartsForm):
    """A template for answers."""

    name = StringField(validators=[InputRequired(), Length(max=NAME_LENGTH)])
    unit_path = SelectField(choices=[])
    kind = SelectField(choices=[])

    def __init__(self, units: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        self.label_parts(None)
        self.name.label.text = _("Tên mẫu")
        self.unit_path.label.text = _("Dùng cho đơn vị")
        self.unit_path.choices = list(units)
        self.unit_path.flags.quiet = self.kind.flags.quiet = True
        self.kind.label.text = _("Dùng cho loại")
        self.kind.choices = [("", _("Mọi loại")), *((kind.value, kind_label(kind)) for kind in Kind)]

    def fill(self, draft: TemplateDraft) -> None:
        """Put a template into the fields."""
        self.show(draft.parts)
        self.name.data, self.unit_path.data = draft.name, draft.unit_path
        self.kind.data = draft.kind.value if draft.kind else ""

    def draft(self) -> TemplateDraft:
        """Return what was typed."""
        kind = Kind(self.kind.data) if self.kind.data else None
        return TemplateDraft(self.name.data or "", self.parts(), kind, self.unit_path.data or "")


def whole_number(text: str | None) -> int:
    """Return the number in a hidden field, 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0

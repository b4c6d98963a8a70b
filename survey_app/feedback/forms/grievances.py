"""What is told with a step in the restricted register."""

from __future__ import annotations

from wtforms import DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from survey_app.feedback.models.columns import NAME_LENGTH
from survey_app.feedback.operations.grievance_steps import LONGEST_NOTE, LONGEST_NUMBER, Told
from survey_app.feedback.rules.grievances import GrievanceMove
from survey_app.foundation.languages import gettext as _
from survey_app.web.forms import StaffForm


class GrievanceStepForm(StaffForm):
    """One step; fields that the step does not ask for are taken away."""

    version = HiddenField()
    body = StringField(validators=[Length(max=NAME_LENGTH)])
    number = StringField(validators=[Length(max=LONGEST_NUMBER)])
    document_date = DateField(validators=[Optional()])
    note = TextAreaField(validators=[Length(max=LONGEST_NOTE)], render_kw={"rows": 4})

    def ask_for(self, move: GrievanceMove) -> None:
        """Keep what `move` asks for, with its words."""
        self.body.label.text = _("Cơ quan có thẩm quyền")
        self.number.label.text = _("Số văn bản")
        self.document_date.label.text = _("Ngày văn bản")
        self.note.label.text = _("Ghi chú (chỉ người có quyền đọc)")
        self.body.flags.required = self.number.flags.required = self.document_date.flags.required = True
        self.note.flags.required = move.says_why
        if not move.names_body:
            del self.body
        if not move.has_document:
            del self.number
            del self.document_date

    def version_seen(self) -> int:
        """Return the version that the page showed, 0 if the form was tampered with."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

    def told(self) -> Told:
        """Return what was typed."""
        return Told(
            note=self.note.data or "",
            body=(self.body.data or "") if "body" in self else "",
            number=(self.number.data or "") if "number" in self else "",
            document_date=self.document_date.data if "document_date" in self else None,
        )

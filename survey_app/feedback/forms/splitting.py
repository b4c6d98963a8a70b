"""The form that splits a petition: up to six parts, each with its words, kind, field and unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from wtforms import FieldList, Form, FormField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from survey_app.feedback.forms.answers import whole_number
from survey_app.feedback.forms.fields import FieldOfWork
from survey_app.feedback.forms.moves import LONGEST_REASON
from survey_app.feedback.forms.typed import full_text, one_line
from survey_app.feedback.models.columns import NAME_LENGTH
from survey_app.feedback.operations.splitting import PartDraft
from survey_app.feedback.queries.addressees import Addressee
from survey_app.feedback.rules.drafts import LONGEST_TEXT
from survey_app.feedback.rules.kinds import GrievanceKind, Kind, kind_label
from survey_app.foundation.languages import gettext as _
from survey_app.web.forms import StaffForm

MOST_PARTS = 6
SHOWN_FIRST = 2


class PartForm(Form):  # type: ignore[misc]
    """One part; a part without words is none."""

    text = TextAreaField(filters=[full_text], validators=[Length(max=LONGEST_TEXT)], render_kw={"rows": 4})
    kind = SelectField(choices=[], default=Kind.PETITION.value)
    field = FieldOfWork()
    unit = StringField(filters=[one_line], validators=[Length(max=NAME_LENGTH)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the fields in the reader's language."""
        super().__init__(*args, **kwargs)
        self.kind.choices = [(one.value, kind_label(one)) for one in Kind]
        self.kind.flags.quiet = True
        self.text.label.text = _("Nội dung")
        self.kind.label.text = _("Loại")
        self.unit.label.text = _("Đơn vị trả lời")
        self.text.flags.quiet = self.unit.flags.quiet = True


class SplitForm(StaffForm):
    """All parts, and the reason that the sender reads."""

    version = HiddenField()
    parts = FieldList(FormField(PartForm), min_entries=MOST_PARTS, max_entries=MOST_PARTS)
    diverted_as = SelectField(choices=[], default="")
    reason = TextAreaField(
        filters=[full_text],
        validators=[DataRequired(), Length(max=LONGEST_REASON)],
        render_kw={"rows": 3},
    )

    def __init__(self) -> None:
        super().__init__()
        self.parts.label.text = _("Các phần")
        self.reason.label.text = _("Lý do tách, người gửi đọc được")
        self.diverted_as.label.text = _("Trong đơn có khiếu nại, tố cáo")
        self.diverted_as.flags.quiet = True
        self.diverted_as.choices = [
            ("", _("Không có")),
            *((one.value, kind_label(one)) for one in GrievanceKind),
        ]

    @property
    def base_version(self) -> int:
        """Return the version that the page began with, 0 for none."""
        return whole_number(self.version.data)

    def prefill(self, *, version: int, kind: Kind, unit: str) -> None:
        """Fill in what is likely: kind and unit of the whole."""
        self.version.data = str(version)
        for part in self.parts:
            part.form.kind.data, part.form.unit.data = kind.value, unit

    def drafts(self, find: Callable[[str], Sequence[Addressee]]) -> list[PartDraft]:
        """Return the parts that say something; an unclear unit is pointed out beside its field."""
        written = [part.form for part in self.parts if part.form.text.data]
        drafts = []
        for part in written:
            found = find(part.unit.data or "")
            if len(found) == 1:
                drafts.append(_draft(part, found[0].path))
            else:
                part.unit.errors = [*part.unit.errors, _unclear(found)]
        return drafts if len(drafts) == len(written) else []

    @property
    def has_unclear_unit(self) -> bool:
        """Say whether a unit was pointed out."""
        return any(part.form.unit.errors for part in self.parts)


def _draft(part: PartForm, unit_path: str) -> PartDraft:
    return PartDraft(
        kind=Kind(part.kind.data),
        unit_path=unit_path,
        text=part.text.data,
        field_name=part.field.data,
    )


def _unclear(found: Sequence[Addressee]) -> str:
    if not found:
        return _("Không thấy đơn vị này. Hãy thử tên khác hoặc ghi mã.")
    names = "; ".join(f"{one.name} ({one.code})" for one in found[:4])
    return _("Có nhiều đơn vị như vậy, xin ghi mã: %(names)s", names=names)

"""The citizen's form: what was typed is cleaned, checked in the sender's words, and never lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    HiddenField,
    MultipleFileField,
    RadioField,
    StringField,
    TextAreaField,
)

from survey_app.feedback.forms.typed import full_text, one_line
from survey_app.feedback.queries.fields import shipped_fields
from survey_app.feedback.rules.drafts import (
    LONGEST_NAME,
    LONGEST_PLACE,
    LONGEST_TEXT,
)
from survey_app.feedback.rules.kinds import Anonymity, GrievanceKind, Kind
from survey_app.foundation.languages import gettext as _
from survey_app.messaging.rules.phones import UnableToReadPhone, mobile_number, read_phone


class PublicForm(FlaskForm):  # type: ignore[misc]
    """A form of a page without a cookie: nobody is signed in, so there is nothing a forged request could use."""

    class Meta:
        csrf = False

    def wrong(self, name: str, message: str) -> None:
        """Show `message` beside the field `name`."""
        self[name].errors = [*self[name].errors, message]

    @property
    def has_errors(self) -> bool:
        """Say whether anything is wrong with what was sent."""
        return any(one.errors for one in self)


class MatterForm(PublicForm):
    """What happened, and who tells it; the citizen's form and the clerk's share it."""

    kind = RadioField(validate_choice=False)
    unit = HiddenField(filters=[one_line])
    unit_text = StringField(filters=[one_line])
    text = TextAreaField(filters=[full_text])
    proposal = TextAreaField(filters=[full_text])
    place = StringField(filters=[one_line])
    name = StringField(filters=[one_line])
    phone = StringField(filters=[one_line])
    address = StringField(filters=[one_line])
    wants_notices = BooleanField()
    wants_code = BooleanField()
    field_name = StringField(filters=[one_line])

    def chosen_kind(self) -> Kind | GrievanceKind | None:
        """Return the kind that was chosen, None for none or an unknown one."""
        value = self.kind.data
        if value in list(Kind):
            return Kind(value)
        return GrievanceKind(value) if value in list(GrievanceKind) else None

    def chosen_field(self) -> str:
        """Return the code of a field of the list; "" for anything else."""
        return self.field_name.data if self.field_name.data in shipped_fields() else ""

    def check_matter(self) -> None:
        """Note what is wrong with the kind and the texts."""
        if self.chosen_kind() is None:
            self.wrong("kind", _("Xin chọn một loại."))
        if not self.text.data:
            self.wrong("text", _("Xin ghi nội dung muốn gửi."))
        longest = {"text": LONGEST_TEXT, "proposal": LONGEST_TEXT, "place": LONGEST_PLACE}
        longest |= {"name": LONGEST_NAME, "address": LONGEST_PLACE}
        for name, most in longest.items():
            self._check_length(name, most)

    def _check_length(self, name: str, most: int) -> None:
        length = len(self[name].data or "")
        if length > most:
            self.wrong(
                name, _("Dài %(length)s ký tự; xin rút lại còn %(most)s ký tự.", length=length, most=most)
            )

    def check_phone(self) -> None:
        """Note what is wrong with the telephone; messages reach mobile numbers only."""
        is_written_to = self.wants_notices.data or self.wants_code.data
        if self.phone.data:
            self._refuse_unless(mobile_number if is_written_to else read_phone, self.phone.data)
        elif is_written_to:
            self.wrong("phone", _("Muốn nhận tin nhắn thì xin ghi số điện thoại di động."))

    def _refuse_unless(self, reads: Callable[[str], Any], typed: str) -> None:
        try:
            reads(typed)
        except UnableToReadPhone as error:
            self.wrong("phone", str(error))


class IntakeForm(MatterForm):
    """The form at /feedback."""

    paper = HiddenField()
    at = HiddenField(filters=[one_line])
    anonymity = RadioField(validate_choice=False, default=Anonymity.OFFICERS_ONLY)
    files = MultipleFileField()
    diversion = RadioField(validate_choice=False)
    has_read = BooleanField()

    def check_code(self) -> None:
        """Note that an anonymous sender's telephone is not kept, so that no code can be sent to it."""
        if self.wants_code.data and self.chosen_anonymity() is Anonymity.ANONYMOUS:
            self.wrong("wants_code", _("Ẩn danh thì không nhắn mã được. Xin bỏ ô này hoặc chọn cách khác."))

    def chosen_anonymity(self) -> Anonymity:
        """Return who may know the sender; the guarded choice where none is known."""
        value = self.anonymity.data
        return Anonymity(value) if value in list(Anonymity) else Anonymity.OFFICERS_ONLY

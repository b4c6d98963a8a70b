"""What a sender types on the page that follows a case."""

from __future__ import annotations

from wtforms import HiddenField, MultipleFileField, PasswordField, RadioField, StringField, TextAreaField

from survey_app.feedback.forms.intake import PublicForm
from survey_app.feedback.forms.typed import full_text, one_line
from survey_app.feedback.rules.answers import Solved
from survey_app.feedback.rules.privacy import ASKED_BY_SENDERS, RequestKind


class TrackForm(PublicForm):
    """The code, and the PIN for who wants to read more."""

    code = StringField(filters=[one_line])
    pin = PasswordField(filters=[one_line])


class CaseForm(PublicForm):
    """What can be done with a case whose PIN was right; `key` stands for the PIN for half an hour."""

    key = HiddenField()
    text = TextAreaField(filters=[full_text])
    files = MultipleFileField()
    satisfaction = RadioField(validate_choice=False)
    solved = RadioField(validate_choice=False)
    comment = TextAreaField(filters=[full_text])
    reason = TextAreaField(filters=[full_text])
    asked = RadioField(validate_choice=False)
    wish = TextAreaField(filters=[full_text])

    def chosen_request(self) -> RequestKind | None:
        """Return what is asked about one's own data, None for no choice."""
        return RequestKind(self.asked.data) if self.asked.data in ASKED_BY_SENDERS else None

    def chosen_satisfaction(self) -> int:
        """Return the chosen number, 0 for none."""
        value = self.satisfaction.data or ""
        return int(value) if value in ("1", "2", "3", "4", "5") else 0

    def chosen_solved(self) -> Solved | None:
        """Return whether the matter is solved, None for no choice."""
        value = self.solved.data
        return Solved(value) if value in list(Solved) else None

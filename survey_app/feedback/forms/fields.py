"""The choice of a field of work, on whatever form of the desk it stands."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField
from wtforms.validators import Length

from survey_app.feedback.forms.typed import one_line
from survey_app.feedback.models.columns import FIELD_LENGTH
from survey_app.feedback.queries.fields import field_choices
from survey_app.foundation.languages import gettext as _


class FieldOfWork(SelectField):  # type: ignore[misc]
    """A field of the list, none, or the word that stood there before the list."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        usual = {"filters": [one_line], "validators": [Length(max=FIELD_LENGTH)], "default": ""}
        super().__init__(*args, choices=[], validate_choice=False, **usual | kwargs)
        self.label.text, self.flags.quiet = _("Lĩnh vực"), True

    def nothing(self) -> str:
        """Return what the empty choice means."""
        return _("Không rõ")

    def iter_choices(self) -> Any:
        """Return what can be chosen, in the reader's language."""
        self.choices = [("", self.nothing()), *field_choices(self.data or "")]
        return super().iter_choices()


class AnyFieldOfWork(FieldOfWork):
    """A field that a rule holds for, or all of them."""

    def nothing(self) -> str:
        """Return what the empty choice means."""
        return _("Mọi lĩnh vực")

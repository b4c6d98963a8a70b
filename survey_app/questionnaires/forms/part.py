"""What the forms of all parts of a draft have in common."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import HiddenField, SelectField

from survey_app.questionnaires.forms.wordings import options_of, words_of
from survey_app.web.forms import StaffForm

_WANTED = ("text_", "title_", "purpose_", "source_", "label:", "status_note_")


class PartForm(StaffForm):
    """A form of one part. `seen` is the digest of the part when it was opened; `content` is what the part becomes."""

    seen = HiddenField()
    languages: Sequence[str] = ()
    codes: Sequence[int] = ()

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        for field in self:
            # A select always has a value, and words of a second language are wanted before publication.
            if isinstance(field, SelectField) or field.name.startswith(_WANTED):
                field.flags.quiet = True

    def content(self, present: Any) -> Any:
        """Return the part with what was typed; what the form does not show stays as in `present`."""
        raise NotImplementedError

    def words(self, name: str) -> dict[str, str]:
        """Return the words typed for one wording."""
        return words_of(self, name, self.languages)

    def typed_options(self) -> list[dict[str, Any]]:
        """Return the answers typed."""
        return options_of(self, self.codes, self.languages)

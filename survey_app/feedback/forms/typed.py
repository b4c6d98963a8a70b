"""How what was typed is read, alike on every form: lines, texts, and the unit that a name means."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import RadioField, StringField

from survey_app.feedback.queries.addressees import Addressee
from survey_app.feedback.rules.drafts import plain_line, plain_text
from survey_app.foundation.languages import gettext as _


def one_line(value: str | None) -> str:
    """Return one line without hidden characters, "" for nothing."""
    return plain_line(value or "")


def full_text(value: str | None) -> str:
    """Return several lines without hidden characters, "" for nothing."""
    return plain_text(value or "")


def one_unit(
    unit: StringField, choice: RadioField, found: Sequence[Addressee], unknown: str
) -> Addressee | None:
    """Return the one unit meant; else say beside `unit` what to do, with buttons in `choice` for several."""
    picked = [one for one in found if one.code == choice.data]
    if picked or len(found) == 1:
        return (picked or found)[0]
    if found:
        choice.choices = [(one.code, one.name) for one in found]
    message = _("Có nhiều đơn vị tên như vậy. Hãy chọn một ở dưới.") if found else unknown
    unit.errors = [*unit.errors, message]
    return None

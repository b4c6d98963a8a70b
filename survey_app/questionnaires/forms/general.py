"""The form of what a questionnaire says about itself: title, purpose, source, languages, time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import Field, Form, IntegerField, StringField
from wtforms.validators import InputRequired, NumberRange, ValidationError

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.forms.part import PartForm
from survey_app.questionnaires.forms.questions import missing_words
from survey_app.questionnaires.forms.wordings import clean, wording_fields
from survey_app.questionnaires.rules.limits import LANGUAGE, MISSING_NAMES

Document = Mapping[str, Any]


class GeneralForm(PartForm):
    """Title, purpose, source, languages, time, and the words of missing answers."""

    def content(self, present: Any) -> dict[str, Any]:
        """Return the general facts."""
        made = {
            "languages": self.spoken(),
            "seconds": self.seconds.data,
            "title": self.words("title"),
            "purpose": self.words("purpose"),
            "source": self.words("source"),
        }
        labels = {name: self.words(f"missing_{name}") for name in MISSING_NAMES}
        labels = {name: words for name, words in labels.items() if words}
        return made | ({"missing_answers": labels} if labels else {})

    def spoken(self) -> list[str]:
        """Return the codes of the languages typed."""
        return list(dict.fromkeys(self.offered.data.replace(",", " ").split()))


def general_fields(document: Document) -> dict[str, Any]:
    """Return the fields of the general facts."""
    languages = document["languages"]
    fields: dict[str, Any] = wording_fields(
        "title", _("Tên phiếu"), languages, present=document["title"], required=True
    )
    for name, label in (("purpose", _("Mục đích")), ("source", _("Nguồn câu hỏi"))):
        fields |= wording_fields(name, label, languages, present=document[name], required=True, long=True)
    fields["seconds"] = IntegerField(
        _("Thời gian trả lời (giây)"),
        [InputRequired(), NumberRange(5, 7200, _("Xin ghi từ 5 đến 7200 giây."))],
        default=document["seconds"],
    )
    fields["offered"] = StringField(
        _("Ngôn ngữ (mã, cách nhau bằng dấu phẩy)"),
        [InputRequired(), _check_languages],
        filters=[clean],
        default=", ".join(languages),
    )
    labels = document.get("missing_answers", {})
    for name, words in missing_words().items():
        fields |= wording_fields(f"missing_{name}", words, languages, present=labels.get(name))
    return fields


def _check_languages(form: Form, field: Field) -> None:
    codes = form.spoken()
    if "vi" not in codes or not all(LANGUAGE.fullmatch(code) for code in codes) or len(codes) > 30:
        raise ValidationError(_("Xin ghi mã hai hoặc ba chữ thường, trong đó có vi, ví dụ: vi, en."))

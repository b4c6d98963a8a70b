"""Fields for the same words in several languages, cleaned as a questionnaire file must be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, Field, Form, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, ValidationError

from survey_app.foundation.languages import LANGUAGES
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules.limits import MAXIMUM_WORDING

# What questionnaire files may not contain either: the first are dropped, private-use characters are refused.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_PRIVATE = re.compile("[\ue000-\uf8ff]")


def clean(words: str | None) -> str:
    """Return typed words without control characters and spaces at the ends, in Unicode NFC."""
    text = _CONTROLS.sub("", (words or "").replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", text).strip()


def refuse_private_characters(_form: Form, field: Field) -> None:
    """Refuse characters that each computer shows differently."""
    if _PRIVATE.search(field.data or ""):
        raise ValidationError(
            _(
                "Có ký tự thuộc vùng dùng riêng, mỗi máy hiện một khác. "
                "Xin thay bằng chữ Unicode thông thường."
            )
        )


def language_name(code: str) -> str:
    """Return the name of a language in itself, or its code if this product does not know it."""
    return LANGUAGES.get(code, code)


def wording_fields(
    name: str,
    label: str,
    languages: Sequence[str],
    *,
    present: Mapping[str, str] | None = None,
    required: bool = False,
    long: bool = False,
) -> dict[str, Field]:
    """Return one field a language, `<name>_<language>`; `required` asks for the first language only."""
    kind = TextAreaField if long else StringField
    fields = {}
    for position, language in enumerate(languages):
        needed = [InputRequired()] if required and not position else []
        fields[f"{name}_{language}"] = kind(
            f"{label} ({language_name(language)})",
            [*needed, Length(max=MAXIMUM_WORDING), refuse_private_characters],
            filters=[clean],
            default=(present or {}).get(language, ""),
            render_kw={"lang": language, "rows": 2} if long else {"lang": language},
        )
    return fields


def words_of(form: Form, name: str, languages: Sequence[str]) -> dict[str, str]:
    """Return what was typed in the fields of one wording, without languages left empty."""
    typed = {language: form[f"{name}_{language}"].data for language in languages}
    return {language: words for language, words in typed.items() if words}


def option_fields(
    options: Sequence[Mapping[str, Any]], languages: Sequence[str], *, codes: Sequence[int], specify: bool
) -> dict[str, Field]:
    """Return the fields of a list of answers: `option_<code>_<language>`, and `option_<code>_specify` if wanted."""
    present = {option["code"]: option for option in options}
    fields: dict[str, Field] = {}
    for code in codes:
        option = present.get(code, {})
        label = _("Phương án %(code)s", code=code)
        fields |= wording_fields(f"option_{code}", label, languages, present=option.get("label"))
        if specify:
            fields[f"option_{code}_specify"] = BooleanField(
                _("có ô ghi cụ thể"), default=option.get("specify", False)
            )
    return fields


def options_of(form: Form, codes: Sequence[int], languages: Sequence[str]) -> list[dict[str, Any]]:
    """Return the answers typed, in the order of `codes`; one without words is left out."""
    options = []
    for code in codes:
        words = words_of(form, f"option_{code}", languages)
        if words:
            ticked = f"option_{code}_specify" in form and form[f"option_{code}_specify"].data
            options.append({"code": code, "label": words} | ({"specify": True} if ticked else {}))
    return options


_OPTION_FIELD = re.compile(r"option_([1-9][0-9]?|100)_")


def codes_to_show(options: Sequence[Mapping[str, Any]], typed: Sequence[str], *, more: int) -> list[int]:
    """Return the codes whose fields a form needs: those there are, those `typed` names, and `more` new ones."""
    codes = [option["code"] for option in options]
    named = {int(found[1]) for name in typed if (found := _OPTION_FIELD.match(name))}
    codes += sorted(named - set(codes))
    if not named:
        free = (code for code in range(max(codes, default=0) + 1, 101) if code not in codes)
        codes += [code for code, _place in zip(free, range(more), strict=False)]
    return codes[:100]

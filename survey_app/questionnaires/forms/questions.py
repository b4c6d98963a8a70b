"""The form of one question, made for its type and the draft's languages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import BooleanField, IntegerField, SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.forms.part import PartForm
from survey_app.questionnaires.forms.wordings import clean, codes_to_show, option_fields, wording_fields
from survey_app.questionnaires.rules import TYPE_KEYS, QuestionType
from survey_app.questionnaires.rules.drafting import STANDARD_SCALE, free_id
from survey_app.questionnaires.rules.limits import MISSING_NAMES, NAME, NUMBER_BOUND

_ROW_FIELD = re.compile(r"row:([A-Za-z][A-Za-z0-9_.]{0,39}):", re.ASCII)
Document = Mapping[str, Any]
Fields = dict[str, Any]
Made = tuple[Fields, Sequence[int]]


def missing_words() -> dict[str, str]:
    """Return the name of each kind of missing answer in the reader's words."""
    return {
        "not_applicable": _("“Không áp dụng”"),
        "dont_know": _("“Không biết”"),
        "refused": _("“Không muốn trả lời”"),
    }


class QuestionForm(PartForm):
    """One question: words, answers, whether it must be answered."""

    kind = QuestionType.SCALE
    row_ids: Sequence[str] = ()

    def content(self, present: Any) -> dict[str, Any]:
        """Return the question."""
        made = {key: value for key, value in present.items() if key not in _SHOWN}
        made |= {"text": self.words("text")} | self._if_any("help", self.words("help"))
        made |= self._if_any("required", self.required.data) | self._answers()
        if "missing" in self:
            made |= self._if_any(
                "missing", [one for one in MISSING_NAMES if one in (self.missing.data or ())]
            )
        for name in ("minimum", "maximum", "max_length"):
            if name in self and self[name].data is not None:
                made[name] = self[name].data
        return made

    def _answers(self) -> dict[str, Any]:
        made: dict[str, Any] = {}
        if "scale" in self and self.scale.data:
            made["scale"] = self.scale.data
        elif self.codes:
            made["options"] = self.typed_options()
        if self.kind is QuestionType.ROWS:
            rows = [{"id": one, "text": self.words(f"row:{one}:")} for one in self.row_ids]
            made["rows"] = [row for row in rows if row["text"]]
        return made

    @staticmethod
    def _if_any(key: str, value: Any) -> dict[str, Any]:
        return {key: value} if value else {}


_SHOWN = frozenset(
    {"text", "help", "required", "scale", "options", "rows", "missing", "minimum", "maximum", "max_length"}
)


class NewQuestionForm(QuestionForm):
    """A question with an id of its own."""

    id = StringField(filters=[clean])

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.id.label.text = _("Mã câu hỏi")
        message = _("Mã chỉ gồm chữ cái không dấu, số, “.” và “_”, bắt đầu bằng chữ cái, dài nhất 40 ký tự.")
        self.id.flags.required = True
        self.id.validators = [InputRequired(), Regexp(rf"(?:{NAME.pattern})\Z", re.ASCII, message=message)]

    def content(self, present: Any) -> dict[str, Any]:
        """Return the question under the id typed."""
        return {**super().content(present), "id": self.id.data}


def question_fields(document: Document, question: Document, typed: Sequence[str]) -> Made:
    """Return the fields of a question of its type, and the codes of the answers among them."""
    languages, kind = document["languages"], QuestionType(question["type"])
    fields = wording_fields(
        "text", _("Câu hỏi"), languages, present=question.get("text"), required=True, long=True
    )
    fields |= wording_fields(
        "help", _("Lời giải thích thêm"), languages, present=question.get("help"), long=True
    )
    fields["required"] = BooleanField(_("Bắt buộc trả lời"), default=question.get("required", False))
    always, sometimes = TYPE_KEYS[kind]
    keys = always | sometimes
    if "scale" in keys:
        fields["scale"] = _scale_field(document, question, own="options" in keys)
    codes: Sequence[int] = ()
    if "options" in keys and (question.get("options") is not None or "scale" not in question):
        options = question.get("options", ())
        codes = codes_to_show(options, typed, more=3 if options else 5)
        fields |= option_fields(options, languages, codes=codes, specify=True)
    if "missing" in keys:
        fields["missing"] = _missing_field(question)
    fields |= _limit_fields(question, keys)
    rows = _row_ids(document, question, typed) if kind is QuestionType.ROWS else []
    present = {row["id"]: row["text"] for row in question.get("rows", ())}
    for number, row in enumerate(rows, start=1):
        label = _("Dòng %(number)s", number=number)
        fields |= wording_fields(f"row:{row}:", label, languages, present=present.get(row))
    return {**fields, "row_ids": rows, "kind": kind}, codes


def _scale_field(document: Document, question: Document, *, own: bool) -> SelectField:
    names = list(dict.fromkeys([*document.get("scales", {}), question.get("scale") or STANDARD_SCALE]))
    choices = [SelectChoice(name) for name in names]
    if own:
        choices.insert(0, SelectChoice("", _("Phương án riêng của câu này")))
    return SelectField(_("Bộ phương án trả lời"), choices=choices, default=question.get("scale", ""))


def _missing_field(question: Document) -> SelectMultipleField:
    return SelectMultipleField(
        _("Cho chọn thêm"),
        choices=[SelectChoice(*pair) for pair in missing_words().items()],
        default=list(question.get("missing", ())),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


def _limit_fields(question: Document, keys: frozenset[str]) -> Fields:
    words = {
        "minimum": (_("Số nhỏ nhất"), InputRequired(), -NUMBER_BOUND, NUMBER_BOUND),
        "maximum": (_("Số lớn nhất"), InputRequired(), -NUMBER_BOUND, NUMBER_BOUND),
        "max_length": (_("Số ký tự nhiều nhất"), Optional(), 1, 5000),
    }
    return {
        name: IntegerField(label, [needed, _between(low, high)], default=question.get(name))
        for name, (label, needed, low, high) in words.items()
        if name in keys
    }


def _between(low: int, high: int) -> NumberRange:
    return NumberRange(low, high, _("Xin ghi số từ %(low)s đến %(high)s.", low=low, high=high))


def _row_ids(document: Document, question: Document, typed: Sequence[str]) -> list[str]:
    """Ids of the rows to show: those there are, those sent, and two new ones on a form that is opened."""
    ids = [row["id"] for row in question.get("rows", ())]
    named = [found[1] for name in typed if (found := _ROW_FIELD.match(name))]
    ids += [one for one in dict.fromkeys(named) if one not in ids]
    if not named:
        first = int(free_id(document, f"{question['id']}.").rpartition(".")[2])
        more = 2 if ids else 4
        ids += [f"{question['id']}.{number}" for number in range(first, first + more)]
    return ids[:60]

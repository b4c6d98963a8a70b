"""Parts of a questionnaire in sentences, for its pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from survey_app.foundation.languages import format_number
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.forms.recipe import aggregation_words, blank_words, score_words
from survey_app.questionnaires.rules.difference import Difference, Kind
from survey_app.questionnaires.rules.outline import in_language, part_of_path, part_words, questions_of_items
from survey_app.questionnaires.rules.wording import Piece, compared

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RecipeWords:
    """An index in words: how it is made, what is unproven about it, and its parts with what counts in each."""

    sentences: tuple[str, ...]
    note: str
    parts: tuple[tuple[str, int, str], ...]


def recipe_words(recipe: Document | None, language: str) -> RecipeWords | None:
    """Return the recipe in words; None where there is no index."""
    if recipe is None:
        return None
    sentences = (
        score_words()[recipe["score"]],
        aggregation_words()[recipe["aggregation"]],
        blank_words()[recipe["blanks"]],
    )
    parts = tuple(_part(content, language) for content in recipe["contents"])
    return RecipeWords(sentences, in_language(recipe["status_note"], language), parts)


def _part(content: Document, language: str) -> tuple[str, int, str]:
    """(label, number of criteria, weight) of a content."""
    factors: Sequence[Document] = content.get("factors", (content,))
    count = sum(len(factor["criteria"]) for factor in factors)
    weight = content.get("weight")
    return in_language(content["label"], language), count, "" if weight is None else format_number(weight, 2)


@dataclass(frozen=True, slots=True)
class DifferenceLine:
    """One difference as the page shows it: where, what kind, and both wordings in pieces."""

    part: str
    where: str
    kind: str
    before: list[Piece]
    after: list[Piece]
    breaks_trend: bool
    reason: str


def kind_words(kind: Kind) -> str:
    """Return what has changed in the reader's words."""
    return {
        Kind.ADDED: _("Thêm"),
        Kind.REMOVED: _("Bỏ"),
        Kind.WORDING: _("Sửa lời"),
        Kind.OPTIONS: _("Sửa phương án"),
        Kind.SCALE: _("Sửa thang đo"),
        Kind.ROUTING: _("Sửa điều kiện hỏi"),
        Kind.RECIPE: _("Sửa cách tính chỉ số"),
        Kind.ORDER: _("Đổi thứ tự"),
        Kind.TRANSLATION: _("Sửa bản dịch"),
    }[kind]


def difference_lines(found: Sequence[Difference], document: Document) -> list[DifferenceLine]:
    """Return differences as lines of the page; `document` is the newer one."""
    questions = questions_of_items(document)
    return [_line(one, questions) for one in found]


def _line(one: Difference, questions: Mapping[str, str]) -> DifferenceLine:
    part = part_of_path(one.path, questions)
    item = one.path.removeprefix("items.")
    where = _("Câu %(id)s", id=item) if item != one.path else part_words(part)
    before, after = compared(one.old[:4000], one.new[:4000])
    return DifferenceLine(part, where, kind_words(one.kind), before, after, one.breaks_trend, one.reason)

"""From the validated plain document of a file to the frozen questionnaire, and its content hash."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from survey_app.questionnaires.rules.form import (
    Condition,
    MissingCode,
    Option,
    Question,
    Questionnaire,
    QuestionType,
    Row,
    Section,
)
from survey_app.questionnaires.rules.recipe import (
    Aggregation,
    Alternative,
    BlankRule,
    Content,
    Criterion,
    Factor,
    Recipe,
    ScoreMethod,
)
from survey_app.questionnaires.rules.text import Text

Document = Mapping[str, Any]
"""The file as plain dictionaries, lists, strings, numbers and booleans."""

DEFAULT_MAX_LENGTH = {QuestionType.SHORT_TEXT: 200, QuestionType.LONG_TEXT: 2000}


def content_hash(document: Document) -> str:
    """Return the SHA-256 (hex) of the canonical JSON of `document`."""
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()


def canonical_json(document: Document) -> str:
    """Return one text for equal contents: keys sorted, NFC, no spaces, whole numbers without a fraction."""
    return json.dumps(
        _canonical(document), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {_canonical(key): _canonical(below) for key, below in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(below) for below in value]
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def build(document: Document) -> Questionnaire:
    """Return the frozen questionnaire of a validated document (`schemas.check` finds nothing wrong with it).

    A document that has not been validated fails with KeyError, ValueError or TypeError.
    """
    scales = {name: tuple(map(_option, options)) for name, options in document.get("scales", {}).items()}
    sections = tuple(_section(section, scales) for section in document["sections"])
    labels = document.get("missing_answers", {})
    return Questionnaire(
        instrument=document["instrument"],
        version=document["version"],
        title=_text(document["title"]),
        languages=tuple(document["languages"]),
        seconds=document["seconds"],
        purpose=_text(document["purpose"]),
        source=_text(document["source"]),
        sections=sections,
        missing_labels=MappingProxyType({_missing(name): _text(label) for name, label in labels.items()}),
        recipe=_recipe(document["recipe"], _wordings(sections)) if "recipe" in document else None,
        content_hash=content_hash(document),
    )


def _text(document: Mapping[str, str]) -> Text:
    return MappingProxyType(dict(document))


def _optional_text(document: Mapping[str, str] | None) -> Text | None:
    return None if document is None else _text(document)


def _missing(name: str) -> MissingCode:
    return MissingCode[name.upper()]


def _option(document: Document) -> Option:
    return Option(document["code"], _text(document["label"]), document.get("specify", False))


def _section(document: Document, scales: Mapping[str, tuple[Option, ...]]) -> Section:
    return Section(
        id=document["id"],
        title=_text(document["title"]),
        help=_optional_text(document.get("help")),
        questions=tuple(_question(question, scales) for question in document["questions"]),
    )


def _question(document: Document, scales: Mapping[str, tuple[Option, ...]]) -> Question:
    kind = QuestionType(document["type"])
    named = scales[document["scale"]] if "scale" in document else None
    return Question(
        id=document["id"],
        type=kind,
        text=_text(document["text"]),
        help=_optional_text(document.get("help")),
        options=tuple(map(_option, document.get("options", ()))) if named is None else named,
        rows=tuple(Row(row["id"], _text(row["text"])) for row in document.get("rows", ())),
        required=document.get("required", False),
        missing=tuple(map(_missing, document.get("missing", ()))),
        show_if=tuple(Condition(one["item"], tuple(one["codes"])) for one in document.get("show_if", ())),
        minimum=document.get("minimum"),
        maximum=document.get("maximum"),
        max_length=document.get("max_length", DEFAULT_MAX_LENGTH.get(kind)),
    )


def _wordings(sections: Sequence[Section]) -> dict[str, Text]:
    questions = [question for section in sections for question in section.questions]
    rows = {row.id: row.text for question in questions for row in question.rows}
    return {question.id: question.text for question in questions} | rows


def _recipe(document: Document, wordings: Mapping[str, Text]) -> Recipe:
    return Recipe(
        score=ScoreMethod(document["score"]),
        aggregation=Aggregation(document["aggregation"]),
        blanks=BlankRule(document["blanks"]),
        contents=tuple(_content(content, wordings) for content in document["contents"]),
        status_note=_text(document["status_note"]),
        alternatives=tuple(_alternative(other, document) for other in document.get("alternatives", ())),
    )


def _content(document: Document, wordings: Mapping[str, Text]) -> Content:
    return Content(
        id=document["id"],
        label=_text(document["label"]),
        weight=document.get("weight"),
        factors=tuple(_factor(factor, wordings) for factor in document.get("factors", ())),
        criteria=_criteria(document.get("criteria", ()), wordings),
    )


def _factor(document: Document, wordings: Mapping[str, Text]) -> Factor:
    label = _text(document["label"])
    return Factor(document["id"], label, document.get("weight"), _criteria(document["criteria"], wordings))


def _criteria(documents: Sequence[Document], wordings: Mapping[str, Text]) -> tuple[Criterion, ...]:
    return tuple(
        Criterion(
            item=document["item"],
            label=_text(document["label"]) if "label" in document else wordings[document["item"]],
            weight=document.get("weight"),
        )
        for document in documents
    )


def _alternative(document: Document, recipe: Document) -> Alternative:
    chosen = {key: recipe[key] for key in ("score", "aggregation", "blanks")} | dict(document)
    return Alternative(
        id=chosen["id"],
        label=_text(chosen["label"]),
        score=ScoreMethod(chosen["score"]),
        aggregation=Aggregation(chosen["aggregation"]),
        blanks=BlankRule(chosen["blanks"]),
    )

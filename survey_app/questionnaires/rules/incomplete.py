"""Shows a draft that is not complete yet, as far as it can be shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from survey_app.questionnaires.rules.building import build
from survey_app.questionnaires.rules.drafting import Document, is_wording, question_place
from survey_app.questionnaires.rules.form import MissingCode, Questionnaire

NOT_YET = "…"
_UNBUILDABLE = (KeyError, ValueError, TypeError, AttributeError)


def try_build(document: Mapping[str, Any]) -> Questionnaire | list[str]:
    """Return the questionnaire of a draft, or the ids of the questions that stand in the way.

    A draft may be incomplete: words that a language lacks are shown in Vietnamese (or whatever language has them), and
    where nothing is written yet, as `…`. A question whose answers are unknown cannot be shown and is named. An empty
    list says that the draft as a whole cannot be built.
    """
    completed = _completed(document)
    try:
        return build(completed)
    except _UNBUILDABLE:
        return [id for id in _question_ids(completed) if not _builds_alone(completed, id)]  # noqa: A001


def _question_ids(document: Mapping[str, Any]) -> list[str]:
    return [question["id"] for section in document["sections"] for question in section["questions"]]


def _builds_alone(document: Mapping[str, Any], id: str) -> bool:  # noqa: A002
    at, position = question_place(document, id)
    section = document["sections"][at]
    alone = {**section, "questions": [section["questions"][position]]}
    try:
        build({key: value for key, value in document.items() if key != "recipe"} | {"sections": [alone]})
    except _UNBUILDABLE:
        return False
    return True


def _completed(document: Mapping[str, Any]) -> Document:
    languages = list(document.get("languages", ("vi",)))
    completed: Document = _with_all_words(document, languages)
    labels = document.get("missing_answers", {})
    completed["missing_answers"] = {
        code.name.lower(): _words(labels.get(code.name.lower(), {}), languages) for code in MissingCode
    }
    return completed


def _with_all_words(value: Any, languages: list[str]) -> Any:
    if isinstance(value, list):
        return [_with_all_words(below, languages) for below in value]
    if not isinstance(value, Mapping):
        return value
    return {
        key: _words(below, languages) if is_wording(key, below) else _with_all_words(below, languages)
        for key, below in value.items()
    }


def _words(wording: Mapping[str, str], languages: list[str]) -> dict[str, str]:
    instead = wording.get("vi") or next(iter(wording.values()), NOT_YET)
    return {language: wording.get(language) or instead for language in languages}

"""What a device shows: a frozen questionnaire as a list of screens with one question each."""

from __future__ import annotations

from itertools import chain, repeat
from typing import Any

from survey_app.questionnaires.rules import Question, Questionnaire, QuestionType, Text
from survey_app.questionnaires.rules.form import SPECIFY_MAX_LENGTH

_KINDS = {
    QuestionType.SCALE: "one",
    QuestionType.SINGLE: "one",
    QuestionType.ROWS: "one",
    QuestionType.MULTIPLE: "many",
    QuestionType.NUMBER: "number",
    QuestionType.SHORT_TEXT: "text",
    QuestionType.LONG_TEXT: "long",
    QuestionType.DATE: "date",
}


def sheet(questionnaire: Questionnaire) -> dict[str, Any]:
    """Return the questionnaire as JSON for a device: languages, title, and screens in file order.

    A screen bears the title of its section, often the first half of the question; the first section needs none.
    """
    return {
        "hash": questionnaire.content_hash,
        "languages": list(questionnaire.languages),
        "title": dict(questionnaire.title),
        "purpose": dict(questionnaire.purpose),
        "seconds": questionnaire.seconds,
        "screens": [
            {"section": None if first else dict(section.title)} | screen
            for first, section in zip(chain([True], repeat(False)), questionnaire.sections, strict=False)
            for question in section.questions
            for screen in _screens(questionnaire, question)
        ],
    }


def _screens(questionnaire: Questionnaire, question: Question) -> list[dict[str, Any]]:
    """Return the screens of one question: one for each of its rows, else one."""
    shared = {
        "question": question.id,
        "kind": _KINDS[question.type],
        "numbered": question.type is QuestionType.SCALE,
        "help": _words(question.help),
        "options": [
            {"code": str(option.code), "label": dict(option.label), "specify": option.specify}
            for option in question.options
        ],
        "apart": [
            {"code": str(int(code)), "label": dict(questionnaire.missing_labels[code])}
            for code in question.missing
        ],
        "required": question.required,
        "if": [[one.item, [str(code) for code in one.codes]] for one in question.show_if],
        "low": question.minimum,
        "high": question.maximum,
        "length": question.max_length or SPECIFY_MAX_LENGTH,
    }
    if question.rows:
        return [
            {"item": row.id, "lead": dict(question.text), "text": dict(row.text)} | shared
            for row in question.rows
        ]
    return [{"item": question.id, "lead": None, "text": dict(question.text)} | shared]


def _words(text: Text | None) -> dict[str, str] | None:
    return None if text is None else dict(text)

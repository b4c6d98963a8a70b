"""A questionnaire numbered for screens and paper, where nothing opens or closes by itself."""

from __future__ import annotations

from dataclasses import dataclass

from survey_app.questionnaires.rules import Condition, Item, Option, Question, Questionnaire, Section


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition in words for paper: the number of the earlier question, its row if it has several, and answers."""

    number: int
    row: Item | None
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class NumberedQuestion:
    """A question with its number from 1, and what must have been answered before it is asked."""

    number: int
    question: Question
    gates: tuple[Gate, ...]


def numbered(questionnaire: Questionnaire) -> list[tuple[Section, list[NumberedQuestion]]]:
    """Return sections with their questions numbered through the whole questionnaire."""
    numbers = {question.id: number for number, question in enumerate(questionnaire.questions, start=1)}
    return [
        (
            section,
            [
                NumberedQuestion(
                    numbers[question.id],
                    question,
                    tuple(_gate(questionnaire, numbers, one) for one in question.show_if),
                )
                for question in section.questions
            ],
        )
        for section in questionnaire.sections
    ]


def _gate(questionnaire: Questionnaire, numbers: dict[str, int], condition: Condition) -> Gate:
    item = questionnaire.item(condition.item)
    options = tuple(option for option in item.options if option.code in condition.codes)
    return Gate(numbers[item.question.id], item if item.question.rows else None, options)

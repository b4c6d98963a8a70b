"""All rules in turn."""

from __future__ import annotations

from survey_app.questionnaires.rules.advice.answers import answer_advice
from survey_app.questionnaires.rules.advice.form import opinion_advice, time_advice, translation_advice
from survey_app.questionnaires.rules.advice.remark import Advice
from survey_app.questionnaires.rules.advice.texts import Document
from survey_app.questionnaires.rules.advice.wordings import repetition_advice, wording_advice


def advise(document: Document, budget_seconds: int | None = None) -> list[Advice]:
    """Return advice on a document of sound shape, in the order of the document; contradictions do not matter.

    `budget_seconds` is the time that people have; without it the time that the document states, and without that
    COUNTER_SECONDS.
    """
    return [
        *time_advice(document, budget_seconds),
        *translation_advice(document),
        *opinion_advice(document),
        *answer_advice(document),
        *wording_advice(document),
        *repetition_advice(document),
    ]

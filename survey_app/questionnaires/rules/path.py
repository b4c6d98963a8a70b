"""Which items a respondent's own path shows."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from survey_app.questionnaires.rules.form import Condition, Item, Questionnaire


def on_path(questionnaire: Questionnaire, answers: Mapping[str, object]) -> frozenset[str]:
    """Return the ids of the items that the path through `answers` shows.

    `answers` maps item ids to codes (coded items) or collections of codes (multiple choice); absent, None
    and 0 mean "no answer". Conditions are evaluated in file order, and an item that its own gate hides counts
    as unanswered for later gates. The text of a "please specify" option is off the path only when something
    else has been chosen: a respondent who writes it and forgets to tick the option keeps what was written.
    """
    shown: set[str] = set()
    question, visible = None, True
    for item in questionnaire.items:
        if item.question is not question:
            question = item.question
            visible = all(_holds(condition, answers, shown) for condition in question.show_if)
        if visible and _is_open(item, answers):
            shown.add(item.id)
    return frozenset(shown)


def _holds(condition: Condition, answers: Mapping[str, object], shown: set[str]) -> bool:
    return condition.item in shown and not _chosen(answers, condition.item).isdisjoint(condition.codes)


def _is_open(item: Item, answers: Mapping[str, object]) -> bool:
    if item.opened_by is None:
        return True
    chosen = _chosen(answers, item.question.id)
    return not chosen or item.opened_by in chosen


def _chosen(answers: Mapping[str, object], id: str) -> frozenset[object]:  # noqa: A002
    answer = answers.get(id)
    codes = answer if isinstance(answer, Collection) and not isinstance(answer, str) else (answer,)
    return frozenset(code for code in codes if code)

"""The parts of a document whose shape is sound, each with its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from survey_app.questionnaires.gateway import Where
from survey_app.questionnaires.rules import MissingCode

Document = Mapping[str, Any]
Placed = Iterator[tuple[Where, Document]]


def placed_questions(document: Document) -> Placed:
    """Yield all questions in file order."""
    for at, section in enumerate(document["sections"]):
        for position, question in enumerate(section["questions"]):
            yield ("sections", at, "questions", position), question


def options_of(question: Document, document: Document) -> list[Document]:
    """Return the answers of a choice, its own or those of its scale; none for an unknown scale."""
    options: list[Document] = question.get("options") or document.get("scales", {}).get(
        question.get("scale"), []
    )
    return options


def missing_codes(question: Document) -> list[int]:
    """Return the stored codes of the missing answers that a question offers."""
    return [int(MissingCode[name.upper()]) for name in question.get("missing", ())]


def item_ids(question: Document) -> list[str]:
    """Return the ids of what a question stores, without the text of a "please specify" option."""
    return [row["id"] for row in question.get("rows", ())] or [question["id"]]


def codes_of_items(document: Document) -> dict[str, frozenset[int]]:
    """Item id -> codes it may store, missing codes included; empty for items that store no code."""
    return {
        id: frozenset(option["code"] for option in options_of(question, document))
        | frozenset(missing_codes(question))
        for _where, question in placed_questions(document)
        for id in item_ids(question)  # noqa: A001  (ids are called id throughout)
    }

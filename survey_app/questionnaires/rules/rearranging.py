"""Moves and removes questions and sections of a draft, pure: each returns a new document."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from survey_app.questionnaires.rules.drafting import (
    Document,
    question_place,
    section_place,
    stored_by,
)


def moved_question(document: Mapping[str, Any], id: str, *, up: bool) -> Document:  # noqa: A002
    """Return the document with a question one place up or down; at the edge it goes into the next section.

    The last question of a section stays: a section without questions cannot be shown.
    """
    changed = deepcopy(dict(document))
    at, position = question_place(document, id)
    questions = changed["sections"][at]["questions"]
    target = position + (-1 if up else 1)
    if 0 <= target < len(questions):
        questions[position], questions[target] = questions[target], questions[position]
        return changed
    neighbour = at + (-1 if up else 1)
    if 0 <= neighbour < len(changed["sections"]) and len(questions) > 1:
        others = changed["sections"][neighbour]["questions"]
        others.insert(len(others) if up else 0, questions.pop(position))
    return changed


def moved_section(document: Mapping[str, Any], id: str, *, up: bool) -> Document:  # noqa: A002
    """Return the document with a section one place up or down."""
    changed = deepcopy(dict(document))
    at = section_place(document, id)
    target = at + (-1 if up else 1)
    if 0 <= target < len(changed["sections"]):
        sections = changed["sections"]
        sections[at], sections[target] = sections[target], sections[at]
    return changed


def without_question(document: Mapping[str, Any], id: str) -> Document:  # noqa: A002
    """Return the document without a question, the conditions that ask for it, and its criteria of the index.

    A section that would be left empty goes too.
    """
    at, position = question_place(document, id)
    changed = deepcopy(dict(document))
    gone = stored_by(changed["sections"][at]["questions"].pop(position))
    changed["sections"] = [section for section in changed["sections"] if section["questions"]]
    return _without_items(changed, gone)


def without_section(document: Mapping[str, Any], id: str) -> Document:  # noqa: A002
    """Return the document without a section and its questions, and what depends on them."""
    changed = deepcopy(dict(document))
    section = changed["sections"].pop(section_place(document, id))
    return _without_items(changed, {item for one in section["questions"] for item in stored_by(one)})


def _without_items(document: Document, gone: set[str]) -> Document:
    for section in document["sections"]:
        for question in section["questions"]:
            kept = [one for one in question.get("show_if", ()) if one["item"] not in gone]
            if kept:
                question["show_if"] = kept
            else:
                question.pop("show_if", None)
    if "recipe" in document:
        recipe = pruned_recipe(document["recipe"], gone)
        document = {key: value for key, value in document.items() if key != "recipe"}
        if recipe is not None:
            document["recipe"] = recipe
    return document


def pruned_recipe(recipe: Mapping[str, Any], gone: set[str]) -> Document | None:
    """Return the recipe without criteria of the items `gone` and parts left empty; None if nothing is left."""
    contents = []
    for content in recipe["contents"]:
        below = "factors" if "factors" in content else "criteria"
        parts = _pruned_factors(content["factors"], gone) if below == "factors" else _kept(content, gone)
        if parts:
            contents.append({**content, below: parts})
    return {**recipe, "contents": contents} if contents else None


def _pruned_factors(factors: list[Document], gone: set[str]) -> list[Document]:
    pruned = [{**factor, "criteria": _kept(factor, gone)} for factor in factors]
    return [factor for factor in pruned if factor["criteria"]]


def _kept(parent: Mapping[str, Any], gone: set[str]) -> list[Document]:
    return [one for one in parent["criteria"] if one["item"] not in gone]

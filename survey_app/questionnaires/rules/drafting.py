"""Changes to the document of a draft, pure: each returns a new document and leaves the old one as it was.

A document is made of parts that people edit apart: `general` (title, purpose, languages, ...), `recipe`, and by name
`section:<id>` (its heading, without questions), `question:<id>` and `scale:<name>`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from survey_app.questionnaires.rules.building import canonical_json
from survey_app.questionnaires.rules.form import QuestionType

Document = dict[str, Any]
Place = tuple[int, int]

GENERAL = "general"
RECIPE = "recipe"
GENERAL_KEYS = ("languages", "seconds", "title", "purpose", "source", "missing_answers")
_HEADING_KEYS = ("id", "title", "help")
WORDINGS = frozenset({"title", "purpose", "source", "text", "help", "label", "status_note"})
"""Keys under which words stand in several languages."""
STANDARD_SCALE = "SAT5"
_STANDARD_LABELS = (
    {"vi": "Rất không hài lòng", "en": "Very dissatisfied"},
    {"vi": "Không hài lòng", "en": "Dissatisfied"},
    {"vi": "Bình thường", "en": "Neutral"},
    {"vi": "Hài lòng", "en": "Satisfied"},
    {"vi": "Rất hài lòng", "en": "Very satisfied"},
)
_MISSING_LABELS = {
    "not_applicable": {"vi": "Không áp dụng", "en": "Not applicable"},
    "dont_know": {"vi": "Không biết", "en": "Do not know"},
    "refused": {"vi": "Không muốn trả lời", "en": "Prefer not to say"},
}


class NoSuchPart(Exception):
    """The document has no part of that name: it was removed meanwhile, or never was there."""


def part_of(document: Mapping[str, Any], name: str) -> Any:
    """Return the content of one part; NoSuchPart if there is none. A missing recipe is None."""
    kind, _colon, key = name.partition(":")
    if name == GENERAL:
        return {one: document[one] for one in GENERAL_KEYS if one in document}
    if name == RECIPE:
        return document.get("recipe")
    if kind == "scale" and key in document.get("scales", {}):
        return document["scales"][key]
    if kind == "section":
        section = document["sections"][section_place(document, key)]
        return {one: section[one] for one in _HEADING_KEYS if one in section}
    if kind == "question":
        at, position = question_place(document, key)
        return document["sections"][at]["questions"][position]
    raise NoSuchPart(name)


def with_part(document: Mapping[str, Any], name: str, content: Any) -> Document:
    """Return the document with other content of one part. A question keeps its place, not necessarily its id."""
    changed = deepcopy(dict(document))
    part_of(document, name)
    kind, _colon, key = name.partition(":")
    if name == GENERAL:
        changed = {one: value for one, value in changed.items() if one not in GENERAL_KEYS} | content
        changed = _in_languages(changed, set(content["languages"]))
    elif name == RECIPE:
        changed.pop("recipe", None)
        if content is not None:
            changed["recipe"] = content
    elif kind == "scale":
        changed["scales"][key] = content
    elif kind == "section":
        at = section_place(document, key)
        changed["sections"][at] = {**content, "questions": changed["sections"][at]["questions"]}
    else:
        at, position = question_place(document, key)
        changed["sections"][at]["questions"][position] = content
        changed = with_what_it_needs(changed, content)
    return changed


def _in_languages(value: Any, languages: set[str]) -> Any:
    """Leave out the words of languages that are no longer offered."""
    if isinstance(value, list):
        return [_in_languages(below, languages) for below in value]
    if not isinstance(value, Mapping):
        return value
    return {
        key: {one: words for one, words in below.items() if one in languages} or below
        if is_wording(key, below)
        else _in_languages(below, languages)
        for key, below in value.items()
    }


def is_wording(key: str, value: Any) -> bool:
    """Say whether `value`, found under `key`, is words in several languages."""
    known = key in WORDINGS or key in _MISSING_LABELS
    return known and isinstance(value, Mapping) and all(isinstance(words, str) for words in value.values())


def with_what_it_needs(document: Document, question: Mapping[str, Any]) -> Document:
    """Return the document with the standard scale and the words of missing answers, where `question` uses them."""
    languages = document["languages"]
    changed = dict(document)
    if question.get("scale") == STANDARD_SCALE and STANDARD_SCALE not in document.get("scales", {}):
        options = [
            {"code": code, "label": _spoken(words, languages)}
            for code, words in enumerate(_STANDARD_LABELS, start=1)
        ]
        changed["scales"] = document.get("scales", {}) | {STANDARD_SCALE: options}
    labels = document.get("missing_answers", {})
    lacking = [name for name in question.get("missing", ()) if name not in labels]
    if lacking:
        changed["missing_answers"] = labels | {
            name: _spoken(_MISSING_LABELS[name], languages) for name in lacking
        }
    return changed


def _spoken(words: Mapping[str, str], languages: list[str]) -> dict[str, str]:
    return {language: words[language] for language in languages if language in words} or dict(words)


def digest(content: Any) -> str:
    """Return a short mark of a part's content: two people who saw the same mark saw the same words."""
    return hashlib.sha256(canonical_json({"part": content}).encode()).hexdigest()[:16]


def section_place(document: Mapping[str, Any], id: str) -> int:  # noqa: A002  (ids are called id throughout)
    """Return the position of a section; NoSuchPart if there is none."""
    for at, section in enumerate(document["sections"]):
        if section["id"] == id:
            return at
    raise NoSuchPart(f"section:{id}")


def question_place(document: Mapping[str, Any], id: str) -> Place:  # noqa: A002
    """Return (position of the section, position in it) of a question; NoSuchPart if there is none."""
    for at, section in enumerate(document["sections"]):
        for position, question in enumerate(section["questions"]):
            if question["id"] == id:
                return at, position
    raise NoSuchPart(f"question:{id}")


def with_question(
    document: Mapping[str, Any], question: Document, *, section: str, after: str | None = None
) -> Document:
    """Return the document with a new question at the end of a section, or behind another question of it."""
    changed = deepcopy(dict(document))
    if after is None:
        changed["sections"][section_place(document, section)]["questions"].append(question)
    else:
        at, position = question_place(document, after)
        changed["sections"][at]["questions"].insert(position + 1, question)
    return with_what_it_needs(changed, question)


def with_section(document: Mapping[str, Any], section: Document) -> Document:
    """Return the document with a new section, which has at least one question, at the end."""
    changed = deepcopy(dict(document))
    changed["sections"].append(section)
    return changed


def stored_by(question: Mapping[str, Any]) -> set[str]:
    """Return the id of a question and those of its rows."""
    return {question["id"], *(row["id"] for row in question.get("rows", ()))}


def free_id(document: Mapping[str, Any], stem: str) -> str:
    """Return `stem` with the first number that makes no id of sections, questions and rows twice: q1, q2, ..."""
    used, number = used_ids(document), 1
    while f"{stem}{number}" in used:
        number += 1
    return f"{stem}{number}"


def used_ids(document: Mapping[str, Any]) -> set[str]:
    """Return the ids of all sections, questions and rows."""
    used = {section["id"] for section in document["sections"]}
    for section in document["sections"]:
        for question in section["questions"]:
            used |= stored_by(question)
    return used


def new_question(kind: QuestionType, id: str, document: Mapping[str, Any]) -> Document:  # noqa: A002
    """Return a question of this type that has everything but its words."""
    own: dict[QuestionType, Document] = {
        QuestionType.NUMBER: {"minimum": 0, "maximum": 100},
        QuestionType.ROWS: {"scale": five_point_scale(document) or STANDARD_SCALE, "rows": []},
        QuestionType.SCALE: {"scale": five_point_scale(document) or STANDARD_SCALE},
        QuestionType.SINGLE: {"options": []},
        QuestionType.MULTIPLE: {"options": []},
    }
    return {"id": id, "type": str(kind), "text": {}} | own.get(kind, {})


def five_point_scale(document: Mapping[str, Any]) -> str | None:
    """Return the name of the first scale with the codes 1 to 5; None if there is none."""
    for name, options in document.get("scales", {}).items():
        if {option["code"] for option in options} == {1, 2, 3, 4, 5}:
            return str(name)
    return None


def scored_items(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the items that may count in an index, those answered on five points: id -> wording in Vietnamese."""
    five = {
        name
        for name, options in document.get("scales", {}).items()
        if {option["code"] for option in options} == {1, 2, 3, 4, 5}
    }
    found: dict[str, str] = {}
    for section in document["sections"]:
        for question in section["questions"]:
            own = {option["code"] for option in question.get("options", ())} == {1, 2, 3, 4, 5}
            if question["type"] != QuestionType.MULTIPLE and (question.get("scale") in five or own):
                for one in question.get("rows", ()) or (question,):
                    found[one["id"]] = one["text"].get("vi") or next(iter(one["text"].values()), "")
    return found

"""What only the whole file can tell: translations, unique ids, known scales, routes, a sound recipe."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import Any

from survey_app.questionnaires.gateway import Where
from survey_app.questionnaires.rules import Aggregation, QuestionType
from survey_app.questionnaires.schemas.flaws import Finding, Flaw
from survey_app.questionnaires.schemas.ids import id_findings
from survey_app.questionnaires.schemas.parts import (
    Document,
    Placed,
    codes_of_items,
    item_ids,
    placed_questions,
)

_WORDINGS = frozenset({"title", "purpose", "source", "text", "help", "label", "status_note"})
FIVE_POINTS = frozenset({1, 2, 3, 4, 5})


def meaning_findings(document: Document, line: Callable[[Where], int]) -> list[Finding]:
    """Return contradictions inside `document`, whose shape is sound; `line` tells where a value stands."""
    return [
        *_languages(document),
        *_scales(document),
        *id_findings(document, line),
        *_questions(document),
        *_routes(document),
        *_recipe(document.get("recipe"), codes_of_items(document)),
    ]


def _repeated(values: Iterable[Hashable], where: Where) -> Iterator[Finding]:
    seen: set[Hashable] = set()
    for position, value in enumerate(values):
        if value in seen:
            yield Finding((*where, position), Flaw.REPEATED, {"value": value})
        seen.add(value)


def _languages(document: Document) -> Iterator[Finding]:
    languages = document["languages"]
    yield from _repeated(languages, ("languages",))
    if "vi" not in languages:
        yield Finding(("languages",), Flaw.NO_VIETNAMESE)
    for where, wording in _wordings(document, ()):
        for language in sorted(set(languages) - wording.keys()):
            yield Finding(where, Flaw.UNTRANSLATED, {"language": language})
        for language in sorted(wording.keys() - set(languages)):
            yield Finding((*where, language), Flaw.UNDECLARED_LANGUAGE, {"language": language})


def _wordings(value: Any, where: Where) -> Placed:
    if isinstance(value, list):
        for position, below in enumerate(value):
            yield from _wordings(below, (*where, position))
    elif isinstance(value, Mapping):
        for key, below in value.items():
            if _is_wording(where, key):
                yield (*where, key), below
            else:
                yield from _wordings(below, (*where, key))


def _is_wording(where: Where, key: str) -> bool:
    # The names of scales are free, so a scale may be called "title".
    return where == ("missing_answers",) or (key in _WORDINGS and where != ("scales",))


def _scales(document: Document) -> Iterator[Finding]:
    lists: list[tuple[Where, list[Document]]] = [
        (("scales", name), options) for name, options in document.get("scales", {}).items()
    ]
    lists += [
        ((*where, "options"), question["options"])
        for where, question in placed_questions(document)
        if "options" in question
    ]
    for where, options in lists:
        yield from _repeated([option["code"] for option in options], where)
        if sum(option.get("specify", False) for option in options) > 1:
            yield Finding(where, Flaw.SPECIFY_TWICE)


def _questions(document: Document) -> Iterator[Finding]:
    labels = document.get("missing_answers", {})
    for where, question in placed_questions(document):
        yield from _repeated(question.get("missing", ()), (*where, "missing"))
        for position, code in enumerate(question.get("missing", ())):
            if code not in labels:
                yield Finding((*where, "missing", position), Flaw.NO_MISSING_LABEL, {"code": code})
        if question.get("minimum", 0) > question.get("maximum", question.get("minimum", 0)):
            yield Finding((*where, "minimum"), Flaw.EMPTY_RANGE)
        if "scale" in question:
            yield from _scale_of(question, document, (*where, "scale"))


def _scale_of(question: Document, document: Document, where: Where) -> Iterator[Finding]:
    kind, name = question["type"], question["scale"]
    options = document.get("scales", {}).get(name)
    if options is None:
        yield Finding(where, Flaw.UNKNOWN_SCALE, {"scale": name})
        return
    if kind == QuestionType.SCALE and {option["code"] for option in options} != FIVE_POINTS:
        yield Finding(where, Flaw.NOT_FIVE_POINTS, {"scale": name})
    if kind in (QuestionType.SCALE, QuestionType.ROWS) and any(option.get("specify") for option in options):
        yield Finding(where, Flaw.SPECIFY_IN_SCALE, {"scale": name, "type": kind})


def _routes(document: Document) -> Iterator[Finding]:
    order = {
        id: place
        for place, (_where, question) in enumerate(placed_questions(document))
        for id in item_ids(question)  # noqa: A001
    }
    codes = codes_of_items(document)
    for place, (where, question) in enumerate(placed_questions(document)):
        for position, condition in enumerate(question.get("show_if", ())):
            here = (*where, "show_if", position)
            yield from _repeated(condition["codes"], (*here, "codes"))
            yield from _gate(condition, here, order, codes, place)


def _gate(
    condition: Document,
    where: Where,
    order: Mapping[str, int],
    codes: Mapping[str, frozenset[int]],
    place: int,
) -> Iterator[Finding]:
    item = condition["item"]
    if item not in order:
        yield Finding((*where, "item"), Flaw.UNKNOWN_GATE, {"item": item})
    elif order[item] >= place:
        yield Finding((*where, "item"), Flaw.LATER_GATE, {"item": item})
    elif not codes[item]:
        yield Finding((*where, "item"), Flaw.UNCODED_GATE, {"item": item})
    else:
        possible = ", ".join(map(str, sorted(codes[item])))
        for position, code in enumerate(condition["codes"]):
            if code not in codes[item]:
                values = {"item": item, "code": code, "codes": possible}
                yield Finding((*where, "codes", position), Flaw.IMPOSSIBLE_GATE, values)


def _recipe(recipe: Document | None, codes: Mapping[str, frozenset[int]]) -> Iterator[Finding]:
    if recipe is None:
        return
    parts = list(_parts(recipe))
    yield from _nodes(parts)
    for where, part in parts:
        if "item" in part:
            yield from _criterion(part["item"], (*where, "item"), codes)
    ways = [recipe, *recipe.get("alternatives", ())]
    if any(way.get("aggregation") == Aggregation.WEIGHTS for way in ways):
        for where, part in parts:
            if "weight" not in part:
                yield Finding(where, Flaw.WEIGHT_MISSING, {"id": _node_id(part)})
    yield from _repeated([way["id"] for way in ways[1:]], ("recipe", "alternatives"))


def _parts(recipe: Document) -> Placed:
    """Contents, factors and criteria with their places."""
    for at, content in enumerate(recipe["contents"]):
        here: Where = ("recipe", "contents", at)
        yield here, content
        yield from _criteria(content, here)
        for position, factor in enumerate(content.get("factors", ())):
            yield (*here, "factors", position), factor
            yield from _criteria(factor, (*here, "factors", position))


def _criteria(parent: Document, where: Where) -> Placed:
    for position, criterion in enumerate(parent.get("criteria", ())):
        yield (*where, "criteria", position), criterion


def _node_id(part: Document) -> str:
    return str(part["item"] if "item" in part else part["id"])


def _nodes(parts: list[tuple[Where, Document]]) -> Iterator[Finding]:
    seen = {"overall"}
    for where, part in parts:
        if _node_id(part) in seen:
            yield Finding(where, Flaw.DUPLICATE_NODE, {"id": _node_id(part)})
        seen.add(_node_id(part))


def _criterion(item: str, where: Where, codes: Mapping[str, frozenset[int]]) -> Iterator[Finding]:
    if item not in codes:
        yield Finding(where, Flaw.UNKNOWN_CRITERION, {"item": item})
    elif {code for code in codes[item] if code > 0} != FIVE_POINTS:
        yield Finding(where, Flaw.CRITERION_NOT_FIVE_POINTS, {"item": item})

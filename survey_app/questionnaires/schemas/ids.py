"""Ids of a document: unique in the file, free for the form page, and each control of that page named once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from survey_app.questionnaires.gateway import Where
from survey_app.questionnaires.rules import RESERVED_IDS
from survey_app.questionnaires.schemas.flaws import Finding, Flaw
from survey_app.questionnaires.schemas.parts import (
    Document,
    item_ids,
    missing_codes,
    options_of,
    placed_questions,
)

LineOf = Callable[[Where], int]
Named = Iterator[tuple[Where, str]]


def id_findings(document: Document, line: LineOf) -> list[Finding]:
    """Return ids that are repeated, reserved or, when all are neither, in each other's way on the page."""
    found = [*_repeated(document, line), *_reserved(document)]
    return found or list(_clashes(document, line))


def _repeated(document: Document, line: LineOf) -> Iterator[Finding]:
    first: dict[str, Where] = {}
    for where, id in _ids(document):  # noqa: A001  (ids are called id throughout)
        if id in first:
            yield Finding(where, Flaw.DUPLICATE_ID, {"id": id, "line": line(first[id])})
        first.setdefault(id, where)


def _reserved(document: Document) -> Iterator[Finding]:
    for where, id in _ids(document):  # noqa: A001
        if id in RESERVED_IDS:
            yield Finding(where, Flaw.RESERVED_ID, {"id": id})


def _ids(document: Document) -> Named:
    """Ids of sections, questions, rows and "please specify" texts: one name space."""
    for at, section in enumerate(document["sections"]):
        yield ("sections", at, "id"), section["id"]
    for where, question in placed_questions(document):
        yield (*where, "id"), question["id"]
        for position, row in enumerate(question.get("rows", ())):
            yield (*where, "rows", position, "id"), row["id"]
        if _specifies(question, document):
            yield (*where, "id"), f"{question['id']}_text"


def _specifies(question: Document, document: Document) -> bool:
    return any(option.get("specify") for option in options_of(question, document))


def _clashes(document: Document, line: LineOf) -> Iterator[Finding]:
    first: dict[str, Where] = {}
    for where, name in _page_ids(document):
        if name in first:
            yield Finding(where, Flaw.PAGE_ID_CLASH, {"id": name, "line": line(first[name])})
        first.setdefault(name, where)


def _page_ids(document: Document) -> Named:
    """Ids that the form page gives to headings, controls, help and errors (responses/question.html)."""
    for at, section in enumerate(document["sections"]):
        yield ("sections", at, "id"), f"s-{section['id']}"
    for where, question in placed_questions(document):
        for position, id in enumerate(item_ids(question)):  # noqa: A001
            here = (*where, "rows", position, "id") if "rows" in question else (*where, "id")
            for name in (*_controls(id, question, document), f"{id}-h", f"{id}-e"):
                yield here, name
        if _specifies(question, document):
            yield (*where, "id"), f"{question['id']}_text"
            yield (*where, "id"), f"{question['id']}_text-e"


def _controls(id: str, question: Document, document: Document) -> list[str]:  # noqa: A002
    codes = [option["code"] for option in options_of(question, document)] + missing_codes(question)
    # A set of answers may repeat a code; that is another flaw.
    return [f"{id}_{code}" for code in dict.fromkeys(codes)] or [id]

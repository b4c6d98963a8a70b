"""What the doors of drafts and versions load before they answer."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from flask import abort, request

from survey_app.foundation.database import read
from survey_app.foundation.languages import current_language
from survey_app.foundation.paging import page_number
from survey_app.questionnaires.gateway import shipped
from survey_app.questionnaires.queries import (
    DraftView,
    PublishedVersion,
    document_of,
    draft_document,
    version_row,
)
from survey_app.questionnaires.rules.advice import Advice, advise
from survey_app.questionnaires.rules.outline import (
    SectionOutline,
    outline,
    pages,
    part_of_path,
    questions_of_items,
)
from survey_app.questionnaires.schemas import load
from survey_app.staff.guards import require_unit, staff_here
from survey_app.staff.rules.permissions import Action

T = TypeVar("T")
Document = Mapping[str, Any]


def draft_here(draft_id: int) -> DraftView:
    """Return a draft that the person may see; 404 for none and for another unit's."""
    with read() as session:
        draft = draft_document(session, draft_id)
    if draft is None:
        abort(404)
    require_unit(draft.unit_path)
    return draft


def version_here(instrument: str, version: int) -> tuple[PublishedVersion, dict[str, Any]]:
    """Return a published version and its document; 404 for none."""
    with read() as session:
        row = version_row(session, instrument, version)
        if row is None:
            abort(404)
        return row, document_of(session, row.id)


def may(action: Action, unit_path: str) -> bool:
    """Say whether the person who asks may do `action` in this unit: pages offer only what will work."""
    return staff_here().may(action, unit_path)


def chosen_language(document: Document) -> str:
    """Return the language of the questionnaire that the address asks for, else that of the page, else the first."""
    languages: list[str] = document["languages"]
    asked = request.args.get("language", current_language())
    return asked if asked in languages else languages[0]


@dataclass(frozen=True, slots=True)
class OutlinePage:
    """One page of what a questionnaire asks; `total` counts its questions."""

    sections: Sequence[SectionOutline]
    number: int
    count: int
    total: int


def outline_page(document: Document, language: str, *, limit: int = 2000) -> OutlinePage:
    """Return the page that the address asks for by number, or the one with the question `at`."""
    sections = outline(document, language, limit=limit)
    found = pages(sections)
    number = min(_page_of(found, request.args.get("at")) or page_number(request.args.get("page")), len(found))
    total = sum(len(section.questions) for section in sections)
    return OutlinePage(found[number - 1], number, len(found), total)


def _page_of(found: list[list[SectionOutline]], id: str | None) -> int | None:  # noqa: A002
    for number, sections in enumerate(found, start=1):
        if any(question.id == id for section in sections for question in section.questions):
            return number
    return None


def by_part(document: Document, remarks: Sequence[Advice]) -> dict[str, list[Advice]]:
    """Return remarks under the part of the document that each is about."""
    questions = questions_of_items(document)
    found: dict[str, list[Advice]] = defaultdict(list)
    for one in remarks:
        found[part_of_path(one.path, questions)].append(one)
    return found


def advice_on(text: str) -> tuple[Advice, ...]:
    """Return the linter's remarks on a document given as its stored JSON, in the reader's language."""
    return _advice(text, current_language())


@lru_cache(maxsize=32)
def _advice(text: str, _language: str) -> tuple[Advice, ...]:
    # What lacks a translation stands among the problems already: it cannot be published.
    return tuple(one for one in advise(json.loads(text)) if one.rule != "missing_translation")


@lru_cache(maxsize=32)
def shipped_document(path: Path) -> dict[str, Any]:
    """Return the document of a file that ships with the product; treat it as frozen."""
    return load(path).document


def templates() -> dict[str, dict[str, Any]]:
    """Return the documents that ship with the product, by name such as `sipas_2022@1`."""
    found = (shipped_document(path) for path in shipped())
    return {f"{document['instrument']}@{document['version']}": document for document in found}

"""The two ways between sheets and document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from survey_app.questionnaires.rules.xlsforms import extras
from survey_app.questionnaires.rules.xlsforms.reading import base_document
from survey_app.questionnaires.rules.xlsforms.sheets import (
    CHOICES,
    EXTRAS,
    SETTINGS,
    SURVEY,
    Loss,
    Losses,
    Sheets,
)
from survey_app.questionnaires.rules.xlsforms.writing import SETTINGS_HEADERS, base_sheets, headers_of


def document_of(sheets: Sheets) -> tuple[dict[str, Any], list[Loss]]:
    """Return the document that the sheets make, and what of them is not in it, in the order of the sheets.

    Raises
    ------
    UnableToReadXlsform
        Not one question could be read, or groups are nested too deep.
    """
    losses = Losses()
    document = extras.with_extras(base_document(sheets, losses), sheets.extras, losses)
    order = {SURVEY: 0, CHOICES: 1, SETTINGS: 2, EXTRAS: 3}
    return document, sorted(losses, key=lambda loss: (order[loss.sheet], loss.row))


def sheets_of(document: Mapping[str, Any]) -> Sheets:
    """Return the sheets of a valid document; `document_of` makes the same document of them."""
    sheets = base_sheets(document)
    rows = extras.extra_rows(document, base_document(sheets, Losses()))
    return Sheets(sheets.survey, sheets.choices, sheets.settings, rows)


def headers(document: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return the headers of each sheet of `sheets_of`."""
    survey, choices = headers_of(document)
    return {
        SURVEY: tuple(survey),
        CHOICES: tuple(choices),
        SETTINGS: SETTINGS_HEADERS,
        EXTRAS: extras.HEADERS,
    }

"""The published figures as CSV (RFC 4180): UTF-8, decimal point, one row a figure, no formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from typing import Any

Document = Mapping[str, Any]

_PLACE = (
    "run",
    "campaign",
    "population",
    "population_note",
    "score",
    "office",
    "office_name",
    "unit",
    "unit_name",
)
_NODE = ("level", "id", "label", "label_en")
_FIGURE = ("estimate", "se", "ci_low", "ci_high", "n", "n_min", "df", "deff", "deff_wr", "interval", "hidden")
COLUMNS = (*_PLACE, *_NODE, *_FIGURE)
"""`office` is empty for the figures of the whole campaign; `hidden` says why a figure is not published."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def as_csv(result: Document) -> str:
    """Return the table of a document that disclosure control has passed, with a header row.

    A text that a spreadsheet would run as a formula gets an apostrophe in front (OWASP, "CSV Injection").
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in _rows(result):
        writer.writerow([safe_cell(row.get(column)) for column in COLUMNS])
    return text.getvalue()


def safe_cell(value: object) -> object:
    """Return `value` so that no spreadsheet takes it for a formula; numbers stay numbers, None is empty."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _rows(result: Document) -> Iterator[Document]:
    everywhere = {
        "run": result["run"],
        "campaign": result["campaign"]["code"],
        "population": result["population"]["kind"],
        "population_note": result["population"]["statement"],
        "score": result["method"]["score"],
    }
    yield from _scope(result, everywhere)
    for office in result["offices"]:
        place = {
            "office": office["code"],
            "office_name": office["name"],
            "unit": office["unit"]["code"],
            "unit_name": office["unit"]["name"],
        }
        yield from _scope(office, everywhere | place)


def _scope(scope: Document, place: Mapping[str, Any]) -> Iterator[Document]:
    yield {**place, "level": "overall", "id": "overall", **scope["overall"]}
    for level, name in (("contents", "content"), ("factors", "factor"), ("criteria", "criterion")):
        for node in scope[level]:
            yield {**place, "level": name, **node}

"""The published figures as CSV (RFC 4180): UTF-8, decimal point, one row a figure, no formulas."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

Document = Mapping[str, Any]

_PLACE = (
    "run",
    "figures_of",
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
"""`office` is empty for the figures of the whole campaign; `hidden` says why a figure is not published;
`figures_of` is another run than `run` where an earlier publication's figures stay."""

_LEVELS = {"contents": "content", "factors": "factor", "criteria": "criterion"}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_pieces(result: Document, offices: Iterable[Document]) -> Iterator[str]:
    """Yield the published table, header row first: the campaign's figures, then each office's.

    `result` has the keys `run` and `figures_of` besides the published document's. A text that a spreadsheet
    would run as a formula gets an apostrophe in front (OWASP, "CSV Injection").
    """
    labels = {node["id"]: _words(node) for level in _LEVELS for node in result[level]}
    everywhere = {
        "run": result["run"],
        "figures_of": result["figures_of"],
        "campaign": result["campaign"]["code"],
        "population": result["population"]["kind"],
        "population_note": result["population"]["statement"],
        "score": result["method"]["score"],
    }
    yield _text([COLUMNS])
    yield _table(result, everywhere, labels)
    yield _instruments(result, everywhere)
    for office in offices:
        yield _table(office, everywhere | dict(_place(office)), labels)


def safe_cell(value: object) -> object:
    """Return `value` so that no spreadsheet takes it for a formula; numbers stay numbers, None is empty."""
    if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS):
        return f"'{value}"
    return value


def _place(office: Document) -> Document:
    place = {
        "office": office["code"],
        "office_name": office["name"],
        "unit": office["unit"]["code"],
        "unit_name": office["unit"]["name"],
    }
    return place | {"figures_of": office["kept"]["run"]} if office["kept"] else place


def _words(node: Document) -> Document:
    return {"label": node["label"], "label_en": node["label_en"]}


def _table(scope: Document, place: Document, labels: Mapping[str, Document]) -> str:
    rows = [{**place, "level": "overall", "id": "overall", **scope["overall"]}]
    for level, name in _LEVELS.items():
        rows += [{**place, "level": name, **node, **labels[node["id"]]} for node in scope[level]]
    return _text([safe_cell(row.get(column)) for column in COLUMNS] for row in rows)


def _instruments(result: Document, place: Document) -> str:
    """Return the overall index by channel and instrument, where there are several."""
    used = result.get("instruments", ())
    rows = [
        {
            **place,
            "level": "instrument",
            "id": f"{one['channel']}/{one['instrument']}",
            **_words(one),
            **one["overall"],
        }
        for one in used
        if len(used) > 1
    ]
    return _text([safe_cell(row.get(column)) for column in COLUMNS] for row in rows)


def _text(rows: Iterable[Sequence[object]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()

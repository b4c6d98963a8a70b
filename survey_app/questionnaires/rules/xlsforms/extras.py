"""The sheet `survey_app`: what a questionnaire holds beyond an XLSForm, as JSON by path, so that nothing is lost.

A row is `path`, `value`, `when`, `note`. `path` is a key of the document (`recipe`), `scales.<name>`,
`sections.<id>.<key>` or `items.<id>.<key>`; `value` is JSON, and `null` takes the key away. `when` is the fingerprint
of what the other sheets said at that path: if somebody has since edited them, they are right and the row is left out.
A long value goes on in the next rows with the same path.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules.building import canonical_json
from survey_app.questionnaires.rules.xlsforms.sheets import EXTRAS, Losses, Row

HEADERS = ("path", "value", "when", "note")
LONGEST_CELL = 30_000
LONGEST_VALUE = 512 * 1024

Document = dict[str, Any]

_BESIDE = ("purpose", "source", "seconds", "recipe")
"""Keys of which the other sheets say nothing: their rows always hold."""
_BY_NAME = ("scales", "sections")
_ROOTS = frozenset({*_BESIDE, *_BY_NAME, "instrument", "version", "languages", "title", "missing_answers"})
_ABSENT = None
_NOTE = (
    "Kept for survey_app only: XLSForm has no place for it. Other programs pass it over. "
    "Chỉ dành cho survey_app: XLSForm không có chỗ cho mục này."
)


def extra_rows(document: Mapping[str, Any], base: Document) -> tuple[Row, ...]:
    """Return the rows that turn `base`, read from the other sheets, into `document` again."""
    places = dict(_differing(document, base))
    if _patched(base, places) != document:
        places |= {key: document.get(key, _ABSENT) for key in _BY_NAME}
    rows: list[Row] = []
    for path, value in places.items():
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        when = "" if path in _BESIDE else fingerprint(_at(base, path))
        for start in range(0, len(text), LONGEST_CELL):
            cells = (path, text[start : start + LONGEST_CELL], when, _NOTE)
            rows.append(Row(len(rows) + 2, dict(zip(HEADERS, cells, strict=True))))
    return tuple(rows)


def fingerprint(value: Any) -> str:
    """Return a short name of a value."""
    return hashlib.sha256(canonical_json({"": value}).encode()).hexdigest()[:12]


def _differing(document: Mapping[str, Any], base: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key in dict.fromkeys((*document, *base)):
        differs = document.get(key) != base.get(key) or key in _BESIDE or _copied(key, document)
        if key not in _BY_NAME and differs:
            yield key, document.get(key, _ABSENT)
    scales, based = document.get("scales", {}), base.get("scales", {})
    for name in dict.fromkeys((*scales, *based)):
        if scales.get(name) != based.get(name):
            yield f"scales.{name}", scales.get(name, _ABSENT)
    yield from _of_parts("sections", _sections(document), _sections(base))
    yield from _of_parts("items", _questions(document), _questions(base))


def _copied(key: str, document: Mapping[str, Any]) -> bool:
    """An XLSForm has its title in one language only."""
    return key == "title" and len(document["languages"]) > 1


def _of_parts(
    kind: str, document: Mapping[str, Mapping[str, Any]], base: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, Any]]:
    for name in document:
        if name in base:
            for key in dict.fromkeys((*document[name], *base[name])):
                if key != "questions" and document[name].get(key) != base[name].get(key):
                    yield f"{kind}.{name}.{key}", document[name].get(key, _ABSENT)


def _sections(document: Mapping[str, Any]) -> dict[str, Document]:
    return {one["id"]: one for one in document["sections"]}


def _questions(document: Mapping[str, Any]) -> dict[str, Document]:
    return {one["id"]: one for section in document["sections"] for one in section["questions"]}


def _patched(base: Mapping[str, Any], places: Mapping[str, Any]) -> Document:
    made = deepcopy(dict(base))
    for path, value in places.items():
        _set(made, path, deepcopy(value))
    return made


def _holder(document: Document, path: str) -> tuple[dict[str, Any] | None, str]:
    """Return the mapping that holds `path` and the key in it; no mapping for a part that is not there."""
    kind, _dot, rest = path.partition(".")
    if not rest:
        return document, kind
    if kind == "scales":
        return document.get("scales"), rest
    name, _dot, key = rest.rpartition(".")
    parts = _sections(document) if kind == "sections" else _questions(document) if kind == "items" else {}
    return parts.get(name), key


def _at(document: Document, path: str) -> Any:
    holder, key = _holder(document, path)
    return holder.get(key) if holder else None


def _set(document: Document, path: str, value: Any) -> None:
    if path.startswith("scales."):
        document.setdefault("scales", {})
    holder, key = _holder(document, path)
    if holder is None:
        return
    if value is _ABSENT:
        holder.pop(key, None)
    else:
        holder[key] = value
    if path.startswith("scales.") and not document["scales"]:
        del document["scales"]


def with_extras(base: Document, rows: tuple[Row, ...], losses: Losses) -> Document:
    """Return `base` with the values of the sheet `survey_app`; a loss tells of each that does not fit any more."""
    made = deepcopy(base)
    for path, (number, text, when) in _values(rows).items():
        try:
            stale = when != "" and fingerprint(_at(base, path)) != when
            if not stale:
                _place(made, path, text)
                losses.forget(path)
                continue
            why = _("các sheet khác đã được sửa ở chỗ này; giữ theo các sheet đó")
        except (_DoesNotFit, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            why = _("không đọc được, hoặc phần này không còn trong phiếu")
        losses.add(EXTRAS, number, "path", path[:200], why)
    return made


class _DoesNotFit(Exception):
    """The document has no such place, or the value is too long."""


def _place(document: Document, path: str, text: str) -> None:
    holder, _key = _holder(document, path)
    if (holder is document and path not in _ROOTS) or len(text) > LONGEST_VALUE:
        raise _DoesNotFit
    if holder is None and not path.startswith("scales."):
        raise _DoesNotFit
    _set(document, path, json.loads(text))


def _values(rows: tuple[Row, ...]) -> dict[str, tuple[int, str, str]]:
    found: dict[str, tuple[int, str, str]] = {}
    for row in rows:
        path, value, when = (row.cells.get(key, "") for key in ("path", "value", "when"))
        if path:
            number, text, first = found.get(path, (row.number, "", when))
            found[path] = number, text + value, first
    return found

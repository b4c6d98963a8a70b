"""The sheet `choices`: sets of answers with whole-number codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules.form import MissingCode
from survey_app.questionnaires.rules.xlsforms.columns import TEXTS, Languages, column_of
from survey_app.questionnaires.rules.xlsforms.sheets import CHOICES, Losses, Row

MOST_OPTIONS = 100
FIVE_POINTS = frozenset({1, 2, 3, 4, 5})
SHORT_NAMES = {"not_applicable": "na", "dont_know": "dk", "refused": "rf"}
"""Endings of the lists that add missing answers to a scale: `SAT5__na_dk`."""

_VARIANT = re.compile(r"(.+)__((?:na|dk|rf)(?:_(?:na|dk|rf))*)")
_MISSING = {str(int(code)): code.name.lower() for code in MissingCode}
_MISSING |= {code.name.lower(): code.name.lower() for code in MissingCode}
_CODE = re.compile(r"[1-9][0-9]?|100")
_KNOWN = frozenset({"list_name", "name", "label"})


@dataclass(frozen=True, slots=True)
class ChoiceList:
    """One list: its answers, the missing answers that it offers, and the code of each name of the file."""

    name: str
    options: tuple[Mapping[str, Any], ...]
    missing: tuple[str, ...]
    labels: Mapping[str, Mapping[str, str]]
    codes: Mapping[str, int]

    @property
    def scale(self) -> str:
        """Name of the scale: without the ending that tells the missing answers."""
        found = _VARIANT.fullmatch(self.name)
        ending = "_".join(SHORT_NAMES[one] for one in self.missing)
        return found.group(1) if found and found.group(2) == ending else self.name

    @property
    def is_five_points(self) -> bool:
        """Whether an item answered with it can enter an index."""
        return {option["code"] for option in self.options} == FIVE_POINTS


def variant_of(scale: str, missing: Sequence[str]) -> str:
    """Return the name of the list that adds missing answers to a scale."""
    return "__".join([scale, "_".join(SHORT_NAMES[one] for one in missing)]) if missing else scale


def lists_of(rows: Iterable[Row], languages: Languages, losses: Losses) -> dict[str, ChoiceList]:
    """Return the lists of a form that a question can use, by name; a loss tells of every other."""
    by_name: dict[str, list[Row]] = {}
    _unknown_columns(rows, losses)
    for row in rows:
        cells = {column_of(header)[0]: cell for header, cell in row.cells.items()}
        if cells.get("list_name") and cells.get("name"):
            by_name.setdefault(cells["list_name"], []).append(row)
        else:
            why = _("dòng thiếu tên danh sách (list_name) hoặc mã phương án (name)")
            losses.add(CHOICES, row.number, "", " ".join(row.cells.values())[:60], why)
    found = (_list(name, rows, languages, losses) for name, rows in by_name.items())
    return {one.name: one for one in found if one is not None}


def _unknown_columns(rows: Iterable[Row], losses: Losses) -> None:
    columns = dict.fromkeys(header for row in rows for header in row.cells)
    for header in columns:
        kind, language = column_of(header)
        if kind not in _KNOWN or (language and kind not in TEXTS):
            losses.add(CHOICES, 1, header, header, _("cột này không có chỗ trong phiếu"))


def _name(row: Row) -> str:
    return next(cell for header, cell in row.cells.items() if column_of(header)[0] == "name")


def _list(name: str, rows: list[Row], languages: Languages, losses: Losses) -> ChoiceList | None:
    rows = list(_unique(name, rows, losses))
    answers = [row for row in rows if _name(row) not in _MISSING]
    if not 2 <= len(answers) <= MOST_OPTIONS:
        why = _("danh sách phải có từ 2 đến %(most)s phương án", most=MOST_OPTIONS)
        losses.add(CHOICES, rows[0].number, "", name, why)
        return None
    codes = _codes(name, answers, losses)
    options = tuple({"code": codes[_name(row)], "label": _label(row, languages, losses)} for row in answers)
    offered = {_MISSING[_name(row)]: _label(row, languages, losses) for row in rows if _name(row) in _MISSING}
    stored = {one: int(MissingCode[_MISSING[one].upper()]) for one in map(_name, rows) if one in _MISSING}
    return ChoiceList(name, options, tuple(offered), offered, codes | stored)


def _unique(name: str, rows: list[Row], losses: Losses) -> Iterable[Row]:
    seen: set[str] = set()
    for row in rows:
        one = _MISSING.get(_name(row), _name(row))
        if one in seen:
            why = _("mã phương án lặp lại trong danh sách “%(name)s”", name=name)
            losses.add(CHOICES, row.number, "name", _name(row), why)
        else:
            yield row
        seen.add(one)


def _codes(name: str, rows: list[Row], losses: Losses) -> dict[str, int]:
    """Keep whole numbers from 1 to 100; any other names are numbered in order."""
    names = [_name(row) for row in rows]
    if all(_CODE.fullmatch(one) for one in names):
        return {one: int(one) for one in names}
    codes = {one: number for number, one in enumerate(names, start=1)}
    pairs = ", ".join(f"{one} = {code}" for one, code in list(codes.items())[:6])
    why = _("mã phương án phải là số từ 1 đến 100; đã đánh số lại: %(pairs)s", pairs=pairs)
    losses.add(CHOICES, rows[0].number, "name", name, why)
    return codes


def _label(row: Row, languages: Languages, losses: Losses) -> dict[str, str]:
    path = ""
    if label := languages.text(row, "label", CHOICES, losses, path):
        return label
    losses.add(CHOICES, row.number, "label", _name(row), _("phương án không có lời; đã dùng mã của nó"))
    return dict.fromkeys(languages.codes, _name(row))

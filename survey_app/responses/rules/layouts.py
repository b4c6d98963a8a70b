"""Which column of a file says what: items of the questionnaire, place and time of an answer, the sampling design."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.questionnaires.rules import ItemKind, Questionnaire
from survey_app.responses.rules.designs import DESIGN_COLUMNS

CIRCUMSTANCES = ("office", "received", "instrument", "language", "channel")
"""What a file may say of an answer besides answers and design."""

DESIGN_PREFIX, RESPONSE_PREFIX = "design.", "response."
_MAPPING_KEYS = ("columns", "ignore", "missing", "values", "defaults")


class UnusableMapping(Refused):
    """The mapping has another shape than it must; the message names the key."""


class UnusableColumns(Refused):
    """The columns of the file are not those of the questionnaire; the message names them all."""


@dataclass(frozen=True, slots=True)
class FileMapping:
    """How the columns and values of a file are to be read.

    `columns` renames columns of the file, `ignore` names columns to pass over, `missing` lists texts that stand for
    an empty cell, `values` gives for a column (by its name here) other texts for those of the file, and `defaults`
    what a circumstance is where the file does not say it.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)


def read_mapping(document: Any) -> FileMapping:
    """Return the mapping that a YAML document describes.

    Raises
    ------
    UnusableMapping
        A key is unknown or its value has another shape.
    """
    if not isinstance(document, dict):
        raise UnusableMapping(
            _(
                "Tệp ánh xạ phải là các mục %(keys)s. Hãy xem ví dụ trong README.",
                keys=", ".join(_MAPPING_KEYS),
            )
        )
    strange = [str(key) for key in document if key not in _MAPPING_KEYS]
    if strange:
        raise UnusableMapping(
            _(
                "Tệp ánh xạ có mục lạ “%(key)s”. Chỉ dùng %(keys)s.",
                key=strange[0][:40],
                keys=", ".join(_MAPPING_KEYS),
            )
        )
    values = _texts_by_text(document, "values", _is_mapping)
    defaults = {key: str(one) for key, one in _texts_by_text(document, "defaults", _is_single).items()}
    _refuse_strange_defaults(defaults)
    return FileMapping(
        {key: str(one) for key, one in _texts_by_text(document, "columns", _is_single).items()},
        frozenset(_texts(document, "ignore")),
        frozenset(_texts(document, "missing")),
        {key: {str(old): str(new) for old, new in one.items()} for key, one in values.items()},
        defaults,
    )


def _refuse_strange_defaults(defaults: Mapping[str, str]) -> None:
    strange = [key for key in defaults if key not in CIRCUMSTANCES]
    if strange:
        raise UnusableMapping(
            _(
                "defaults có mục lạ “%(key)s”. Chỉ dùng %(keys)s.",
                key=strange[0][:40],
                keys=", ".join(CIRCUMSTANCES),
            )
        )


def _is_single(value: object) -> bool:
    return value is not None and not isinstance(value, dict | list)


def _is_mapping(value: object) -> bool:
    return isinstance(value, dict) and all(_is_single(one) for one in value.values())


def _texts_by_text(document: Mapping[str, Any], key: str, fits: Any) -> dict[str, Any]:
    found = document.get(key) or {}
    if not isinstance(found, dict) or not all(fits(one) for one in found.values()):
        raise UnusableMapping(_("Mục “%(key)s” của tệp ánh xạ phải gồm các dòng “tên: giá trị”.", key=key))
    return {str(name): one for name, one in found.items()}


def _texts(document: Mapping[str, Any], key: str) -> list[str]:
    found = document.get(key) or []
    if not isinstance(found, list) or not all(_is_single(one) for one in found):
        raise UnusableMapping(_("Mục “%(key)s” của tệp ánh xạ phải là một danh sách.", key=key))
    return [str(one) for one in found]


@dataclass(frozen=True, slots=True)
class Layout:
    """Positions in a row: of items, of single options of multiple choice, of circumstances, of the design."""

    width: int
    items: Mapping[str, int]
    options: Mapping[str, tuple[tuple[str, int], ...]]
    circumstances: Mapping[str, int]
    design: Mapping[str, int]


def lay_out(header: Sequence[str], questionnaire: Questionnaire, mapping: FileMapping) -> Layout:
    """Return which column says what.

    A column is named after an item (`A1`), an option of a multiple choice (`A1.3`), a circumstance (`office`, or
    `response.office` where an item is called so) or a part of the design (`stratum`, or `design.stratum`).

    Raises
    ------
    UnusableColumns
        Columns are unknown or double, items that everybody must answer are missing, or there is no item at all.
    """
    names = [mapping.columns.get(name, name) for name in header]
    items: dict[str, int] = {}
    options: dict[str, list[tuple[str, int]]] = {}
    circumstances: dict[str, int] = {}
    design: dict[str, int] = {}
    unknown = []
    known_options = _options(questionnaire)
    known_items = {item.id for item in questionnaire.items}
    for place, (original, name) in enumerate(zip(header, names, strict=True)):
        if original in mapping.ignore or not original:
            continue
        if name in known_items:
            items[name] = place
        elif name in known_options:
            item, code = known_options[name]
            options.setdefault(item, []).append((code, place))
        elif name.removeprefix(DESIGN_PREFIX) in DESIGN_COLUMNS:
            design[name.removeprefix(DESIGN_PREFIX)] = place
        elif name.removeprefix(RESPONSE_PREFIX) in CIRCUMSTANCES:
            circumstances[name.removeprefix(RESPONSE_PREFIX)] = place
        else:
            unknown.append(original)
    faults = _unknown(unknown) + _missing_names(header, mapping) + _double(names, header, mapping)
    faults += _both_ways(items, options) + _lacking(questionnaire, {*items, *options})
    if faults:
        raise UnusableColumns("\n".join(faults))
    return Layout(
        len(header), items, {item: tuple(found) for item, found in options.items()}, circumstances, design
    )


def _options(questionnaire: Questionnaire) -> dict[str, tuple[str, str]]:
    return {
        f"{item.id}.{code}": (item.id, str(code))
        for item in questionnaire.items
        if item.kind is ItemKind.MULTIPLE
        for code in item.codes
    }


def _unknown(names: Sequence[str]) -> list[str]:
    if not names:
        return []
    shown = ", ".join(name[:40] for name in names[:20])
    return [
        _(
            "Cột không có trong phiếu khảo sát: %(columns)s. Hãy đặt tên cột theo mã câu hỏi, hoặc ghi trong tệp "
            "ánh xạ: columns (đổi tên) hay ignore (bỏ qua).",
            columns=shown,
        )
    ]


def _missing_names(header: Sequence[str], mapping: FileMapping) -> list[str]:
    absent = sorted({*mapping.columns, *mapping.ignore}.difference(header))
    if not absent:
        return []
    return [
        _(
            "Tệp ánh xạ nhắc đến cột không có trong tệp: %(columns)s. Hãy sửa tên cột.",
            columns=", ".join(name[:40] for name in absent[:20]),
        )
    ]


def _double(names: Sequence[str], header: Sequence[str], mapping: FileMapping) -> list[str]:
    used = (
        name.removeprefix(DESIGN_PREFIX).removeprefix(RESPONSE_PREFIX)
        for name, original in zip(names, header, strict=True)
        if original and original not in mapping.ignore
    )
    double = [name for name, count in Counter(used).items() if count > 1]
    if not double:
        return []
    return [
        _(
            "Có hai cột cùng là %(columns)s. Hãy chỉ giữ một cột.",
            columns=", ".join(one[:40] for one in double[:20]),
        )
    ]


def _both_ways(items: Mapping[str, int], options: Mapping[str, object]) -> list[str]:
    return [
        _(
            "Câu %(item)s vừa có cột %(item)s vừa có cột riêng cho từng phương án. Hãy chỉ giữ một cách.",
            item=item,
        )
        for item in options
        if item in items
    ]


def _lacking(questionnaire: Questionnaire, present: set[str]) -> list[str]:
    """Say which items that everybody is asked and must answer have no column."""
    lacking = [
        item.id
        for item in questionnaire.items
        if item.required and not item.question.show_if and item.opened_by is None and item.id not in present
    ]
    if lacking:
        return [
            _("Thiếu cột của câu bắt buộc: %(columns)s. Hãy thêm cột đó.", columns=", ".join(lacking[:20]))
        ]
    if present:
        return []
    return [_("Tệp không có cột nào của phiếu khảo sát. Hãy đặt tên cột theo mã câu hỏi.")]

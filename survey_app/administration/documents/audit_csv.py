"""The audit log as a table for a spreadsheet program, page by page."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from survey_app.administration.documents.words import event_label
from survey_app.foundation.clock import VIETNAM
from survey_app.foundation.languages import gettext as _

# Spreadsheet programs run a cell that begins so (OWASP, "CSV Injection").
_RUN = ("=", "+", "-", "@", "\t", "\r")


def csv_pieces(pages: Iterable[Iterable[Mapping[str, Any]]]) -> Iterator[str]:
    """Yield the file, one piece for each page of lines; it begins with the mark by which Excel knows UTF-8.

    A line has number, at, person, actor, action, unit_path, subject and details, as `queries.Line` has them.
    """
    yield "\ufeff" + _rows([_heading()])
    for page in pages:
        yield _rows(_cells(line) for line in page)


def _heading() -> list[str]:
    return [
        _("Số dòng"),
        _("Thời điểm (giờ Việt Nam)"),
        _("Người làm"),
        _("Mã người làm"),
        _("Việc"),
        _("Đơn vị"),
        _("Đối tượng"),
        _("Chi tiết"),
    ]


def _cells(line: Mapping[str, Any]) -> list[str]:
    details = line["details"]
    return [
        str(line["number"]),
        f"{line['at'].astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}",
        line["person"] or "",
        line["actor"],
        event_label(line["action"], details),
        line["unit_path"],
        line["subject"],
        json.dumps(details, ensure_ascii=False) if details else "",
    ]


def _rows(rows: Iterable[list[str]]) -> str:
    stored = io.StringIO()
    writer = csv.writer(stored)
    writer.writerows([f"'{cell}" if cell.startswith(_RUN) else cell for cell in row] for row in rows)
    return stored.getvalue()

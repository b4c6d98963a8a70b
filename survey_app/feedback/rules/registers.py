"""The register of cases (sổ theo dõi): its columns, without anybody's name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from survey_app.feedback.rules.codes import spoken
from survey_app.feedback.rules.kinds import (
    Channel,
    Kind,
    SubjectClass,
    channel_label,
    kind_label,
    subject_class_label,
)
from survey_app.feedback.rules.states import State
from survey_app.feedback.rules.views import state_label
from survey_app.foundation.languages import format_instant
from survey_app.foundation.languages import gettext as _


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One case as the register tells it."""

    code: str
    kind: Kind
    field: str
    subject_class: SubjectClass | None
    channel: Channel
    unit_path: str
    created_at: datetime
    received_at: datetime | None
    summary: str
    state: State
    due_at: datetime | None
    ended_at: datetime | None
    competent_body: str
    published_at: datetime | None
    national_code: str | None


def register_heading() -> list[str]:
    """Return the names of the columns."""
    return [
        _("STT"),
        _("Mã"),
        _("Mã quốc gia"),
        _("Ngày đến"),
        _("Ngày tiếp nhận"),
        _("Loại"),
        _("Lĩnh vực"),
        _("Nội dung phản ánh"),
        _("Kênh"),
        _("Tóm tắt"),
        _("Đơn vị"),
        _("Trạng thái"),
        _("Hạn"),
        _("Ngày kết thúc"),
        _("Cơ quan có thẩm quyền"),
        _("Ngày công khai"),
    ]


def register_cells(number: int, row: RegisterRow, units: Mapping[str, str]) -> list[str | int]:
    """Return one case in the order of the columns; `units` are names of units by their paths."""
    return [
        number,
        spoken(row.code),
        row.national_code or "",
        format_instant(row.created_at),
        _written(row.received_at),
        kind_label(row.kind),
        row.field,
        subject_class_label(row.subject_class) if row.subject_class else "",
        channel_label(row.channel),
        row.summary,
        units.get(row.unit_path) or row.unit_path,
        state_label(row.state),
        _written(row.due_at),
        _written(row.ended_at),
        row.competent_body,
        _written(row.published_at),
    ]


def _written(instant: datetime | None) -> str:
    return format_instant(instant) if instant else ""

"""Requests of data subjects and their two clocks (NĐ 356/2025/NĐ-CP Đ5), and the 72 hours after a breach.

Both were read in a secondary source. The acknowledgement counts working days, the completion calendar days (that
"ngày" means those is a reading that nobody confirmed); each may be lengthened once by as much again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from survey_app.feedback.rules.calendar import WorkingCalendar
from survey_app.feedback.rules.limits import TimeUnit, due
from survey_app.foundation.languages import gettext as _


class RequestKind(StrEnum):
    """What a data subject asks for."""

    WITHDRAW_RESTRICT_OBJECT = "withdraw_restrict_object"
    ACCESS = "access"
    RECTIFY = "rectify"
    ERASE = "erase"
    PROTECT = "protect"


ASKED_BY_SENDERS = (
    RequestKind.ACCESS,
    RequestKind.RECTIFY,
    RequestKind.ERASE,
    RequestKind.WITHDRAW_RESTRICT_OBJECT,
)
"""What the sender of a case may ask by code and PIN (Luật 91/2025/QH15 Đ4); other requests come in writing."""


class RequestState(StrEnum):
    """Where the request stands."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    COMPLETED = "completed"
    REFUSED = "refused"


FINISHED = frozenset({RequestState.COMPLETED, RequestState.REFUSED})


@dataclass(frozen=True, slots=True)
class RequestLimit:
    """Days for one kind of request: to acknowledge in working days, the rest in calendar days."""

    acknowledge: int
    complete: int
    with_processor: int
    extension: int
    legal_basis: str

    def days(self, *, with_processor: bool, is_extended: bool) -> int:
        """Return the calendar days until the request must be carried out."""
        days = self.with_processor if with_processor else self.complete
        return days + (self.extension if is_extended else 0)


# Where the decree names no longer time for a processor's part, there is none.
LIMITS: Mapping[RequestKind, RequestLimit] = {
    RequestKind.WITHDRAW_RESTRICT_OBJECT: RequestLimit(2, 15, 20, 15, "NĐ 356/2025/NĐ-CP Đ5.2"),
    RequestKind.ACCESS: RequestLimit(2, 10, 10, 10, "NĐ 356/2025/NĐ-CP Đ5.3"),
    RequestKind.RECTIFY: RequestLimit(2, 10, 15, 10, "NĐ 356/2025/NĐ-CP Đ5.3"),
    RequestKind.ERASE: RequestLimit(2, 20, 30, 20, "NĐ 356/2025/NĐ-CP Đ5.4"),
    RequestKind.PROTECT: RequestLimit(2, 15, 15, 15, "NĐ 356/2025/NĐ-CP Đ5.5"),
}
BREACH_HOURS = 72
BREACH_BASIS = "Luật 91/2025/QH15 Đ23; NĐ 356/2025/NĐ-CP Đ28"


def acknowledge_by(calendar: WorkingCalendar, kind: RequestKind, received_at: datetime) -> datetime:
    """Return until when the sender must have been told that the request came, in UTC."""
    amount = LIMITS[kind].acknowledge
    return due(calendar, start=received_at, amount=amount, time_unit=TimeUnit.WORKING_DAY)


def complete_by(
    calendar: WorkingCalendar,
    kind: RequestKind,
    received_at: datetime,
    *,
    with_processor: bool = False,
    is_extended: bool = False,
) -> datetime:
    """Return until when the request must be carried out or refused, in UTC.

    A last day that is not worked gives way to the next working day (Bộ luật Dân sự 2015 Đ148.5).
    """
    days = LIMITS[kind].days(with_processor=with_processor, is_extended=is_extended)
    return due(calendar, start=received_at, amount=days, time_unit=TimeUnit.CALENDAR_DAY)


def notify_by(calendar: WorkingCalendar, detected_at: datetime) -> datetime:
    """Return until when the authority must know of a breach, in UTC: hours of the clock, nights and holidays too."""
    return due(calendar, start=detected_at, amount=BREACH_HOURS, time_unit=TimeUnit.HOUR)


def request_label(kind: RequestKind) -> str:
    """Return what is asked for, in the reader's words."""
    return {
        RequestKind.WITHDRAW_RESTRICT_OBJECT: _("Rút lại sự đồng ý, hạn chế, phản đối xử lý"),
        RequestKind.ACCESS: _("Xem, được cung cấp dữ liệu"),
        RequestKind.RECTIFY: _("Chỉnh sửa dữ liệu"),
        RequestKind.ERASE: _("Xóa dữ liệu"),
        RequestKind.PROTECT: _("Áp dụng biện pháp bảo vệ"),
    }[kind]


def request_state_label(state: RequestState) -> str:
    """Return where a request stands, in the reader's words."""
    return {
        RequestState.RECEIVED: _("Mới nhận"),
        RequestState.ACKNOWLEDGED: _("Đã xác nhận với người yêu cầu"),
        RequestState.COMPLETED: _("Đã thực hiện"),
        RequestState.REFUSED: _("Đã từ chối, có lý do"),
    }[state]

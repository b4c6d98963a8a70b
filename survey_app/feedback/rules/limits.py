"""How long a duty may take, by which rule: limits with their legal basis, chosen by kind, field, unit and day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from survey_app.feedback.rules.calendar import WorkingCalendar, full_minute
from survey_app.foundation.languages import gettext as _

Pause = tuple[datetime, datetime]
"""From when until when a clock stood still."""


class Duty(StrEnum):
    """What must be done in time."""

    RECEIVE = "receive"
    FORWARD = "forward"
    ANSWER = "answer"
    ACCEPT = "accept"
    DECIDE = "decide"
    REFUSAL_NOTICE = "refusal_notice"


class TimeUnit(StrEnum):
    """What a limit counts."""

    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    HOUR = "hour"


class CountedFrom(StrEnum):
    """When its count begins."""

    RECEIPT = "receipt"
    ACCEPTANCE = "acceptance"
    GROUNDS = "grounds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """How long a duty may take; `longest` with the extension that the rule allows, None if it allows none.

    `field` and `unit_path` "" mean any. In force from `valid_from` to `valid_to`, both days included. `rule_id` is
    None for a limit that ships with the product; `is_own_default` marks one that no law sets.
    """

    kind: str
    duty: Duty
    amount: int
    longest: int | None = None
    time_unit: TimeUnit
    counted_from: CountedFrom
    legal_basis: str
    field: str = ""
    unit_path: str = ""
    verified: bool = False
    valid_from: date
    valid_to: date | None = None
    is_own_default: bool = False
    rule_id: int | None = None

    def holds_on(self, day: date) -> bool:
        """Say whether the limit is in force on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def reaches(self, unit_path: str) -> bool:
        """Say whether the limit is made for this unit or for one above it."""
        return self.unit_path in ("", unit_path) or unit_path.startswith(f"{self.unit_path}/")

    @property
    def particularity(self) -> tuple[int, bool, bool, date]:
        """What makes one limit go before another: unit, field, entered here rather than shipped, newest."""
        return len(self.unit_path), bool(self.field), self.rule_id is not None, self.valid_from


def choose(
    limits: Iterable[Limit], *, kind: str, field: str, unit_path: str, duty: Duty, day: date
) -> Limit | None:
    """Return the most particular limit in force on `day`, None if there is none for this duty."""
    fitting = (
        limit
        for limit in limits
        if limit.kind == kind
        and limit.duty is duty
        and limit.field in ("", field)
        and limit.reaches(unit_path)
        and limit.holds_on(day)
    )
    return max(fitting, key=lambda limit: limit.particularity, default=None)


def due(
    calendar: WorkingCalendar,
    *,
    start: datetime,
    amount: int,
    time_unit: TimeUnit,
    day_of_receipt_counts: bool = False,
    pauses: Sequence[Pause] = (),
) -> datetime:
    """Return when a limit that began at `start` is over, in UTC.

    Working days end at the closing time of the last one. Calendar days too; a last day that is not worked gives way
    to the next working day (Bộ luật Dân sự 2015 Đ148.5). Hours are hours of the clock.
    """
    count = amount - 1 if day_of_receipt_counts else amount
    match time_unit:
        case TimeUnit.WORKING_DAY:
            instant = calendar.closing(calendar.nth_working_day(calendar.first_day_with_time(start), count))
        case TimeUnit.CALENDAR_DAY:
            instant = _closing_from(calendar, full_minute(start).date() + timedelta(days=count))
        case TimeUnit.HOUR:
            instant = full_minute(start).astimezone(UTC) + timedelta(hours=amount)
    for pause in pauses:
        instant = later_by(calendar, instant, pause, time_unit)
    return instant


def later_by(calendar: WorkingCalendar, instant: datetime, pause: Pause, time_unit: TimeUnit) -> datetime:
    """Return when a limit that would be over at `instant` is over after a pause, in UTC."""
    begun, ended = map(full_minute, pause)
    match time_unit:
        case TimeUnit.WORKING_DAY:
            return calendar.after_working_minutes(instant, calendar.working_minutes(begun, ended))
        case TimeUnit.CALENDAR_DAY:
            return _closing_from(calendar, full_minute(instant).date() + (ended.date() - begun.date()))
        case TimeUnit.HOUR:
            return (full_minute(instant) + (ended - begun)).astimezone(UTC)


def longest_pause_until(calendar: WorkingCalendar, begun: datetime, working_days: int) -> datetime:
    """Return when a pause ends by itself: at the closing time of the `working_days`-th working day after it began."""
    return calendar.closing(calendar.nth_working_day(calendar.first_day_with_time(begun), working_days))


def _closing_from(calendar: WorkingCalendar, day: date) -> datetime:
    return calendar.closing(calendar.working_day_from(day))


def duty_label(duty: Duty) -> str:
    """Return what must be done, in the reader's words."""
    return {
        Duty.RECEIVE: _("Tiếp nhận"),
        Duty.FORWARD: _("Giao giải quyết, hoặc chuyển nơi có thẩm quyền"),
        Duty.ANSWER: _("Trả lời"),
        Duty.ACCEPT: _("Thụ lý"),
        Duty.DECIDE: _("Giải quyết"),
        Duty.REFUSAL_NOTICE: _("Thông báo từ chối"),
    }[duty]


def time_unit_label(time_unit: TimeUnit) -> str:
    """Return what a limit counts, in the reader's words."""
    return {
        TimeUnit.WORKING_DAY: _("ngày làm việc"),
        TimeUnit.CALENDAR_DAY: _("ngày"),
        TimeUnit.HOUR: _("giờ"),
    }[time_unit]


def counted_from_label(counted_from: CountedFrom) -> str:
    """Return when the count begins, in the reader's words."""
    return {
        CountedFrom.RECEIPT: _("ngày tiếp nhận"),
        CountedFrom.ACCEPTANCE: _("ngày thụ lý"),
        CountedFrom.GROUNDS: _("ngày có căn cứ"),
    }[counted_from]

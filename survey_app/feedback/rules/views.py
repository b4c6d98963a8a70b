"""What a person may ask the queue for: built-in views, filters, a place in the list; and how time left is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode

from survey_app.feedback.rules.kinds import Channel, Kind
from survey_app.feedback.rules.searching import LONGEST_QUERY
from survey_app.feedback.rules.states import State
from survey_app.foundation.languages import gettext as _

LONGEST_FIELD = 60
LONGEST_UNIT = 200
SOON_WORKING_DAYS = 2
"""A case is due soon from this many working days before; the desk's own choice, no law names a number."""

Word = TypeVar("Word", bound=StrEnum)


class View(StrEnum):
    """The views that everybody has, in their order; all but `ALL` show open cases."""

    OPEN = "open"
    MINE = "mine"
    UNASSIGNED = "unassigned"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    WAITING = "waiting"
    TO_APPROVE = "to_approve"
    REOPENED = "reopened"
    ALL = "all"


ME = "me"
NOBODY = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the queue is asked for. `handler` is "", `ME`, `NOBODY` or an account's id; `unit` is as typed."""

    view: View = View.OPEN
    text: str = ""
    state: State | None = None
    kind: Kind | None = None
    channel: Channel | None = None
    field: str = ""
    unit: str = ""
    handler: str = ""
    is_overdue: bool = False
    since: date | None = None
    until: date | None = None

    @property
    def is_filtered(self) -> bool:
        """Say whether anything but a built-in view is asked for."""
        return self != Wanted(view=self.view)

    def query(self) -> str:
        """Return the query string that `wanted` reads as this; "" for the open cases."""
        return urlencode([(name, value) for name, value in self._named() if value])

    def seen_by(self, view: View) -> Wanted:
        """Return the same filters in another view."""
        return replace(self, view=view)

    def _named(self) -> list[tuple[str, str]]:
        return [
            ("view", "" if self.view is View.OPEN else self.view),
            ("q", self.text),
            ("state", self.state or ""),
            ("kind", self.kind or ""),
            ("channel", self.channel or ""),
            ("field", self.field),
            ("unit", self.unit),
            ("handler", self.handler),
            ("overdue", "1" if self.is_overdue else ""),
            ("since", self.since.isoformat() if self.since else ""),
            ("until", self.until.isoformat() if self.until else ""),
        ]


def wanted(arguments: Mapping[str, str]) -> Wanted:
    """Read a query string; what makes no sense in it is left out, never refused."""
    handler = arguments.get("handler", "")
    is_known = handler in (ME, NOBODY) or account_number(handler) is not None
    return Wanted(
        view=_word(View, arguments.get("view")) or View.OPEN,
        text=_line(arguments.get("q"), LONGEST_QUERY),
        state=_word(State, arguments.get("state")),
        kind=_word(Kind, arguments.get("kind")),
        channel=_word(Channel, arguments.get("channel")),
        field=_line(arguments.get("field"), LONGEST_FIELD),
        unit=_line(arguments.get("unit"), LONGEST_UNIT),
        handler=handler if is_known else "",
        is_overdue=arguments.get("overdue") == "1",
        since=_day(arguments.get("since")),
        until=_day(arguments.get("until")),
    )


def account_number(text: str | None) -> int | None:
    """Read the id of an account as a form sends it; None for anything that no table can hold."""
    return int(text) if text and re.fullmatch("[1-9][0-9]{0,17}", text) else None


def _word(words: type[Word], text: str | None) -> Word | None:
    return words(text) if text in set(words) else None


def _line(text: str | None, longest: int) -> str:
    return " ".join((text or "").replace("\0", " ").split())[:longest].strip()


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None


@dataclass(frozen=True, slots=True)
class Place:
    """The last case of a page: the next page goes on behind it. Cases without a due time stand last, newest first."""

    due_at: datetime | None
    case_id: int

    def __str__(self) -> str:
        if self.due_at is None:
            return f"-{self.case_id}"
        return f"{(self.due_at - _ZERO) // timedelta(microseconds=1)}-{self.case_id}"


_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_PLACE = re.compile(r"([0-9]{1,16})?-([0-9]{1,18})")


def place(text: str | None) -> Place | None:
    """Read what `str(Place)` wrote; None for anything else."""
    found = _PLACE.fullmatch(text or "")
    if found is None:
        return None
    due_at = _ZERO + timedelta(microseconds=int(found[1])) if found[1] else None
    return Place(due_at, int(found[2]))


class Urgency(StrEnum):
    """How a case stands with its time."""

    NONE = "none"
    PAUSED = "paused"
    IN_TIME = "in_time"
    SOON = "soon"
    OVERDUE = "overdue"


def urgency(state: State, due_at: datetime | None, *, now: datetime, soon: datetime) -> Urgency:
    """Return how urgent a case is; `soon` is the instant until which a case that is due counts as due soon."""
    if due_at is None:
        return Urgency.PAUSED if state is State.WAITING else Urgency.NONE
    if due_at < now:
        return Urgency.OVERDUE
    return Urgency.SOON if due_at <= soon else Urgency.IN_TIME


def working_time(minutes: int, *, minutes_a_day: int) -> str:
    """Return a span of working time in words, the two largest units: `2 ngày 3 giờ làm việc`."""
    days, rest = divmod(minutes, minutes_a_day)
    hours, minutes = divmod(rest, 60)
    if days:
        given = _("%(days)s ngày %(hours)s giờ làm việc") if hours else _("%(days)s ngày làm việc")
    elif hours:
        given = _("%(hours)s giờ %(minutes)s phút làm việc") if minutes else _("%(hours)s giờ làm việc")
    else:
        given = _("%(minutes)s phút làm việc")
    return given % {"days": days, "hours": hours, "minutes": minutes}


def view_label(view: View) -> str:
    """Return a built-in view in the reader's words."""
    return {
        View.OPEN: _("Đang mở"),
        View.MINE: _("Của tôi"),
        View.UNASSIGNED: _("Chưa phân"),
        View.DUE_SOON: _("Sắp hạn"),
        View.OVERDUE: _("Quá hạn"),
        View.WAITING: _("Chờ dân bổ sung"),
        View.TO_APPROVE: _("Chờ duyệt"),
        View.REOPENED: _("Mở lại"),
        View.ALL: _("Tất cả"),
    }[view]


def state_label(state: State) -> str:
    """Return a state in an officer's words; citizens read others."""
    return {
        State.NEW: _("Mới đến"),
        State.RECEIVED: _("Đã tiếp nhận"),
        State.ASSIGNED: _("Đã phân công"),
        State.IN_PROGRESS: _("Đang xử lý"),
        State.WAITING: _("Chờ dân bổ sung"),
        State.DRAFTED: _("Chờ duyệt"),
        State.APPROVED: _("Đã duyệt, chờ gửi"),
        State.ANSWERED: _("Đã trả lời"),
        State.REOPENED: _("Mở lại"),
        State.CLOSED: _("Đã đóng"),
        State.REFUSED: _("Không thụ lý"),
        State.FORWARDED: _("Đã chuyển cơ quan khác"),
        State.SPLIT: _("Đã tách"),
        State.MERGED: _("Đã gộp"),
        State.DIVERTED: _("Đã chuyển theo thủ tục khác"),
        State.WITHDRAWN: _("Người gửi đã rút"),
    }[state]

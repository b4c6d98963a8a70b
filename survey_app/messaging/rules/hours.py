"""When a message may leave: the window that was set, inside the hours that no setting can widen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from survey_app.foundation.clock import VIETNAM
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _

FIRST_HOUR, LAST_HOUR = time(7), time(22)
"""Nothing leaves before or after (NĐ 91/2020/NĐ-CP Đ13, in force since 1/10/2020; read 21/11/2026). The decree
speaks of advertising; survey invitations keep to it as well, so nobody has to argue that they are none."""

SEND_TAKES = timedelta(seconds=30)
"""Longest that handing over one message takes: 5 s to connect, 15 s to read, and as much again to spare."""


class UnableToSetWindow(Refused):
    """The hours are no window, or lie outside those that are allowed."""


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of the day in Việt Nam; `opens` is inside, `closes` is outside.

    Raises
    ------
    UnableToSetWindow
        It would begin before 07:00, end after 22:00, or be empty.
    """

    opens: time = time(8)
    closes: time = time(20)

    def __post_init__(self) -> None:
        if not FIRST_HOUR <= self.opens < self.closes <= LAST_HOUR:
            raise UnableToSetWindow(
                _("Giờ gửi tin phải nằm trong khoảng 07:00 đến 22:00, giờ đầu trước giờ cuối.")
            )


DEFAULT_WINDOW = Window()
BEST_TIME = Window(time(17, 15), time(19, 30))
"""When invitations are answered most: after work, on the day of the visit (Chow 2022, Sexual Health 19(2))."""
REPLY_HOURS = Window(FIRST_HOUR, LAST_HOUR)
"""For what answers a citizen's own text, which waits for no window but for the night."""


def may_send(now: datetime, window: Window = DEFAULT_WINDOW, takes: timedelta = SEND_TAKES) -> bool:
    """Say whether a sending that begins at `now` (aware) and lasts no longer than `takes` stays in the window."""
    opens, closes = _window_of_day(now, window)
    return opens <= now and now + takes <= closes


def next_allowed(now: datetime, window: Window = DEFAULT_WINDOW, takes: timedelta = SEND_TAKES) -> datetime:
    """Return the first instant, in UTC, at or after `now` (aware) at which a sending may begin.

    Raises
    ------
    ValueError
        The window is shorter than `takes`.
    """
    opens, closes = _window_of_day(now, window)
    if closes - opens < takes:
        raise ValueError("The window is shorter than one sending.")
    if now < opens:
        return opens
    if now + takes <= closes:
        return now.astimezone(UTC)
    return _window_of_day(opens + timedelta(days=1), window)[0]


def time_left(now: datetime, window: Window = DEFAULT_WINDOW) -> timedelta:
    """Return how long the window stays open from `now` (aware); zero while it is closed.

    A carrier that queues messages is given this as their validity, so that none comes out of its queue at night.
    """
    opens, closes = _window_of_day(now, window)
    return max(closes - now, timedelta()) if opens <= now else timedelta()


def _window_of_day(now: datetime, window: Window) -> tuple[datetime, datetime]:
    """Return when the window of the Vietnamese day of `now` opens and closes, in UTC."""
    if now.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    day = now.astimezone(VIETNAM).date()
    opens, closes = (datetime.combine(day, hour, VIETNAM) for hour in (window.opens, window.closes))
    return opens.astimezone(UTC), closes.astimezone(UTC)

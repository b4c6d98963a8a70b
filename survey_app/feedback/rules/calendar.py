"""The working calendar: which minutes count. Everything is in the time of Việt Nam, to the full minute.

What was entered for a day decides first, then the public holidays, then the hours of the weekday. Years are laid out
once, with running sums, so that a question about any span is two look-ups.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import accumulate

from survey_app.feedback.rules.public_holidays import StateYear, state_year
from survey_app.feedback.rules.week import DAY, DEFAULT_WEEK, Hours, Week
from survey_app.foundation.clock import VIETNAM


class Why(StrEnum):
    """What decides whether a day is worked."""

    ENTERED = "entered"
    HOLIDAY = "holiday"
    SWAPPED = "swapped"
    WEEKDAY = "weekday"


@dataclass(frozen=True, slots=True)
class EnteredDay:
    """What somebody entered for one day: worked or off, and how the day is called."""

    is_working: bool
    name: str


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """One day of the calendar: its hours, and why they are so."""

    day: date
    hours: Hours
    why: Why
    name: str = ""

    @property
    def is_working(self) -> bool:
        """Say whether the day has hours."""
        return bool(self.hours)


@dataclass(frozen=True, slots=True)
class _Year:
    """Days of one year from the ordinal `first`; `before[i]` working minutes lie before day i."""

    first: int
    hours: tuple[Hours, ...]
    before: tuple[int, ...]
    working: tuple[int, ...]

    @property
    def total(self) -> int:
        return self.before[-1]

    def minutes_before(self, ordinal: int, minute: int) -> int:
        place = ordinal - self.first
        return self.before[place] + sum(
            min(minute, to) - start for start, to in self.hours[place] if start < minute
        )


class WorkingCalendar:
    """Working hours of one unit. `weeks` are (from which day, week) in order of time; `entered` goes before all.

    The default week counts before the first of `weeks`. Days of `state` (public holidays by year) come second.
    """

    def __init__(
        self,
        *,
        weeks: Sequence[tuple[date, Week]] = (),
        entered: Mapping[date, EnteredDay] | None = None,
        state: Callable[[int], StateYear] = state_year,
    ) -> None:
        self._since = [since for since, _ in weeks]
        self._weeks = [DEFAULT_WEEK, *(week for _, week in weeks)]
        self._entered = entered or {}
        self._state = state
        self._years: dict[int, _Year] = {}

    def entry(self, day: date) -> CalendarEntry:
        """Return the hours of `day` with what decides them."""
        week, state = self.week_on(day), self._state(day.year)
        usual = week[day.weekday()]
        if (entered := self._entered.get(day)) is not None:
            hours = _exchanged(week, usual) if entered.is_working else ()
            return CalendarEntry(day, hours, Why.ENTERED, entered.name)
        if day in state.off:
            return CalendarEntry(day, (), Why.HOLIDAY, state.off[day])
        if day in state.worked:
            return CalendarEntry(day, _exchanged(week, usual), Why.SWAPPED)
        return CalendarEntry(day, usual, Why.WEEKDAY)

    def week_on(self, day: date) -> Week:
        """Return the working week in force on `day`."""
        return self._weeks[bisect_right(self._since, day)]

    def hours_on(self, day: date) -> Hours:
        """Return the intervals of `day` in minutes since midnight, () if it is not worked."""
        year = self._year(day.year)
        return year.hours[day.toordinal() - year.first]

    def is_working_day(self, day: date) -> bool:
        """Say whether `day` has working hours."""
        return bool(self.hours_on(day))

    def working_minutes(self, a: datetime, b: datetime) -> int:
        """Return the number of working minutes in [a, b); 0 if `b` is not later than `a`."""
        start, end = full_minute(a), full_minute(b)
        if end <= start:
            return 0
        between = sum(self._year(year).total for year in range(start.year, end.year))
        return between + self._minutes_before(end) - self._minutes_before(start)

    def after_working_minutes(self, t: datetime, m: int) -> datetime:
        """Return the earliest instant at or after `t` until which `m` working minutes pass, in UTC."""
        start = full_minute(t)
        if m <= 0:
            return start.astimezone(UTC)
        number, wanted = start.year, self._minutes_before(start) + m
        while wanted > (year := self._year(number)).total:
            wanted -= year.total
            number += 1
        place = bisect_left(year.before, wanted) - 1
        return _instant(year.first + place, _minute_after(year.hours[place], wanted - year.before[place]))

    def nth_working_day(self, d: date, n: int) -> date:
        """Return the `n`-th working day strictly after `d`; `d` itself for 0."""
        if n <= 0:
            return d
        number, wanted = d.year, bisect_right(self._year(d.year).working, d.toordinal()) + n
        while wanted > len(days := self._year(number).working):
            wanted -= len(days)
            number += 1
        return date.fromordinal(days[wanted - 1])

    def working_day_from(self, day: date) -> date:
        """Return `day` if it is worked, else the next working day."""
        return day if self.is_working_day(day) else self.nth_working_day(day, 1)

    def closing(self, day: date) -> datetime:
        """Return when the last working hours of the working day `day` end, in UTC."""
        return _instant(day.toordinal(), self.hours_on(day)[-1][1])

    def first_day_with_time(self, start: datetime) -> date:
        """Return the first working day on which working time remains at or after `start`."""
        local = full_minute(start)
        hours = self.hours_on(local.date())
        if hours and _minute_of(local) < hours[-1][1]:
            return local.date()
        return self.nth_working_day(local.date(), 1)

    def _minutes_before(self, local: datetime) -> int:
        return self._year(local.year).minutes_before(local.toordinal(), _minute_of(local))

    def _year(self, number: int) -> _Year:
        # Threads may lay out the same year twice; each result is the same.
        year = self._years.get(number)
        if year is None:
            year = self._years[number] = self._laid_out(number)
        return year

    def _laid_out(self, number: int) -> _Year:
        first, last = date(number, 1, 1).toordinal(), date(number, 12, 31).toordinal()
        hours = tuple(self.entry(date.fromordinal(ordinal)).hours for ordinal in range(first, last + 1))
        minutes = [sum(to - start for start, to in day) for day in hours]
        working = tuple(first + place for place, day in enumerate(hours) if day)
        return _Year(first, hours, tuple(accumulate(minutes, initial=0)), working)


def full_minute(instant: datetime) -> datetime:
    """Return `instant` in the time of Việt Nam, cut down to the minute."""
    return instant.astimezone(VIETNAM).replace(second=0, microsecond=0)


def _minute_of(local: datetime) -> int:
    return local.hour * 60 + local.minute


def _instant(ordinal: int, minute: int) -> datetime:
    midnight = datetime.combine(date.fromordinal(ordinal), time.min, VIETNAM).astimezone(UTC)
    return midnight + timedelta(minutes=minute)


def _minute_after(hours: Hours, minutes: int) -> int:
    """Return the minute of the day by which `minutes` of `hours` have passed."""
    for start, end in hours:
        if minutes <= end - start:
            return start + minutes
        minutes -= end - start
    return DAY


def _exchanged(week: Week, usual: Hours) -> Hours:
    """Return the hours of a worked day: its weekday's, else those of the first weekday that has any."""
    return usual or next(hours for hours in week if hours)

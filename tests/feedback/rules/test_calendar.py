"""The working calendar at its edges. Dates of 2026 follow the holidays of Bộ luật Lao động 2019 Đ112 (Tết: 16-20/2)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.feedback.rules.calendar import EnteredDay, Why, WorkingCalendar
from survey_app.feedback.rules.limits import TimeUnit, due, later_by, longest_pause_until
from survey_app.feedback.rules.public_holidays import state_year
from survey_app.feedback.rules.week import DEFAULT_WEEK, NoWorkingWeek, read_hours, read_week, write_week
from survey_app.foundation.clock import VIETNAM

WORKING, CALENDAR, HOUR = TimeUnit.WORKING_DAY, TimeUnit.CALENDAR_DAY, TimeUnit.HOUR


def at(text: str) -> datetime:
    """Return an instant written as the time of Việt Nam."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def off(name: str = "Nghỉ") -> EnteredDay:
    """Return the entry of a day off."""
    return EnteredDay(False, name)


WORKED = EnteredDay(True, "Làm bù")


@pytest.fixture
def calendar() -> WorkingCalendar:
    """The default week and the public holidays, nothing entered."""
    return WorkingCalendar()


class TestDays:
    def test_a_weekday_has_the_office_hours(self, calendar: WorkingCalendar) -> None:
        assert calendar.hours_on(date(2026, 3, 2)) == ((450, 690), (810, 1020))

    def test_a_weekend_has_none(self, calendar: WorkingCalendar) -> None:
        assert not calendar.is_working_day(date(2026, 3, 7))
        assert not calendar.is_working_day(date(2026, 3, 8))

    def test_the_whole_week_of_tet_2026_is_off(self, calendar: WorkingCalendar) -> None:
        week = [date(2026, 2, 16) + timedelta(days=n) for n in range(5)]

        assert not any(calendar.is_working_day(day) for day in week)
        assert calendar.nth_working_day(date(2026, 2, 13), 1) == date(2026, 2, 23)

    def test_a_holiday_on_a_sunday_gives_the_monday_off(self, calendar: WorkingCalendar) -> None:
        """Giỗ Tổ 2026 is Sunday 26/4; Bộ luật Lao động 2019 Đ111.3 gives the next working day."""
        assert calendar.entry(date(2026, 4, 27)).why is Why.HOLIDAY

    def test_a_swapped_saturday_that_the_library_knows_is_worked(self, calendar: WorkingCalendar) -> None:
        """Saturday 22/8/2026 is worked for Monday 31/8/2026."""
        assert calendar.entry(date(2026, 8, 22)).why is Why.SWAPPED
        assert calendar.hours_on(date(2026, 8, 22)) == DEFAULT_WEEK[0]
        assert not calendar.is_working_day(date(2026, 8, 31))

    def test_a_day_exchanged_across_new_year_is_known_in_its_own_year(self) -> None:
        """Saturday 5/1/2019 was worked for Monday 31/12/2018 (công văn 6519/VPCP-KGVX 2018)."""
        assert date(2019, 1, 5) in state_year(2019).worked
        assert date(2018, 12, 31) in state_year(2018).off

    def test_an_entered_day_off_goes_before_the_week(self) -> None:
        calendar = WorkingCalendar(entered={date(2026, 3, 2): off("Bão")})

        assert calendar.entry(date(2026, 3, 2)).name == "Bão"
        assert not calendar.is_working_day(date(2026, 3, 2))

    def test_an_entered_working_day_goes_before_a_holiday(self) -> None:
        calendar = WorkingCalendar(entered={date(2026, 2, 16): WORKED})

        assert calendar.hours_on(date(2026, 2, 16)) == DEFAULT_WEEK[0]

    def test_a_worked_saturday_has_the_hours_of_the_first_weekday_that_has_any(self) -> None:
        week = read_week({"1": [["08:00", "12:00"]], "2": [["09:00", "10:00"]]})
        calendar = WorkingCalendar(weeks=[(date(2026, 1, 1), week)], entered={date(2026, 3, 7): WORKED})

        assert calendar.hours_on(date(2026, 3, 7)) == ((480, 720),)

    def test_a_worked_day_with_hours_of_its_own_keeps_them(self) -> None:
        week = read_week({"0": [["07:30", "11:30"]], "5": [["08:00", "10:00"]]})
        calendar = WorkingCalendar(weeks=[(date(2026, 1, 1), week)], entered={date(2026, 3, 7): WORKED})

        assert calendar.hours_on(date(2026, 3, 7)) == ((480, 600),)

    def test_hours_change_on_their_day(self) -> None:
        summer = read_week({str(day): [["07:00", "11:30"], ["13:30", "16:30"]] for day in range(5)})
        calendar = WorkingCalendar(weeks=[(date(2026, 4, 15), summer)])

        assert calendar.hours_on(date(2026, 4, 14)) == DEFAULT_WEEK[1]
        assert calendar.hours_on(date(2026, 4, 15)) == ((420, 690), (810, 990))


class TestMinutes:
    def test_a_full_day_has_seven_and_a_half_hours(self, calendar: WorkingCalendar) -> None:
        assert calendar.working_minutes(at("2026-03-02 00:00"), at("2026-03-03 00:00")) == 450

    def test_noon_does_not_count(self, calendar: WorkingCalendar) -> None:
        assert calendar.working_minutes(at("2026-03-02 11:00"), at("2026-03-02 14:00")) == 60

    def test_the_last_five_minutes_of_a_friday_reach_into_monday(self, calendar: WorkingCalendar) -> None:
        assert calendar.after_working_minutes(at("2026-03-06 16:55"), 5) == at("2026-03-06 17:00")
        assert calendar.after_working_minutes(at("2026-03-06 16:55"), 6) == at("2026-03-09 07:31")

    def test_no_minutes_leave_the_instant(self, calendar: WorkingCalendar) -> None:
        assert calendar.after_working_minutes(at("2026-03-07 12:34"), 0) == at("2026-03-07 12:34")

    def test_instants_are_cut_down_to_the_minute(self, calendar: WorkingCalendar) -> None:
        start = at("2026-03-02 09:00") + timedelta(seconds=59)

        assert calendar.working_minutes(start, at("2026-03-02 09:01")) == 1

    def test_an_instant_in_utc_is_read_in_vietnamese_time(self, calendar: WorkingCalendar) -> None:
        """00:30 UTC is 07:30 in Việt Nam."""
        start = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)

        assert calendar.working_minutes(start, start + timedelta(minutes=1)) == 1

    def test_an_earlier_end_gives_none(self, calendar: WorkingCalendar) -> None:
        assert calendar.working_minutes(at("2026-03-03 09:00"), at("2026-03-02 09:00")) == 0

    @settings(max_examples=60, deadline=None)
    @given(
        start=st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001  (given a zone below)
        minutes=st.integers(1, 200_000),
    )
    def test_after_n_working_minutes_exactly_n_have_passed(self, start: datetime, minutes: int) -> None:
        calendar, begun = WorkingCalendar(), start.replace(tzinfo=VIETNAM)

        end = calendar.after_working_minutes(begun, minutes)

        assert calendar.working_minutes(begun, end) == minutes
        assert calendar.working_minutes(begun, end - timedelta(minutes=1)) == minutes - 1

    def test_years_add_up(self, calendar: WorkingCalendar) -> None:
        a, b, c = at("2025-06-01 10:00"), at("2026-12-31 16:00"), at("2028-01-04 09:00")

        total = calendar.working_minutes(a, c)

        assert total == calendar.working_minutes(a, b) + calendar.working_minutes(b, c)


class TestDue:
    @pytest.mark.parametrize(
        ("start", "amount", "expected"),
        [
            # Friday 16:55 is still Friday; Monday is the first day
            ("2026-03-06 16:55", 1, "2026-03-09 17:00"),
            # at 17:00 no working time remains: Monday is day zero, Tuesday the first
            ("2026-03-06 17:00", 1, "2026-03-10 17:00"),
            ("2026-03-07 09:00", 1, "2026-03-10 17:00"),
            # over Tết: Friday 13/2 is day zero, Monday 23/2 the first
            ("2026-02-13 09:00", 5, "2026-02-27 17:00"),
            # over 30/4 (Thursday) and 1/5 (Friday)
            ("2026-04-29 16:55", 5, "2026-05-08 17:00"),
            # over the swapped pair: 31/8 off, 1/9 and 2/9 Quốc khánh
            ("2026-08-28 10:00", 1, "2026-09-03 17:00"),
            # the worked Saturday counts
            ("2026-08-21 10:00", 1, "2026-08-22 17:00"),
        ],
    )
    def test_counts_working_days(
        self, calendar: WorkingCalendar, start: str, amount: int, expected: str
    ) -> None:
        assert due(calendar, start=at(start), amount=amount, time_unit=WORKING) == at(expected)

    def test_the_day_of_receipt_may_count_as_the_first(self, calendar: WorkingCalendar) -> None:
        instant = due(
            calendar, start=at("2026-03-02 09:00"), amount=1, time_unit=WORKING, day_of_receipt_counts=True
        )

        assert instant == at("2026-03-02 17:00")

    def test_calendar_days_that_end_on_a_sunday_end_on_monday(self, calendar: WorkingCalendar) -> None:
        """30 days from 6/3/2026 are Sunday 5/4 (Bộ luật Dân sự 2015 Đ148.5)."""
        instant = due(calendar, start=at("2026-03-06 09:00"), amount=30, time_unit=CALENDAR)

        assert instant == at("2026-04-06 17:00")

    def test_hours_run_through_the_night(self, calendar: WorkingCalendar) -> None:
        instant = due(calendar, start=at("2026-03-06 16:55"), amount=48, time_unit=HOUR)

        assert instant == at("2026-03-08 16:55")

    def test_a_day_closes_when_its_own_hours_end(self) -> None:
        week = read_week({"0": [["07:30", "11:30"]], "1": [["07:30", "12:00"]]})
        calendar = WorkingCalendar(weeks=[(date(2026, 1, 1), week)])

        assert due(calendar, start=at("2026-03-02 08:00"), amount=1, time_unit=WORKING) == at(
            "2026-03-03 12:00"
        )


class TestPauses:
    def test_a_pause_over_tet_gives_back_its_working_minutes_only(self, calendar: WorkingCalendar) -> None:
        """From Friday 13/2 15:00 to Monday 23/2 09:30 only two and two hours are worked."""
        pause = (at("2026-02-13 15:00"), at("2026-02-23 09:30"))
        instant = due(calendar, start=at("2026-02-12 09:00"), amount=5, time_unit=WORKING, pauses=[pause])

        # five days after 12/2 are 13/2, 23-26/2; four hours later it is half past eleven
        assert instant == at("2026-02-27 11:30")

    def test_a_pause_at_night_changes_nothing(self, calendar: WorkingCalendar) -> None:
        pause = (at("2026-03-02 18:00"), at("2026-03-03 07:00"))

        assert later_by(calendar, at("2026-03-05 17:00"), pause, WORKING) == at("2026-03-05 17:00")

    def test_calendar_days_move_by_the_dates_between(self, calendar: WorkingCalendar) -> None:
        """Monday 6/4 and five dates are Saturday 11/4: Monday 13/4."""
        pause = (at("2026-03-10 16:00"), at("2026-03-15 08:00"))

        assert later_by(calendar, at("2026-04-06 17:00"), pause, CALENDAR) == at("2026-04-13 17:00")

    def test_hours_move_by_the_hours(self, calendar: WorkingCalendar) -> None:
        pause = (at("2026-03-10 16:00"), at("2026-03-11 17:30"))

        assert later_by(calendar, at("2026-03-12 09:00"), pause, HOUR) == at("2026-03-13 10:30")

    def test_the_longest_pause_ends_with_its_last_working_day(self, calendar: WorkingCalendar) -> None:
        assert longest_pause_until(calendar, at("2026-02-12 09:00"), 2) == at("2026-02-23 17:00")


class TestWeek:
    def test_reads_what_it_writes(self) -> None:
        assert read_week(write_week(DEFAULT_WEEK)) == DEFAULT_WEEK

    def test_reads_hours_as_people_type_them(self) -> None:
        assert read_hours("7:30 – 11:30; 13:30-17:00") == DEFAULT_WEEK[0]
        assert read_hours("  ") == ()

    @pytest.mark.parametrize(
        "text", ["08:00", "12:00-08:00", "08:00-12:00, 11:00-13:00", "8h-12h", "08:00-24:30", "08:60-09:00"]
    )
    def test_refuses_what_are_no_hours(self, text: str) -> None:
        with pytest.raises(NoWorkingWeek):
            read_hours(text)

    def test_refuses_a_week_without_work(self) -> None:
        with pytest.raises(NoWorkingWeek):
            read_week({"0": []})

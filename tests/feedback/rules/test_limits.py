"""Which limit counts, what ships with the product, and when a running limit is spoken of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from survey_app.feedback.queries.limits import shipped_limits
from survey_app.feedback.rules.calendar import WorkingCalendar
from survey_app.feedback.rules.counting import counted_days
from survey_app.feedback.rules.kinds import GrievanceKind, Kind
from survey_app.feedback.rules.limits import CountedFrom, Duty, Limit, TimeUnit, choose, due
from survey_app.feedback.rules.settings import DeskSettings, read_settings, upwards, write_settings
from survey_app.feedback.rules.warnings import next_warning, reached, warnings_of
from survey_app.foundation.clock import VIETNAM

TODAY = date(2026, 11, 20)
COMMON = Limit(
    kind="petition",
    duty=Duty.ANSWER,
    amount=10,
    time_unit=TimeUnit.WORKING_DAY,
    counted_from=CountedFrom.RECEIPT,
    legal_basis="QĐ 1",
    valid_from=date(2020, 1, 1),
)


def at(text: str) -> datetime:
    """Return an instant written as the time of Việt Nam."""
    return datetime.fromisoformat(text).replace(tzinfo=VIETNAM)


def chosen(
    *limits: Limit, unit_path: str = "04/01273", field: str = "Đất đai", day: date = TODAY
) -> Limit | None:
    """Return the limit for answering a petition."""
    return choose(limits, kind="petition", field=field, unit_path=unit_path, duty=Duty.ANSWER, day=day)


def shipped(kind: str, duty: Duty, day: date = TODAY) -> Limit | None:
    """Return the limit that ships for a kind and duty."""
    return choose(shipped_limits(), kind=kind, field="", unit_path="", duty=duty, day=day)


class TestChoose:
    def test_a_longer_unit_path_goes_before_a_field(self) -> None:
        unit, field = replace(COMMON, unit_path="04"), replace(COMMON, field="Đất đai")

        assert chosen(COMMON, field, unit) is unit

    def test_a_field_goes_before_none(self) -> None:
        field = replace(COMMON, field="Đất đai")

        assert chosen(COMMON, field) is field
        assert chosen(COMMON, field, field="Y tế") is COMMON

    def test_the_newest_in_force_goes_before_an_older_one(self) -> None:
        newer = replace(COMMON, valid_from=date(2026, 7, 1))

        assert chosen(newer, COMMON) is newer
        assert chosen(newer, COMMON, day=date(2026, 6, 30)) is COMMON

    def test_an_entered_one_goes_before_a_shipped_one_that_is_newer(self) -> None:
        entered = replace(COMMON, rule_id=1)

        assert chosen(replace(COMMON, valid_from=date(2026, 7, 1)), entered) is entered

    def test_the_last_day_still_counts(self) -> None:
        ended = replace(COMMON, valid_to=TODAY)

        assert chosen(ended) is ended
        assert chosen(ended, day=TODAY + timedelta(days=1)) is None

    def test_a_limit_of_another_unit_does_not_count(self) -> None:
        assert chosen(replace(COMMON, unit_path="04/0127")) is None

    def test_nothing_limits_what_no_rule_names(self) -> None:
        assert choose([COMMON], kind="praise", field="", unit_path="", duty=Duty.ANSWER, day=TODAY) is None


class TestShippedLimits:
    @pytest.mark.parametrize("kind", Kind)
    def test_every_kind_of_case_is_received_and_answered_within_a_time(self, kind: Kind) -> None:
        assert shipped(kind, Duty.RECEIVE)
        assert shipped(kind, Duty.ANSWER)

    @pytest.mark.parametrize("kind", GrievanceKind)
    def test_every_grievance_is_accepted_and_decided_within_a_time(self, kind: GrievanceKind) -> None:
        assert shipped(kind, Duty.ACCEPT)
        assert shipped(kind, Duty.DECIDE)

    def test_a_petition_for_another_body_is_forwarded_within_five_working_days(self) -> None:
        """NĐ 20/2008/NĐ-CP Đ9.1.d."""
        limit = shipped("petition", Duty.FORWARD)

        assert limit
        assert (limit.amount, limit.time_unit, limit.is_own_default) == (5, TimeUnit.WORKING_DAY, False)

    def test_a_complaint_is_accepted_within_seven_working_days_since_july_2026(self) -> None:
        """NĐ 155/2026/NĐ-CP; ten days before (Luật Khiếu nại 2011 Đ27)."""
        new = shipped("complaint", Duty.ACCEPT)
        old = shipped("complaint", Duty.ACCEPT, date(2026, 6, 30))

        assert new
        assert old
        assert (new.amount, new.time_unit) == (7, TimeUnit.WORKING_DAY)
        assert (old.amount, old.time_unit) == (10, TimeUnit.CALENDAR_DAY)

    def test_the_time_for_the_answer_is_marked_as_no_law(self) -> None:
        """NĐ 20/2008/NĐ-CP Đ14 sets none."""
        limit = shipped("petition", Duty.ANSWER)

        assert limit
        assert limit.is_own_default
        assert "địa phương" in limit.legal_basis

    def test_every_one_says_its_basis(self) -> None:
        assert all(limit.legal_basis for limit in shipped_limits())
        assert not any(limit.verified and limit.is_own_default for limit in shipped_limits())


class TestWarnings:
    calendar = WorkingCalendar()

    def test_come_at_shares_of_the_working_time(self) -> None:
        """From Monday 07:30 to Tuesday 17:00 are 900 working minutes: 450 and 720 of them."""
        warnings = warnings_of(
            self.calendar,
            time_unit=TimeUnit.WORKING_DAY,
            start=at("2026-03-02 07:30"),
            due=at("2026-03-03 17:00"),
        )

        assert warnings == {
            50: at("2026-03-02 17:00"),
            80: at("2026-03-03 14:00"),
            100: at("2026-03-03 17:00"),
        }

    def test_leave_pauses_out(self) -> None:
        pause = (at("2026-03-02 09:30"), at("2026-03-03 09:30"))

        warnings = warnings_of(
            self.calendar,
            time_unit=TimeUnit.WORKING_DAY,
            start=at("2026-03-02 07:30"),
            due=at("2026-03-04 17:00"),
            pauses=[pause],
        )

        assert warnings[50] == at("2026-03-03 17:00")

    def test_come_at_shares_of_the_clock_for_hours(self) -> None:
        start, end = at("2026-03-06 17:00"), at("2026-03-07 17:00")

        warnings = warnings_of(self.calendar, time_unit=TimeUnit.HOUR, start=start, due=end)

        assert warnings[50] == at("2026-03-07 05:00")

    def test_follow_one_another(self) -> None:
        warnings = {50: at("2026-03-02 10:00"), 80: at("2026-03-03 10:00"), 100: at("2026-03-04 10:00")}

        assert next_warning(warnings, told=50) == warnings[80]
        assert next_warning(warnings, told=100) is None
        assert reached(warnings, now=at("2026-03-03 10:00")) == 80
        assert reached(warnings, now=at("2026-03-01 10:00")) == 0


class TestCountedDays:
    def test_numbers_the_working_days_from_the_day_of_receipt(self) -> None:
        calendar, start = WorkingCalendar(), at("2026-04-29 16:55")
        instant = due(calendar, start=start, amount=2, time_unit=TimeUnit.WORKING_DAY)

        days = counted_days(calendar, start=start, due=instant, time_unit=TimeUnit.WORKING_DAY)

        assert [day.number for day in days] == [0, None, None, None, None, 1, 2]
        assert days[1].entry.name == "Ngày Chiến thắng"


class TestSettings:
    def test_are_read_as_they_were_written(self) -> None:
        settings = DeskSettings(contact_required=(Kind.PETITION, Kind.QUESTION), reopen_days=30)

        assert read_settings(write_settings(settings)) == settings

    def test_leave_out_what_another_version_stored(self) -> None:
        assert read_settings({"reopen_days": 3, "gone": 1}) == DeskSettings(reopen_days=3)

    def test_come_from_the_nearest_unit_upwards(self) -> None:
        assert upwards("04/01273") == ("04/01273", "04", "")
        assert upwards("") == ("",)

"""Forms of reports are data, their sums are checked, and periods are quarters of Việt Nam."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.feedback.queries.report_forms import PETITION_SUMMARY, PETITIONS, shipped_forms
from survey_app.feedback.rules.reports import (
    IN_PROGRESS,
    SET_ASIDE,
    Figure,
    Line,
    Period,
    contradictions,
    period_label,
    quarter,
    quarters_until,
    read_forms,
    read_identity,
)
from survey_app.feedback.rules.states import ENDED, State

# Form 01/XLD (tailieu.vn 2414887): a made-up return that keeps its sums.
KEPT = {"1": 20, "2": 3, "3": 4, "4": 2, "5": 1, "6": 5, "7": 5, "9": 18, "11": 6, "12": 2, "13": 10}
KEPT |= {"14": 9, "15": 3, "16": 4, "17": 2, "18": 13, "19": 5, "20": 1, "21": 7}
KEPT |= {"22": 5, "23": 2, "24": 3, "25": 0}


def test_every_state_is_in_progress_handled_or_set_aside() -> None:
    assert sorted([*IN_PROGRESS, *ENDED, *SET_ASIDE]) == sorted(State)


def test_the_columns_of_the_form_are_figures_that_are_counted() -> None:
    form = shipped_forms()[PETITIONS]
    named = {name for one in form.identities for name in (one.left, *one.right)}
    assert {column.key for column in form.columns} | named <= set(map(str, Figure))


def test_forms_nobody_compared_with_the_official_ones_say_so() -> None:
    assert [form.is_verified for form in shipped_forms().values()] == [False, False]


def test_the_summary_of_petitions_keeps_its_sums() -> None:
    assert contradictions([Line("x", "x", KEPT)], shipped_forms()[PETITION_SUMMARY].identities) == []


@given(name=st.sampled_from(sorted(KEPT)), more=st.integers(1, 50))
def test_one_wrong_number_never_passes(name: str, more: int) -> None:
    lines = [Line("Quận A", "Quận A", KEPT | {name: KEPT[name] + more})]
    assert contradictions(lines, shipped_forms()[PETITION_SUMMARY].identities)


def test_a_sum_is_checked_only_where_its_numbers_are_known() -> None:
    assert contradictions([Line("x", "x", {"9": 1, "11": 5})], [read_identity("9 = 11 + 12")]) == []


@pytest.mark.parametrize("text", ["a", "a = ", "a == b", "a = b - c", "a < b", "a = b +"])
def test_what_is_no_sum_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no sum"):
        read_identity(text)


def test_a_province_may_write_its_own_form() -> None:
    own = 'x.name="A"\nx.title="B"\nx.legal_basis="C"\nx.verified=true\nx.identities=["new <= total"]\n'
    form = read_forms(own + 'x.columns=[{key="new", group="", heading="Mới"}]')["x"]
    assert (form.is_verified, form.headings(), str(form.identities[0])) == (
        True,
        {"new": "Mới"},
        "new <= total",
    )


@given(st.integers(2001, 2100), st.integers(1, 4))
def test_quarters_follow_each_other_without_gap(year: int, number: int) -> None:
    period = quarter(year, number)
    following = quarter(year + number // 4, number % 4 + 1)
    assert (period.until, period.quarter) == (following.since, number)
    assert quarters_until(period.last_day, 2)[0] == period


def test_a_quarter_begins_at_midnight_in_viet_nam() -> None:
    assert quarter(2026, 1).begins_at == datetime(2025, 12, 31, 17, tzinfo=UTC)


def test_periods_are_told_in_words() -> None:
    assert period_label(quarter(2026, 4)) == "Quý IV năm 2026"
    other = Period(date(2026, 1, 1), date(2026, 2, 1))
    assert period_label(other) == "Từ ngày 01/01/2026 đến ngày 31/01/2026"

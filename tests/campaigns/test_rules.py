"""States, moves and periods of campaigns, over all combinations."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product

import pytest

from survey_app.campaigns.rules import (
    ENTRY_STATUS_OF,
    MOVES,
    POPULATION_OF,
    STORED_STATES,
    Channel,
    Move,
    Population,
    State,
    a_year_later,
    channel_label,
    effective_closing,
    effective_state,
    end_of_period,
    is_campaign_code,
    next_state,
    population_label,
    population_of,
    read_channels,
    retitle,
    state_label,
    suggest_code,
)

FIRST, LAST = date(2026, 11, 1), date(2026, 12, 31)
BEFORE, WITHIN, AFTER = date(2026, 10, 31), date(2026, 11, 21), date(2027, 1, 1)

# Issue 2 item 5 (draft, open, closed) with the rule that a period which ended is not opened again.
ALLOWED = {
    (State.DRAFT, Move.OPEN, BEFORE): State.OPEN,
    (State.DRAFT, Move.OPEN, WITHIN): State.OPEN,
    (State.SCHEDULED, Move.CLOSE, BEFORE): State.CLOSED,
    (State.OPEN, Move.CLOSE, WITHIN): State.CLOSED,
    (State.CLOSED, Move.OPEN, BEFORE): State.OPEN,
    (State.CLOSED, Move.OPEN, WITHIN): State.OPEN,
    # Issue 3 point 6: a rehearsal stands between draft and open, and ignores the days.
    **{(State.DRAFT, Move.START_REHEARSAL, day): State.REHEARSAL for day in (BEFORE, WITHIN, AFTER)},
    **{(State.REHEARSAL, Move.END_REHEARSAL, day): State.DRAFT for day in (BEFORE, WITHIN, AFTER)},
    (State.REHEARSAL, Move.OPEN, BEFORE): State.OPEN,
    (State.REHEARSAL, Move.OPEN, WITHIN): State.OPEN,
}


@pytest.mark.parametrize(
    ("state", "move", "today"), list(product(STORED_STATES, Move, (BEFORE, WITHIN, AFTER)))
)
def test_allows_exactly_the_moves_of_the_table(state: State, move: Move, today: date) -> None:
    seen = effective_state(state, FIRST, LAST, today)
    assert next_state(seen, move, LAST, today) == ALLOWED.get((seen, move, today))


def test_moves_lead_to_states_that_can_be_stored_and_never_stand_still() -> None:
    assert all(after in STORED_STATES and after is not before for (before, _), after in MOVES.items())


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (BEFORE, State.SCHEDULED),
        (FIRST, State.OPEN),
        (LAST, State.OPEN),
        (AFTER, State.CLOSED),
    ],
)
def test_an_opened_campaign_is_open_on_both_days_that_bound_its_period(today: date, state: State) -> None:
    assert effective_state(State.OPEN, FIRST, LAST, today) is state


@pytest.mark.parametrize(
    ("state", "today"),
    list(product((State.DRAFT, State.REHEARSAL, State.CLOSED), (BEFORE, FIRST, LAST, AFTER))),
)
def test_the_calendar_does_not_move_drafts_rehearsals_and_closed_campaigns(state: State, today: date) -> None:
    assert effective_state(state, FIRST, LAST, today) is state


def test_the_last_day_ends_at_midnight_in_viet_nam_which_is_17_00_utc() -> None:
    assert end_of_period(LAST) == datetime(2026, 12, 31, 17, tzinfo=UTC)


def test_a_campaign_stopped_taking_answers_when_it_was_closed_or_when_its_period_ended() -> None:
    early = datetime(2026, 11, 20, tzinfo=UTC)
    assert effective_closing(State.CLOSED, early, LAST) == early
    assert effective_closing(State.CLOSED, None, LAST) == end_of_period(LAST)
    assert effective_closing(State.OPEN, None, LAST) is None


@pytest.mark.parametrize("code", ["abc", "cao-bang-2026-pulse", "2026", "a" * 60])
def test_accepts_plain_campaign_codes(code: str) -> None:
    assert is_campaign_code(code)


@pytest.mark.parametrize(
    "code", ["", "ab", "a" * 61, "Cao-Bang", "cao bằng", "cao_bang", "-cao", "cao-", "abc\n", "a/b", "new"]
)
def test_refuses_campaign_codes_that_an_address_or_a_command_line_would_trip_over(code: str) -> None:
    assert not is_campaign_code(code)


def test_reads_channels_once_each_and_in_one_order() -> None:
    assert read_channels(["web", "qr", "web"]) == (Channel.QR, Channel.WEB)


def test_refuses_a_channel_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="fax"):
        read_channels(["qr", "fax"])


def test_every_channel_has_a_population_and_counter_and_link_answers_are_voluntary() -> None:
    assert set(POPULATION_OF) == set(Channel)
    assert population_of([Channel.QR, Channel.WEB]) == {Population.VOLUNTARY}
    assert population_of([Channel.INTERVIEW]) == {Population.PROBABILITY_SAMPLE}


def test_every_state_leads_somewhere_and_everything_has_words() -> None:
    assert set(ENTRY_STATUS_OF) == set(State)
    words = [*map(state_label, State), *map(channel_label, Channel), *map(population_label, Population)]
    assert all(words)
    assert len(set(words)) == len(words)


def test_says_of_voluntary_answers_that_they_are_no_sample() -> None:
    assert "ý kiến tự nguyện, không phải mẫu" in population_label(Population.VOLUNTARY)


@pytest.mark.parametrize(
    ("words", "taken", "code"),
    [
        (["Tỉnh Cao Bằng", "counter_pulse", "2026"], (), "tinh-cao-bang-counter-pulse-2026"),
        (["Đợt"], {"dot", "dot-2"}, "dot-3"),
        (["new"], (), "dot-new"),
        (["名", ""], (), "dot"),
        (["x" * 90], (), "x" * 55),
    ],
)
def test_suggests_a_code_that_is_free_and_can_be_used(words: list[str], taken: set[str], code: str) -> None:
    assert suggest_code(words, taken) == code
    assert is_campaign_code(code)


def test_retitles_the_year_where_it_stands_alone() -> None:
    assert retitle("Đợt 2025 (số 12025, 2025-a)", 2025, 2026) == "Đợt 2026 (số 12025, 2026-a)"


@pytest.mark.parametrize(
    ("day", "later"),
    [(date(2028, 2, 29), date(2029, 2, 28)), (date(2026, 12, 31), date(2027, 12, 31))],
)
def test_a_year_later_is_the_same_day_unless_there_is_none(day: date, later: date) -> None:
    assert a_year_later(day) == later

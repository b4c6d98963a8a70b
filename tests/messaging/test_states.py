"""The table of an outbox message: complete, and safe against sending twice."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.foundation.languages import use_language
from survey_app.messaging.rules.contract import (
    Accepted,
    Cause,
    InDoubt,
    Outcome,
    Permanent,
    Retryable,
    Status,
)
from survey_app.messaging.rules.states import (
    COMMANDS,
    DEAD_LETTERS,
    RANK,
    TABLE,
    TERMINAL,
    WAITING,
    Event,
    Resend,
    State,
    after_status,
    diagram,
    event_of,
    may_resend,
    next_state,
    state_label,
)

# "=" stays, "." is impossible. Written by hand, so that a changed rule has to be meant twice.
EXPECTED = """
           lease  release expire  begin   retry  refuse doubt   give_up not_found accepted sent delivered read failed resend cancel    suppress
queued     leased =       =       .       =      =      unknown dead    =         accepted sent delivered read =      .      cancelled suppressed
leased     .      queued  queued  sending =      =      unknown dead    =         accepted sent delivered read =      .      cancelled suppressed
sending    .      =       unknown .       queued failed unknown dead    =         accepted sent delivered read failed .      .         =
unknown    .      =       =       .       =      =      =       =       queued    accepted sent delivered read failed queued .         =
accepted   .      =       =       .       =      =      =       =       =         =        sent delivered read failed .      .         =
sent       .      =       =       .       =      =      =       =       =         =        =    delivered read failed .      .         =
delivered  .      =       =       .       =      =      =       =       =         =        =    =         read =      .      .         =
read       .      =       =       .       =      =      =       =       =         =        =    =         =    =      .      .         =
failed     .      =       =       .       =      =      =       =       =         =        =    =         =    =      queued .         =
dead       .      =       =       .       =      =      unknown =       =         accepted sent delivered read failed queued .         suppressed
cancelled  .      =       =       .       =      =      =       =       =         =        =    =         =    =      .      .         =
suppressed .      =       =       .       =      =      =       =       =         =        =    =         =    =      .      .         =
"""  # noqa: E501


def expected_table() -> dict[tuple[State, Event], State | None]:
    header, *rows = EXPECTED.strip("\n").splitlines()
    events = [Event(word) for word in header.split()]
    table: dict[tuple[State, Event], State | None] = {}
    for row in rows:
        state, *cells = row.split()
        for event, cell in zip(events, cells, strict=True):
            meant = {"=": State(state), ".": None}
            table[State(state), event] = meant[cell] if cell in meant else State(cell)
    return table


class TestTable:
    """Every state and every event."""

    def test_is_what_was_meant_for_each_pair(self) -> None:
        expected = expected_table()

        assert len(expected) == len(State) * len(Event)
        assert {pair: next_state(*pair) for pair in expected} == expected

    def test_answers_every_fact_in_every_state(self) -> None:
        facts = set(Event) - COMMANDS

        assert all(facts <= set(row) for row in TABLE.values())

    def test_makes_unknown_what_had_begun_when_its_worker_died(self) -> None:
        assert next_state(State.SENDING, Event.EXPIRE) is State.UNKNOWN
        assert next_state(State.LEASED, Event.EXPIRE) is State.QUEUED

    def test_lets_only_the_carriers_word_or_a_person_send_again(self) -> None:
        begun = [state for state in State if state not in WAITING]
        back = {
            event
            for state in begun
            for event, reached in TABLE[state].items()
            if reached in (*WAITING, State.SENDING) and reached is not state
        }

        assert back == {Event.RETRY, Event.NOT_FOUND, Event.RESEND}
        assert [state for state in begun if TABLE[state][Event.RETRY] is State.QUEUED] == [State.SENDING]

    def test_lets_an_opt_out_stop_all_that_has_not_begun(self) -> None:
        assert {TABLE[state][Event.SUPPRESS] for state in (*WAITING, State.DEAD)} == {State.SUPPRESSED}
        assert next_state(State.SUPPRESSED, Event.BEGIN) is None

    def test_ends_where_nothing_leads_out(self) -> None:
        assert {State.READ, State.CANCELLED, State.SUPPRESSED} == TERMINAL

    @settings(deadline=None, max_examples=200)
    @given(st.lists(st.sampled_from(list(Event)), max_size=30))
    def test_never_sends_twice_without_a_word_that_allows_it(self, events: list[Event]) -> None:
        state, allowed = State.QUEUED, True
        for event in events:
            reached = next_state(state, event)
            if reached is State.SENDING and state is not State.SENDING:
                assert allowed
                allowed = False
            allowed = allowed or event in (Event.RETRY, Event.NOT_FOUND, Event.RESEND)
            state = reached or state


class TestReceipts:
    """Callbacks of carriers, in any order and any number."""

    @settings(deadline=None)
    @given(st.permutations([Status.ACCEPTED, Status.SENT, Status.DELIVERED, Status.READ]), st.integers(0, 3))
    def test_end_in_the_furthest_status_whatever_their_order(
        self, statuses: list[Status], repeated: int
    ) -> None:
        state = State.SENDING
        for status in [*statuses, statuses[repeated]]:
            state = after_status(state, status)

        assert state is State.READ

    @pytest.mark.parametrize(
        ("state", "status", "expected"),
        [
            (State.DELIVERED, Status.SENT, State.DELIVERED),
            (State.DELIVERED, Status.FAILED, State.DELIVERED),
            (State.FAILED, Status.DELIVERED, State.FAILED),
            (State.SENT, Status.FAILED, State.FAILED),
            (State.UNKNOWN, Status.DELIVERED, State.DELIVERED),
            (State.QUEUED, Status.SENT, State.SENT),
            (State.QUEUED, Status.FAILED, State.QUEUED),
        ],
    )
    def test_never_step_back_and_settle_doubts(self, state: State, status: Status, expected: State) -> None:
        assert after_status(state, status) is expected

    @pytest.mark.parametrize("state", list(State))
    @pytest.mark.parametrize("status", list(Status))
    def test_never_lower_the_rank(self, state: State, status: Status) -> None:
        assert RANK.get(after_status(state, status), 9) >= RANK.get(state, 0)


class TestEventOf:
    """What an answer to a sending means."""

    @pytest.mark.parametrize(
        ("outcome", "tries_left", "expected"),
        [
            (Accepted("SM1"), True, Event.ACCEPTED),
            (Permanent("21211", Cause.NUMBER), True, Event.REFUSE),
            (InDoubt("timeout"), True, Event.DOUBT),
            (InDoubt("timeout"), False, Event.DOUBT),
            (Retryable("20429"), True, Event.RETRY),
            (Retryable("20429"), False, Event.GIVE_UP),
        ],
    )
    def test_keeps_the_four_outcomes_apart(self, outcome: Outcome, tries_left: bool, expected: Event) -> None:
        assert event_of(outcome, tries_left=tries_left) is expected


class TestMayResend:
    """What a person may do with a dead letter."""

    @pytest.mark.parametrize(
        ("state", "cause", "expected"),
        [
            (State.DEAD, None, Resend.YES),
            (State.UNKNOWN, None, Resend.AFTER_WARNING),
            (State.FAILED, None, Resend.YES),
            (State.FAILED, Cause.CONFIGURATION, Resend.YES),
            (State.FAILED, Cause.CONTENT, Resend.YES),
            (State.FAILED, Cause.NUMBER, Resend.NO),
            (State.FAILED, Cause.OPTED_OUT, Resend.NO),
            (State.SENT, None, Resend.NO),
            (State.SUPPRESSED, None, Resend.NO),
        ],
    )
    def test_depends_on_why_it_was_not_sent(
        self, state: State, cause: Cause | None, expected: Resend
    ) -> None:
        assert may_resend(state, cause) is expected

    @pytest.mark.parametrize("state", list(State))
    def test_is_offered_exactly_where_the_table_allows_it(self, state: State) -> None:
        offered = may_resend(state) is not Resend.NO

        assert offered == (next_state(state, Event.RESEND) is State.QUEUED) == (state in DEAD_LETTERS)


class TestDiagram:
    """The picture made from the table."""

    def test_shows_every_step_once(self) -> None:
        shown = set()
        for origin, reached, events in re.findall(r"(\w+) --> (\w+): (.+)", diagram()):
            origins = (
                ("queued", "leased", "sending", "unknown", "dead") if origin == "uncertain" else (origin,)
            )
            shown |= {(one, event, reached) for one in origins for event in events.split(", ")}
        steps = {(s, e, r) for (s, e), r in expected_table().items() if r not in (None, s)}

        assert shown == {tuple(map(str, step)) for step in steps}

    def test_is_mermaid_with_a_beginning_and_ends(self) -> None:
        lines = diagram().splitlines()

        assert lines[:2] == ["stateDiagram-v2", "    [*] --> uncertain"]
        assert {line.split()[0] for line in lines if line.endswith("--> [*]")} == {
            "read",
            "cancelled",
            "suppressed",
        }


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_state_has_a_label_of_its_own(language: str) -> None:
    with use_language(language):
        assert len({state_label(state) for state in State}) == len(State)

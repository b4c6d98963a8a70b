"""The table of conversations: complete, never asking twice, silent after a refusal."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.messaging.rules.optouts import says_how_to_refuse
from survey_app.messaging.rules.templates import compose, variables_of
from survey_app.messaging.rules.texts import Encoding, measure
from survey_app.texting.operations.plans import values_of
from survey_app.texting.rules import words
from survey_app.texting.rules.conversation import (
    ENDED,
    REFUSED,
    TABLE,
    WAITING,
    Event,
    Say,
    State,
    Store,
    diagram,
    step,
)
from survey_app.texting.rules.words import TEXTS, VARIABLES

PATHS = st.lists(st.sampled_from(Event), max_size=30)


def said_on(path: list[Event]) -> list[Say]:
    """What is said from the invitation on, event by event."""
    state, said = State.INVITED, []
    for event in path:
        follows = step(state, event)
        state = follows.state
        said.append(follows.say)
    return said


class TestTable:
    """States by events."""

    def test_answers_every_event_in_every_state(self) -> None:
        assert {(state, event) for state in TABLE for event in TABLE[state]} == set(product(State, Event))

    def test_reaches_every_state(self) -> None:
        reached = {State.INVITED}
        while more := {step(state, event).state for state in reached for event in Event} - reached:
            reached |= more

        assert reached == set(State)

    @settings(max_examples=300, deadline=None)
    @given(PATHS)
    def test_asks_for_clarity_at_most_once(self, path: list[Event]) -> None:
        said = said_on(path)

        assert said.count(Say.CLARIFY) + said.count(Say.WHICH) <= 1

    @settings(max_examples=300, deadline=None)
    @given(PATHS)
    def test_reminds_at_most_once(self, path: list[Event]) -> None:
        assert said_on(path).count(Say.REMINDER) <= 1

    @settings(max_examples=300, deadline=None)
    @given(PATHS)
    def test_stores_a_first_answer_at_most_once(self, path: list[Event]) -> None:
        state, stored = State.INVITED, []
        for event in path:
            follows = step(state, event)
            stored.append(follows.store)
            state = follows.state

        assert stored.count(Store.NEW) <= 1
        assert Store.CHANGE not in stored or stored.index(Store.NEW) < stored.index(Store.CHANGE)

    @pytest.mark.parametrize(
        ("state", "event"), [*product(REFUSED, sorted(set(Event) - {Event.OPT_IN, Event.WRONG_NUMBER}))]
    )
    def test_says_nothing_and_stores_nothing_after_a_refusal(self, state: State, event: Event) -> None:
        follows = step(state, event)

        assert (follows.state, follows.say, follows.store) == (state, Say.NOTHING, Store.NOTHING)

    @pytest.mark.parametrize("state", State)
    def test_takes_a_refusal_in_every_state_without_an_answer(self, state: State) -> None:
        follows = step(state, Event.OPT_OUT)

        assert (follows.state in REFUSED, follows.say) == (True, Say.NOTHING)

    @pytest.mark.parametrize("state", sorted(set(State) - set(ENDED)))
    def test_ends_when_phone_and_answer_are_parted(self, state: State) -> None:
        assert step(state, Event.CUT).state is State.CLOSED

    def test_is_the_diagram(self) -> None:
        drawn = diagram()
        changes = {(state, follows.state) for state in State for follows in TABLE[state].values()}

        assert all(f"{one} --> {other}: " in drawn for one, other in changes if one is not other)
        assert "invited --> clarifying: unclear (clarify)" in drawn

    def test_first_ratings_are_stored_only_while_one_may_come(self) -> None:
        new = {state for state in State for follows in TABLE[state].values() if follows.store is Store.NEW}

        assert new == set(WAITING)


class TestWords:
    """Texts that are sent."""

    @pytest.mark.parametrize("text", TEXTS.values())
    def test_are_one_segment_of_gsm_7(self, text: str) -> None:
        counted = measure(text)

        assert (counted.encoding, counted.segments) == (Encoding.GSM_7, 1)

    def test_stand_for_everything_that_is_said_without_a_campaign(self) -> None:
        assert set(Say) - set(TEXTS) == {Say.NOTHING, Say.REMINDER, Say.QUESTION}

    @pytest.mark.parametrize(
        ("template", "septets"),
        # The first two as measured when the texts were chosen, with this unit and code.
        [
            (words.INVITATION, 143),
            (words.INVITATION_BY_LINK, 151),
            (words.INVITATION_BY_LINK_ONLY, 147),
            (words.REMINDER, 143),
            (words.REMINDER_BY_LINK, 136),
        ],
    )
    def test_that_invite_fit_in_one_segment_and_name_the_way_to_refuse(
        self, template: str, septets: int
    ) -> None:
        values = values_of("UBND tinh Cao Bang", "8079", "7K3F9M2X", "https://dg.caobang.gov.vn")
        text = compose(template, values, accents=False)

        assert (measure(text).units, measure(text).segments) == (septets, 1)
        assert says_how_to_refuse(text)

    @pytest.mark.parametrize("template", [words.INVITATION, words.INVITATION_BY_LINK, words.REMINDER])
    def test_use_known_variables(self, template: str) -> None:
        assert set(variables_of(template)) <= VARIABLES

    def test_say_that_answers_are_confidential_and_not_that_they_are_anonymous(self) -> None:
        assert "bao mat" in TEXTS[Say.THANKS]
        assert not any("an danh" in text for text in TEXTS.values())

"""What one conversation does with everything that can happen to it: a complete table of states and events.

One conversation stands for one phone and one campaign. Whatever is not a clean rating waits for a person and is
asked for again at most once, so no path through the table clarifies twice. After a refusal nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import product

REPLY_WITHIN = timedelta(days=7)
"""How long an invitation by message stays open."""
CHANGE_WITHIN = timedelta(hours=24)
"""How long a second rating replaces the first."""
LINK_KEPT = timedelta(hours=24)
"""How long after the last reply phone and answer stay linked."""
REMIND_AFTER = timedelta(days=3)


class State(StrEnum):
    """Where a conversation stands."""

    INVITED = "invited"
    REMINDED = "reminded"
    CLARIFYING = "clarifying"
    """The reply was not clear, and was asked for once more."""
    TO_READ = "to_read"
    """A person reads what was sent; a clean rating still counts."""
    ASKING = "asking"
    """Rated; a further question is open."""
    RATED = "rated"
    CLOSED = "closed"
    EXPIRED = "expired"
    OPTED_OUT = "opted_out"
    WRONG_NUMBER = "wrong_number"


class Event(StrEnum):
    """What happens to a conversation."""

    RATING = "rating"
    """The overall question was answered, further questions remain."""
    FULL_RATING = "full_rating"
    """The overall question was answered, and nothing remains to be asked."""
    ANSWER = "answer"
    """The open question was answered, more remain."""
    LAST_ANSWER = "last_answer"
    LATE_RATING = "late_rating"
    """A rating after the time in which it can be changed."""
    CODED_RATING = "coded_rating"
    """A person has read a reply and says what it rates."""
    COMMENT = "comment"
    COMPLAINT = "complaint"
    UNCLEAR = "unclear"
    AMBIGUOUS = "ambiguous"
    """A rating without a code from a phone with several open invitations."""
    HELP = "help"
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    WRONG_NUMBER = "wrong_number"
    ANSWERED_ELSEWHERE = "answered_elsewhere"
    """A rating after the form behind the code was sent on the web."""
    CAMPAIGN_OVER = "campaign_over"
    """A rating after the campaign was closed."""
    REMINDER_DUE = "reminder_due"
    EXPIRY = "expiry"
    CUT = "cut"
    """Phone and answers are parted."""


class Say(StrEnum):
    """Which text is sent."""

    NOTHING = "nothing"
    REMINDER = "reminder"
    CLARIFY = "clarify"
    WHICH = "which"
    QUESTION = "question"
    THANKS = "thanks"
    CHANGED = "changed"
    RECEIVED = "received"
    COMPLAINT = "complaint"
    HELP = "help"
    WELCOME = "welcome"
    ALREADY = "already"
    OVER = "over"


class Store(StrEnum):
    """What becomes of the answers in a reply."""

    NOTHING = "nothing"
    NEW = "new"
    CHANGE = "change"
    """They replace or complete those given before; the readings keep both."""


@dataclass(frozen=True, slots=True)
class Step:
    """What follows an event: the next state, the text to send, what to store."""

    state: State
    say: Say = Say.NOTHING
    store: Store = Store.NOTHING


WAITING = (State.INVITED, State.REMINDED, State.CLARIFYING, State.TO_READ)
"""A first rating may still come."""
UNANSWERED = (State.INVITED, State.REMINDED)
"""Nothing has come from the phone, so that asking it, once more, makes sense."""
LIVE = (*WAITING, State.ASKING, State.RATED)
"""A reply without a code may belong to it."""
REFUSED = (State.OPTED_OUT, State.WRONG_NUMBER)
"""Never written to again in this conversation."""
ENDED = (State.CLOSED, State.EXPIRED, *REFUSED)

RATINGS = frozenset({Event.RATING, Event.FULL_RATING, Event.ANSWER, Event.LAST_ANSWER})
"""Clean answers to the questions that were asked."""

_ALWAYS = {Event.OPT_OUT: Step(State.OPTED_OUT), Event.WRONG_NUMBER: Step(State.WRONG_NUMBER)}
_STILL_WAITING = {
    Event.RATING: Step(State.ASKING, Say.QUESTION, Store.NEW),
    Event.FULL_RATING: Step(State.RATED, Say.THANKS, Store.NEW),
    Event.CODED_RATING: Step(State.RATED, Say.NOTHING, Store.NEW),
    Event.COMMENT: Step(State.TO_READ, Say.RECEIVED),
    Event.COMPLAINT: Step(State.TO_READ, Say.COMPLAINT),
    Event.ANSWERED_ELSEWHERE: Step(State.CLOSED, Say.ALREADY),
    Event.CAMPAIGN_OVER: Step(State.CLOSED, Say.OVER),
    Event.EXPIRY: Step(State.EXPIRED),
    Event.CUT: Step(State.CLOSED),
}
_NOT_ASKED_AGAIN_YET = {
    Event.UNCLEAR: Step(State.CLARIFYING, Say.CLARIFY),
    Event.AMBIGUOUS: Step(State.CLARIFYING, Say.WHICH),
}
_STEPS: Mapping[State, Mapping[Event, Step]] = {
    State.INVITED: {
        **_STILL_WAITING,
        **_NOT_ASKED_AGAIN_YET,
        Event.HELP: Step(State.INVITED, Say.HELP),
        Event.OPT_IN: Step(State.INVITED, Say.WELCOME),
        Event.REMINDER_DUE: Step(State.REMINDED, Say.REMINDER),
    },
    State.REMINDED: {
        **_STILL_WAITING,
        **_NOT_ASKED_AGAIN_YET,
        Event.HELP: Step(State.REMINDED, Say.HELP),
        Event.OPT_IN: Step(State.REMINDED, Say.WELCOME),
    },
    State.CLARIFYING: {
        **_STILL_WAITING,
        Event.UNCLEAR: Step(State.TO_READ),
        Event.AMBIGUOUS: Step(State.TO_READ),
        Event.HELP: Step(State.CLARIFYING, Say.HELP),
        Event.OPT_IN: Step(State.CLARIFYING, Say.WELCOME),
    },
    State.TO_READ: {
        **_STILL_WAITING,
        Event.COMMENT: Step(State.TO_READ),
        Event.COMPLAINT: Step(State.TO_READ, Say.COMPLAINT),
        Event.HELP: Step(State.TO_READ, Say.HELP),
        Event.OPT_IN: Step(State.TO_READ, Say.WELCOME),
    },
    State.ASKING: {
        Event.RATING: Step(State.ASKING, Say.QUESTION, Store.CHANGE),
        Event.FULL_RATING: Step(State.RATED, Say.THANKS, Store.CHANGE),
        Event.ANSWER: Step(State.ASKING, Say.QUESTION, Store.CHANGE),
        Event.LAST_ANSWER: Step(State.RATED, Say.THANKS, Store.CHANGE),
        Event.CODED_RATING: Step(State.ASKING, Say.NOTHING, Store.CHANGE),
        Event.COMMENT: Step(State.RATED, Say.THANKS),
        Event.COMPLAINT: Step(State.RATED, Say.COMPLAINT),
        Event.UNCLEAR: Step(State.RATED, Say.THANKS),
        Event.AMBIGUOUS: Step(State.RATED, Say.THANKS),
        Event.HELP: Step(State.ASKING, Say.HELP),
        Event.OPT_IN: Step(State.ASKING, Say.WELCOME),
        Event.CAMPAIGN_OVER: Step(State.RATED, Say.OVER),
        Event.CUT: Step(State.CLOSED),
    },
    State.RATED: {
        Event.RATING: Step(State.RATED, Say.CHANGED, Store.CHANGE),
        Event.FULL_RATING: Step(State.RATED, Say.CHANGED, Store.CHANGE),
        Event.CODED_RATING: Step(State.RATED, Say.NOTHING, Store.CHANGE),
        Event.COMPLAINT: Step(State.RATED, Say.COMPLAINT),
        Event.HELP: Step(State.RATED, Say.HELP),
        Event.OPT_IN: Step(State.RATED, Say.WELCOME),
        Event.CUT: Step(State.CLOSED),
    },
    State.CLOSED: {
        Event.HELP: Step(State.CLOSED, Say.HELP),
        Event.OPT_IN: Step(State.CLOSED, Say.WELCOME),
    },
    State.EXPIRED: {
        **dict.fromkeys(RATINGS, Step(State.CLOSED, Say.OVER)),
        Event.HELP: Step(State.EXPIRED, Say.HELP),
        Event.OPT_IN: Step(State.EXPIRED, Say.WELCOME),
    },
    State.OPTED_OUT: {Event.OPT_IN: Step(State.CLOSED, Say.WELCOME)},
    State.WRONG_NUMBER: {Event.OPT_OUT: Step(State.WRONG_NUMBER)},
}

TABLE: Mapping[State, Mapping[Event, Step]] = {
    state: {event: Step(state) for event in Event} | _ALWAYS | dict(_STEPS[state]) for state in State
}
"""The step for every event in every state; most change nothing."""


def step(state: State, event: Event) -> Step:
    """Return what follows `event`."""
    return TABLE[state][event]


def diagram() -> str:
    """Return the table as a Mermaid state diagram; what changes nothing and says nothing is left out."""
    arrows = [
        f"    {state} --> {step.state}: {', '.join(events)}"
        for state, target in product(State, State)
        for step, events in _grouped(state, target)
    ]
    return "\n".join(["stateDiagram-v2", "    [*] --> invited", *arrows])


def _grouped(state: State, target: State) -> list[tuple[Step, list[str]]]:
    found: dict[Step, list[str]] = {}
    for event, follows in TABLE[state].items():
        if follows.state is target and follows != Step(state):
            found.setdefault(follows, []).append(event.value)
    return [
        (
            follows,
            [f"{event} ({follows.say})" if follows.say is not Say.NOTHING else event for event in events],
        )
        for follows, events in found.items()
    ]

"""Where a message in the outbox stands, and what every event makes of it.

The table is complete. A fact (what a carrier, a worker or the clock says) has an answer in every state, if only
"stay", for facts come late, twice and in any order. A command may be impossible, and then the table is silent. A
message whose sending had begun is never queued again on its own account: only the carrier's word that it
was not sent, or a person, brings it back. A worker's answer belongs to the attempt that it began: whoever asks this
table drops the answers of earlier attempts, doubts and acceptances apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from itertools import product

from survey_app.foundation.languages import gettext as _
from survey_app.messaging.rules.contract import Accepted, Cause, InDoubt, Outcome, Permanent, Status


class State(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    LEASED = "leased"
    """A worker has taken it and has not begun."""
    SENDING = "sending"
    """Written before the call to the carrier, so that a worker that dies leaves a trace."""
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    """The carrier said: never."""
    DEAD = "dead"
    """Tried for as long as may be."""
    UNKNOWN = "unknown"
    """It may have been sent."""
    CANCELLED = "cancelled"
    SUPPRESSED = "suppressed"
    """The phone wants no messages or cannot take any."""


class Event(StrEnum):
    """What happens to a message."""

    LEASE = "lease"
    RELEASE = "release"
    """Given back before it began: not now, because of the hour, the pace or a limit."""
    EXPIRE = "expire"
    """The lease ran out: the worker has died or hangs."""
    BEGIN = "begin"
    RETRY = "retry"
    """Not sent, and later it may be."""
    REFUSE = "refuse"
    """Not sent, and never will be."""
    DOUBT = "doubt"
    """Nobody can tell whether it was sent."""
    GIVE_UP = "give_up"
    NOT_FOUND = "not_found"
    """The carrier was asked and never had it."""
    ACCEPTED = "accepted"
    """The carrier has it, by its own answer or by a look-up."""
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    RESEND = "resend"
    """A person sends it again from the list of dead letters; see `may_resend`."""
    CANCEL = "cancel"
    SUPPRESS = "suppress"


RANK = {State.ACCEPTED: 1, State.SENT: 2, State.DELIVERED: 3, State.READ: 4}
"""Order of a carrier's statuses. Its calls come in any order, so a step back is ignored."""

UNCERTAIN = (State.QUEUED, State.LEASED, State.SENDING, State.UNKNOWN, State.DEAD)
"""Not known to have been sent. A receipt proves that it was, even if it was to be tried again."""

_EVIDENCE = {Event(state.value): state for state in RANK}

COMMANDS = frozenset({Event.LEASE, Event.BEGIN, Event.RESEND, Event.CANCEL})
"""Refused where the table is silent; all other events are facts."""

# DOUBT outside SENDING: a worker that was thought dead comes back; its word must stop a second sending.
_WAITING_STEPS = {
    Event.DOUBT: State.UNKNOWN,
    Event.GIVE_UP: State.DEAD,
    Event.CANCEL: State.CANCELLED,
    Event.SUPPRESS: State.SUPPRESSED,
}
_STEPS: dict[State, dict[Event, State]] = {
    State.QUEUED: _WAITING_STEPS | {Event.LEASE: State.LEASED},
    State.LEASED: _WAITING_STEPS
    | {Event.BEGIN: State.SENDING, Event.RELEASE: State.QUEUED, Event.EXPIRE: State.QUEUED},
    State.SENDING: {
        Event.RETRY: State.QUEUED,
        Event.REFUSE: State.FAILED,
        Event.GIVE_UP: State.DEAD,
        Event.DOUBT: State.UNKNOWN,
        Event.EXPIRE: State.UNKNOWN,
        Event.FAILED: State.FAILED,
    },
    State.UNKNOWN: {
        Event.NOT_FOUND: State.QUEUED,
        Event.FAILED: State.FAILED,
        Event.RESEND: State.QUEUED,
    },
    State.DEAD: {
        Event.DOUBT: State.UNKNOWN,
        Event.FAILED: State.FAILED,
        Event.RESEND: State.QUEUED,
        Event.SUPPRESS: State.SUPPRESSED,
    },
    State.ACCEPTED: {Event.FAILED: State.FAILED},
    State.SENT: {Event.FAILED: State.FAILED},
    State.FAILED: {Event.RESEND: State.QUEUED},
    State.DELIVERED: {},
    State.READ: {},
    State.CANCELLED: {},
    State.SUPPRESSED: {},
}


def _row(state: State) -> dict[Event, State]:
    stays = {event: state for event in Event if event not in COMMANDS}
    forward = {
        event: reached
        for event, reached in _EVIDENCE.items()
        if state in UNCERTAIN or RANK.get(state, len(RANK)) < RANK[reached]
    }
    return stays | forward | _STEPS[state]


TABLE: dict[State, dict[Event, State]] = {state: _row(state) for state in State}
"""Next state by state and event; a command that is missing is impossible in that state."""


def next_state(state: State, event: Event) -> State | None:
    """Return the state after `event`, the same state if it changes nothing, None if it is impossible there."""
    return TABLE[state].get(event)


def after_status(state: State, status: Status) -> State:
    """Return the state after a carrier's receipt; steps back and repetitions leave it as it is."""
    return TABLE[state][Event(status.value)]


def event_of(outcome: Outcome, *, tries_left: bool) -> Event:
    """Return what the carrier's answer to a sending means; `tries_left`: it may be tried again."""
    if isinstance(outcome, Accepted):
        return Event.ACCEPTED
    if isinstance(outcome, Permanent):
        return Event.REFUSE
    if isinstance(outcome, InDoubt):
        return Event.DOUBT
    return Event.RETRY if tries_left else Event.GIVE_UP


TERMINAL = frozenset(state for state, row in TABLE.items() if set(row.values()) <= {state})
"""No event leads out of these."""
WAITING = frozenset({State.QUEUED, State.LEASED})
"""May still be cancelled or suppressed in time."""
DEAD_LETTERS = (State.UNKNOWN, State.DEAD, State.FAILED)
"""Shown to a person, the most urgent first."""


class Resend(StrEnum):
    """What a person may do with a dead letter."""

    NO = "no"
    YES = "yes"
    AFTER_WARNING = "after_warning"
    """The phone may get the message twice; the person must say that this is better than not at all."""


_CURABLE = frozenset({Cause.CONFIGURATION, Cause.CONTENT, Cause.ROUTE, Cause.OURS})


def may_resend(state: State, cause: Cause | None = None) -> Resend:
    """Say whether a person may send a message again; an opt-out and an unreachable number stand in the way.

    `cause` is why it failed; a failure that the carrier gives no cause for may be tried again.
    """
    if state is State.UNKNOWN:
        return Resend.AFTER_WARNING
    curable = state is State.DEAD or (state is State.FAILED and (cause is None or cause in _CURABLE))
    return Resend.YES if curable else Resend.NO


def diagram() -> str:
    """Return the table as a Mermaid state diagram; what changes nothing is left out.

    Receipts move all uncertain states alike, so these stand in a frame of their own.
    """
    certain = [state for state in State if state not in UNCERTAIN]
    return "\n".join(
        [
            "stateDiagram-v2",
            "    [*] --> uncertain",
            "    state uncertain {",
            "        [*] --> queued",
            *(f"    {line}" for line in _arrows(UNCERTAIN, UNCERTAIN)),
            "    }",
            *(f"    uncertain --> {reached}: {event}" for event, reached in _EVIDENCE.items()),
            *_arrows(UNCERTAIN, certain),
            *_arrows(certain, State),
            *(f"    {state} --> [*]" for state in State if state in TERMINAL),
        ]
    )


def _arrows(origins: Iterable[State], targets: Iterable[State]) -> list[str]:
    """Return the lines from `origins` to other states, receipts of uncertain states apart."""
    pairs = [(state, reached) for state, reached in product(origins, targets) if state is not reached]
    arrows = []
    for state, reached in pairs:
        events = [
            event for event, to in TABLE[state].items() if to is reached and not _is_framed(state, event)
        ]
        arrows += [f"    {state} --> {reached}: {', '.join(events)}"] if events else []
    return arrows


def _is_framed(state: State, event: Event) -> bool:
    return state in UNCERTAIN and event in _EVIDENCE


def state_label(state: State) -> str:
    """Return the state in the reader's words."""
    return {
        State.QUEUED: _("đang chờ gửi"),
        State.LEASED: _("sắp gửi"),
        State.SENDING: _("đang gửi"),
        State.ACCEPTED: _("nhà mạng đã nhận"),
        State.SENT: _("đã gửi"),
        State.DELIVERED: _("đã đến máy"),
        State.READ: _("đã đọc"),
        State.FAILED: _("không gửi được"),
        State.DEAD: _("đã thôi gửi lại"),
        State.UNKNOWN: _("chưa rõ đã gửi hay chưa"),
        State.CANCELLED: _("đã hủy"),
        State.SUPPRESSED: _("không gửi theo yêu cầu"),
    }[state]

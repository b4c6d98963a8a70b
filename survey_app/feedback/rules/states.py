"""One table of what may happen to a case and when; who may do it stands in `permissions`.

The diagram in docs/feedback-states.md is made from this table (`diagram`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a case stands."""

    NEW = "new"
    RECEIVED = "received"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    WAITING = "waiting"
    DRAFTED = "drafted"
    APPROVED = "approved"
    ANSWERED = "answered"
    REOPENED = "reopened"
    CLOSED = "closed"
    REFUSED = "refused"
    FORWARDED = "forwarded"
    SPLIT = "split"
    MERGED = "merged"
    DIVERTED = "diverted"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What can be done with a case; every one that happened is an event of it."""

    OPEN = "open"
    RECEIVE = "receive"
    CLASSIFY = "classify"
    ASSIGN = "assign"
    UNASSIGN = "unassign"
    TAKE = "take"
    TRANSFER = "transfer"
    FORWARD = "forward"
    REFUSE = "refuse"
    ASK = "ask"
    SUPPLEMENT = "supplement"
    RESUME = "resume"
    DRAFT = "draft"
    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    SEND = "send"
    ANSWER_WITH_PRIMARY = "answer_with_primary"
    EXTEND = "extend"
    SPLIT = "split"
    MERGE = "merge"
    UNMERGE = "unmerge"
    DIVERT = "divert"
    RATE = "rate"
    REOPEN = "reopen"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    NOTE = "note"
    ATTACH = "attach"
    REDACT = "redact"
    PUBLISH = "publish"
    RETRACT = "retract"
    WARN = "warn"
    ESCALATE = "escalate"
    SUCCEED = "succeed"


class Clock(StrEnum):
    """What a move does to the clock that runs on the case."""

    KEEP = "keep"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class Move:
    """A step out of one of `sources`; `target` None leaves the state as it is.

    `says_why`: a reason that the citizen can read must be given. `is_told`: the citizen is told that something
    changed, if he asked for it. `names_body`: the competent body must be named. `if_nobody` is the target where
    nobody handles the case. `others` are further targets: where a merged case came from, or where its primary went.
    """

    step: Step
    sources: frozenset[State]
    target: State | None
    clock: Clock = Clock.KEEP
    says_why: bool = False
    is_told: bool = False
    names_body: bool = False
    if_nobody: State | None = None
    others: frozenset[State] = frozenset()

    def targets(self, source: State) -> tuple[State, ...]:
        """Return every state in which the move out of `source` may end, the usual one first."""
        usual = self.target or source
        further = {self.if_nobody} - {None, usual} | self.others - {usual}
        return (usual, *sorted(state for state in further if state))


_S = State
BEING_HANDLED = frozenset({_S.ASSIGNED, _S.IN_PROGRESS, _S.REOPENED})
OPEN = frozenset({_S.NEW, _S.RECEIVED, _S.WAITING, _S.DRAFTED, _S.APPROVED}) | BEING_HANDLED
ENDED = frozenset({_S.ANSWERED, _S.CLOSED, _S.REFUSED, _S.FORWARDED})
TURNED_ASIDE = frozenset({_S.SPLIT, _S.MERGED, _S.DIVERTED, _S.WITHDRAWN})
TO_TRIAGE = frozenset({_S.NEW, _S.RECEIVED})
_BEFORE_ANSWER = TO_TRIAGE | BEING_HANDLED
_ANSWERED = frozenset({_S.ANSWERED, _S.CLOSED})
_ANY = OPEN | ENDED
HANDLED = ENDED
"""States that a report counts as handled."""
STILL_MOVING = OPEN | {_S.ANSWERED, _S.MERGED}
"""What the successor of a closed unit takes over; what has ended stays in the old unit's reports."""

MOVES: tuple[Move, ...] = (
    Move(Step.RECEIVE, frozenset({_S.NEW}), _S.RECEIVED, is_told=True),
    Move(Step.CLASSIFY, OPEN, None),
    # Who gives a new case to somebody has received it.
    Move(Step.ASSIGN, frozenset({_S.NEW}), _S.ASSIGNED, is_told=True),
    Move(Step.ASSIGN, frozenset({_S.RECEIVED}), _S.ASSIGNED),
    Move(Step.ASSIGN, BEING_HANDLED | {_S.WAITING, _S.DRAFTED, _S.APPROVED}, None),
    Move(Step.UNASSIGN, frozenset({_S.ASSIGNED, _S.IN_PROGRESS}), _S.RECEIVED),
    Move(Step.UNASSIGN, frozenset({_S.REOPENED, _S.WAITING, _S.DRAFTED, _S.APPROVED}), None),
    Move(Step.TAKE, frozenset({_S.RECEIVED, _S.ASSIGNED, _S.REOPENED}), _S.IN_PROGRESS),
    Move(Step.TRANSFER, _BEFORE_ANSWER, _S.RECEIVED, Clock.RESTART, says_why=True, is_told=True),
    Move(
        Step.FORWARD, _BEFORE_ANSWER, _S.FORWARDED, Clock.STOP, says_why=True, is_told=True, names_body=True
    ),
    Move(Step.REFUSE, _BEFORE_ANSWER, _S.REFUSED, Clock.STOP, says_why=True, is_told=True, names_body=True),
    Move(Step.ASK, _BEFORE_ANSWER, _S.WAITING, Clock.PAUSE, says_why=True, is_told=True),
    Move(Step.SUPPLEMENT, frozenset({_S.WAITING}), _S.IN_PROGRESS, Clock.RESUME, if_nobody=_S.RECEIVED),
    Move(
        Step.RESUME,
        frozenset({_S.WAITING}),
        _S.IN_PROGRESS,
        Clock.RESUME,
        says_why=True,
        if_nobody=_S.RECEIVED,
    ),
    Move(Step.DRAFT, frozenset({_S.ASSIGNED, _S.REOPENED}), _S.IN_PROGRESS),
    Move(Step.DRAFT, frozenset({_S.IN_PROGRESS}), None),
    Move(Step.SUBMIT, BEING_HANDLED, _S.DRAFTED),
    Move(Step.RETURN, frozenset({_S.DRAFTED, _S.APPROVED}), _S.IN_PROGRESS),
    Move(Step.APPROVE, frozenset({_S.DRAFTED}), _S.APPROVED),
    Move(Step.SEND, frozenset({_S.APPROVED}), _S.ANSWERED, Clock.STOP, is_told=True),
    # What is decided for the primary reaches everybody: also that another body is competent.
    Move(
        Step.ANSWER_WITH_PRIMARY,
        frozenset({_S.MERGED}),
        _S.ANSWERED,
        Clock.STOP,
        is_told=True,
        others=frozenset({_S.REFUSED, _S.FORWARDED}),
    ),
    Move(Step.EXTEND, OPEN - {_S.WAITING}, None, says_why=True, is_told=True),
    Move(Step.SPLIT, _BEFORE_ANSWER, _S.SPLIT, Clock.STOP, says_why=True, is_told=True),
    Move(Step.MERGE, _BEFORE_ANSWER, _S.MERGED, Clock.STOP, is_told=True),
    # Back to where it was: the state stands in the record of the merge.
    Move(Step.UNMERGE, frozenset({_S.MERGED}), _S.RECEIVED, Clock.RESUME, others=_BEFORE_ANSWER),
    Move(Step.DIVERT, OPEN, _S.DIVERTED, Clock.STOP, says_why=True, is_told=True),
    Move(Step.RATE, _ANSWERED, None),
    # Closing is for the desk's order only: the citizen's window for reopening is counted from the answer.
    Move(Step.REOPEN, _ANSWERED, _S.REOPENED, Clock.RESTART, says_why=True),
    Move(Step.CLOSE, frozenset({_S.ANSWERED}), _S.CLOSED),
    Move(Step.WITHDRAW, OPEN | {_S.MERGED}, _S.WITHDRAWN, Clock.STOP),
    Move(Step.NOTE, _ANY, None),
    Move(Step.ATTACH, _ANY, None),
    Move(Step.REDACT, _ANY, None),
    Move(Step.PUBLISH, _ANSWERED, None),
    # Whatever became of a case: what should not be public can be taken back.
    Move(Step.RETRACT, _ANY | TURNED_ASIDE, None, says_why=True),
    Move(Step.WARN, OPEN, None),
    Move(Step.ESCALATE, OPEN, None),
    Move(Step.SUCCEED, _ANY | TURNED_ASIDE, None),
)

UNNOTICED = frozenset({Step.WARN, Step.ESCALATE})
"""What a rule does to a case beside the people at work: nobody's unsaved text is out of date by it."""


def move_from(state: State, step: Step) -> Move | None:
    """Return the move that `step` makes out of `state`, None if it is not allowed there."""
    return next((move for move in MOVES if move.step is step and state in move.sources), None)


def steps_from(state: State) -> Iterable[Step]:
    """Yield the steps that are allowed in `state`, in the order of the table."""
    return (move.step for move in MOVES if state in move.sources)


def is_receipt(state: State) -> bool:
    """Say whether a case that comes to `state` was taken in: it is handled here, or the agency sends it on."""
    return state in OPEN - {_S.NEW, _S.WAITING} | {_S.FORWARDED}


def diagram() -> str:
    """Return the moves that change a state as a Mermaid state diagram; steps between the same two share an arrow."""
    arrows: dict[tuple[State, State], list[Step]] = {}
    for source in State:
        for move in MOVES:
            if source in move.sources:
                _draw(arrows, source, move)
    lines = (f"    {a} --> {b}: {', '.join(steps)}" for (a, b), steps in arrows.items())
    return "\n".join(["stateDiagram-v2", f"    [*] --> {State.NEW}: {Step.OPEN}", *lines, ""])


def _draw(arrows: dict[tuple[State, State], list[Step]], source: State, move: Move) -> None:
    for target in move.targets(source):
        if target is not source:
            arrows.setdefault((source, target), []).append(move.step)

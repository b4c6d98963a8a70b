"""Random lives of cases, made by the desk's own moves; and what a report must say of them, read from events alone."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, CaseEvent
from survey_app.feedback.operations.moves import make_move, open_with_event
from survey_app.feedback.rules.actors import SYSTEM
from survey_app.feedback.rules.kinds import Anonymity, Channel, Kind, SubjectClass
from survey_app.feedback.rules.reports import IN_PROGRESS, Period
from survey_app.feedback.rules.states import ENDED, MOVES, State, Step
from tests.feedback.case_desk import INSTALLATION, OFFICE, OTHER_WARD, WARD

UNITS, FIELDS = (WARD, OTHER_WARD, OFFICE), ("Đất đai", "Hộ tịch", "")
_OFTEN = (Step.SEND, Step.REOPEN, Step.TRANSFER, Step.SUCCEED, Step.MERGE, Step.ANSWER_WITH_PRIMARY)
_CLASSES = (None, *SubjectClass)


def live(session: Session, *, rng: random.Random, since: datetime, days: int, cases: int) -> None:
    """Open cases on random days and let random moves happen to them, in the order of time."""
    openings = sorted(since + timedelta(minutes=rng.randrange(days * 1440)) for _ in range(cases))
    for number, opened_at in enumerate(openings):
        case = _opened(session, rng, number, opened_at)
        instant = opened_at
        for _ in range(rng.randrange(9)):
            instant += timedelta(minutes=rng.randrange(1, 50 * 1440))
            _move(session, rng, case, instant)


def _opened(session: Session, rng: random.Random, number: int, at: datetime) -> Case:
    unit, is_part = rng.choice(UNITS), rng.random() < 0.1
    case = Case(
        code=f"{number:011d}",
        pin_digest="0" * 64,
        submission_id=f"life-{number}",
        kind=rng.choice([Kind.PETITION, Kind.PETITION, Kind.QUESTION]),
        field=rng.choice(FIELDS),
        subject_class=rng.choice(_CLASSES),
        channel=Channel.WEB,
        anonymity=Anonymity.OFFICERS_ONLY,
        unit_path=unit,
        received_path=unit,
        text="Đèn hỏng",
        state=State.NEW,
        # A part keeps the date of its whole, which may lie a quarter back.
        created_at=at - timedelta(days=rng.randrange(100)) if is_part else at,
        part_of_id=session.scalars(select(Case.id).limit(1)).first() if is_part else None,
        part=number if is_part else None,
    )
    open_with_event(session, case=case, actor=SYSTEM, now=at)
    return case


def _move(session: Session, rng: random.Random, case: Case, at: datetime) -> None:
    moves = [move for move in MOVES if case.state in move.sources]
    move = rng.choice([one for one in moves if one.step in _OFTEN] or moves)
    to = rng.choice([unit for unit in UNITS if unit != case.unit_path])
    moves_on = move.step in (Step.TRANSFER, Step.SUCCEED)
    make_move(
        session,
        case=case,
        step=move.step,
        actor=SYSTEM,
        installation=INSTALLATION,
        now=at,
        reason="Lý do",
        body="Cơ quan khác",
        target=rng.choice(move.targets(case.state)),
        details={"from": case.unit_path, "to": to} if moves_on else None,
        changes={"unit_path": to} if moves_on else {},
    )


@dataclass(frozen=True)
class Life:
    """A case and its events in their order."""

    case: Case
    events: Sequence[CaseEvent]

    def state_at(self, instant: datetime) -> State | None:
        """Return where it stood just before an instant."""
        states = [event.to_state for event in self.events if event.at < instant]
        return states[-1] if states else None

    def unit_at(self, instant: datetime) -> str:
        """Return who had it just before an instant: followed from the first unit on, by where it was sent."""
        moved = [event for event in self.events if event.step in (Step.TRANSFER, Step.SUCCEED)]
        gone = [event.details["to"] for event in moved if event.at < instant]
        return str(gone[-1] if gone else self.case.received_path)

    def is_in_progress(self, instant: datetime) -> bool:
        """Say whether its sender was still waiting then."""
        return self.state_at(instant) in IN_PROGRESS

    def is_present(self, period: Period) -> bool:
        """Say whether it was in progress at any time in the period."""
        began = any(
            period.begins_at <= event.at < period.ends_at and event.step in (Step.OPEN, Step.REOPEN)
            for event in self.events
        )
        return self.is_in_progress(period.begins_at) or began


def lives(session: Session) -> Iterator[Life]:
    """Return every case with its events."""
    for case in session.scalars(select(Case).order_by(Case.id)):
        query = select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id)
        yield Life(case, session.scalars(query).all())


def expected(all_lives: Sequence[Life], period: Period, kind: Kind = Kind.PETITION) -> Counter[str]:
    """Count the figures of a period, one case after the other."""
    counts: Counter[str] = Counter()
    for life in all_lives:
        if life.case.kind is not kind or not life.is_present(period):
            continue
        after = life.state_at(period.ends_at)
        outcome = "in_progress" if after in IN_PROGRESS else "handled" if after in ENDED else "set_aside"
        by_class = str(life.case.subject_class or "unclassified")
        source = "carried_over" if life.is_in_progress(period.begins_at) else "new"
        counts.update(["total", outcome, by_class, source])
        counts.update([f"handled_{by_class}"] if outcome == "handled" else [])
    return counts

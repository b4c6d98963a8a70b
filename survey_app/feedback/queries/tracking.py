"""What a sender sees of the own case: with the code where it stands, with the PIN what was written and answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import (
    Answer,
    Attachment,
    Case,
    CaseClock,
    CaseContact,
    CaseEvent,
    CaseRating,
    Grievance,
)
from survey_app.feedback.queries.calendars import calendar_for
from survey_app.feedback.queries.settings import settings_for
from survey_app.feedback.rules.answers import Part, part_label
from survey_app.feedback.rules.kinds import Anonymity, Kind
from survey_app.feedback.rules.states import State
from survey_app.feedback.rules.time_left import time_left
from survey_app.feedback.rules.tracking import (
    ASKS_FOR_PIN,
    CHANGEABLE,
    OPEN_REASONS,
    due_words,
    reopen_until,
    state_words,
    step_words,
)
from survey_app.foundation.clock import local_date
from survey_app.offices.queries import names_by_path


@dataclass(frozen=True, slots=True)
class TrackedStep:
    """One thing that happened, as the sender reads it."""

    at: datetime
    words: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TrackedDue:
    """Until when something must be done; `left` is working time until then, or since if `is_late`."""

    words: str
    at: datetime
    left: str
    is_late: bool
    is_paused: bool


@dataclass(frozen=True, slots=True)
class Tracked:
    """Where something stands; texts are for people. `parts` are number and status of each part of a split case."""

    code: str
    status: str
    next_step: str
    unit_name: str
    sent_at: datetime
    dues: Sequence[TrackedDue] = ()
    competent_body: str = ""
    steps: Sequence[TrackedStep] = ()
    parts: Sequence[tuple[str, str]] = ()
    pin_digest: str = field(default="", repr=False)
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer that was sent: headings and texts in the order they are read."""

    sent_at: datetime
    parts: Sequence[tuple[str, str]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Contents:
    """What the PIN opens."""

    kind: Kind
    text: str = field(repr=False)
    proposal: str = field(repr=False)
    place: str
    anonymity: Anonymity
    answers: Sequence[GivenAnswer]
    files: Sequence[tuple[str, str]]
    satisfaction: int | None
    can_supplement: bool
    can_rate: bool
    can_withdraw: bool
    reopen_until: date | None
    gets_notices: bool


def tracked(session: Session, code: str, *, now: datetime, has_pin: bool = False) -> Tracked | None:
    """Return where the case or grievance with this code stands, None for a code that was never given out.

    Of a grievance, or of a case that became one, only that it is being handled is told, whoever asks.
    """
    # Both are always asked, so that a wrong code takes as long as a right one.
    grievance = session.scalars(select(Grievance).where(Grievance.code == code)).one_or_none()
    case = session.scalars(select(Case).where(Case.code == code)).one_or_none()
    if grievance is not None:
        return _tracked_grievance(session, grievance)
    return None if case is None else _tracked_case(session, case, now, has_pin)


def _tracked_grievance(session: Session, grievance: Grievance) -> Tracked:
    status, next_step = state_words(State.DIVERTED)
    return Tracked(
        code=grievance.code,
        status=status,
        next_step=next_step,
        unit_name=_name(session, grievance.unit_path),
        sent_at=grievance.received_at,
        pin_digest=grievance.pin_digest,
    )


def _tracked_case(session: Session, case: Case, now: datetime, has_pin: bool) -> Tracked:
    status, next_step = state_words(case.state)
    return Tracked(
        code=case.code,
        status=status,
        next_step="" if has_pin and case.state in ASKS_FOR_PIN else next_step,
        unit_name=_name(session, case.unit_path),
        sent_at=case.created_at,
        dues=_dues(session, case, now),
        competent_body=case.competent_body,
        steps=_steps(session, case, has_pin),
        parts=_parts(session, case),
        pin_digest=case.pin_digest,
        case_id=case.id,
    )


def _name(session: Session, path: str) -> str:
    return names_by_path(session, [path])[path]


def _dues(session: Session, case: Case, now: datetime) -> list[TrackedDue]:
    """Return the limits that run or pause; those between offices are no promise to the sender."""
    query = select(CaseClock).where(CaseClock.case_id == case.id, CaseClock.stopped_at.is_(None))
    calendar = calendar_for(session, case.unit_path)
    dues = []
    for clock in session.scalars(query.order_by(CaseClock.due_at)):
        words = due_words(clock.duty)
        if words is None:
            continue
        left = time_left(calendar, due_at=clock.due_at, now=now)
        is_paused = clock.paused_at is not None
        dues.append(TrackedDue(words, clock.due_at, left, clock.due_at < now, is_paused))
    return dues


def _steps(session: Session, case: Case, has_pin: bool) -> list[TrackedStep]:
    query = select(CaseEvent.at, CaseEvent.step, CaseEvent.reason).where(CaseEvent.case_id == case.id)
    return [
        TrackedStep(at, words, reason if has_pin or step in OPEN_REASONS else "")
        for at, step, reason in session.execute(query.order_by(CaseEvent.id))
        if (words := step_words(step)) is not None
    ]


def _parts(session: Session, case: Case) -> list[tuple[str, str]]:
    """Return number and status of each part of a case that was split."""
    if case.state is not State.SPLIT:
        return []
    query = select(Case.part, Case.state).where(Case.part_of_id == case.id).order_by(Case.part)
    return [(str(part), state_words(state)[0]) for part, state in session.execute(query)]


def contents(session: Session, case: Case, *, now: datetime) -> Contents:
    """Return what the sender wrote, what was answered, and what can still be done."""
    settings = settings_for(session, case.unit_path)
    until = reopen_until(case.state, ended_at=case.ended_at, reopened=case.reopened, settings=settings)
    rating = rating_of(session, case)
    contact = session.get(CaseContact, case.id)
    is_answered = case.state in (State.ANSWERED, State.CLOSED)
    return Contents(
        kind=case.kind,
        text=case.text,
        proposal=case.proposal,
        place=case.place,
        anonymity=case.anonymity,
        answers=answers_given(session, case),
        files=_files(session, case),
        satisfaction=rating.satisfaction if rating else None,
        can_supplement=case.state is State.WAITING,
        can_rate=is_answered and rating is None,
        can_withdraw=case.state in CHANGEABLE,
        reopen_until=until if until is not None and local_date(now) <= until else None,
        gets_notices=contact is not None and contact.wants_notices,
    )


def rating_of(session: Session, case: Case) -> CaseRating | None:
    """Return the rating of the present answer, None if there is none yet."""
    query = select(CaseRating).where(CaseRating.case_id == case.id, CaseRating.round == case.reopened + 1)
    return session.scalars(query).one_or_none()


def answers_given(session: Session, case: Case) -> list[GivenAnswer]:
    """Return the answers that were sent, the newest first: of a merged case those of the one it was merged into;
    of a split one those of its parts."""
    cases = [case.id]
    if case.merged_into_id is not None and case.state is not State.MERGED:
        cases.append(case.merged_into_id)
    if case.state is State.SPLIT:
        cases.extend(session.scalars(select(Case.id).where(Case.part_of_id == case.id)))
    query = (
        select(Answer.sent_at, Answer.parts)
        .where(Answer.case_id.in_(cases), Answer.sent_at.is_not(None))
        .order_by(Answer.sent_at.desc(), Answer.id.desc())
    )
    return [GivenAnswer(sent_at, _read(parts)) for sent_at, parts in session.execute(query) if sent_at]


def _read(parts: dict[str, str]) -> list[tuple[str, str]]:
    return [(part_label(part), parts[part]) for part in Part if parts.get(part)]


def _files(session: Session, case: Case) -> list[tuple[str, str]]:
    query = select(Attachment.token, Attachment.label).where(Attachment.case_id == case.id)
    return [(token, label) for token, label in session.execute(query.order_by(Attachment.id))]

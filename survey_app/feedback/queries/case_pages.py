"""Everything that the page of one case shows, in a fixed number of reads however long its story is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, defer

from survey_app.feedback.models import (
    Answer,
    Attachment,
    Case,
    CaseClock,
    CaseContact,
    CaseEvent,
    CaseMerge,
    CaseRating,
)
from survey_app.feedback.queries.answers import round_of, writers_of
from survey_app.feedback.rules.contacts import Concern
from survey_app.feedback.rules.kinds import SubjectClass
from survey_app.feedback.rules.permissions import CaseFacts
from survey_app.feedback.rules.states import OPEN, State, Step
from survey_app.feedback.rules.timeline import RELEASED
from survey_app.foundation.privacy import FieldCipher
from survey_app.offices.queries import names_by_path
from survey_app.staff.queries import names_of

RECENT_EVENTS = 30


class Relation(StrEnum):
    """How another case belongs to this one."""

    WHOLE = "whole"
    PART = "part"
    PRIMARY = "primary"
    FOLLOWER = "follower"


@dataclass(frozen=True, slots=True)
class Related:
    """A case that this one was split from or into, merged into, or that was merged into it."""

    case_id: int
    relation: Relation
    code: str
    state: State
    unit_path: str
    part: int | None


@dataclass(frozen=True, slots=True)
class CasePage:
    """A case with its story; names are of accounts and unit paths that occur in it."""

    case: Case
    clocks: Sequence[CaseClock]
    events: Sequence[CaseEvent]
    has_older_events: bool
    answers: Sequence[Answer]
    ratings: Sequence[CaseRating]
    files: Sequence[Attachment]
    related: Sequence[Related]
    has_sender: bool
    people: dict[int, str]
    units: dict[str, str]
    concern: Concern
    written_by: frozenset[int]

    def facts(self, *, two_people: bool) -> CaseFacts:
        """Return what decides who may act."""
        return CaseFacts(
            unit_path=self.case.unit_path,
            received_path=self.case.received_path,
            handler_id=self.case.handler_id,
            written_by=self.written_by,
            two_people=two_people,
        )


def case_by_code(session: Session, code: str) -> Case | None:
    """Return the case with this stored code. One that took another legal track is none any more."""
    query = select(Case).where(Case.code == code, Case.state != State.DIVERTED)
    return session.scalars(query.options(defer(Case.search_text))).one_or_none()


def case_page(session: Session, case: Case, *, all_events: bool = False) -> CasePage:
    """Return what the page of `case` shows; the latest events only, unless `all_events`."""
    events = _events(session, case, None if all_events else RECENT_EVENTS + 1)
    shown = events if all_events else events[:RECENT_EVENTS]
    related, answers = _related(session, case), _answers(session, case)
    return CasePage(
        case=case,
        clocks=session.scalars(
            select(CaseClock).where(CaseClock.case_id == case.id).order_by(CaseClock.id.desc())
        ).all(),
        events=shown,
        has_older_events=len(events) > len(shown),
        answers=answers,
        ratings=session.scalars(select(CaseRating).where(CaseRating.case_id == case.id)).all(),
        files=session.scalars(
            select(Attachment).where(Attachment.case_id == case.id).order_by(Attachment.id)
        ).all(),
        related=related,
        has_sender=_sender_case(session, case) is not None,
        people=names_of(session, sorted(_people_in(case, shown, answers))),
        units=names_by_path(session, _units_in(case, shown, related)),
        concern=concern_of(session, case),
        written_by=_written_by(session, case, answers),
    )


def _events(session: Session, case: Case, most: int | None) -> Sequence[CaseEvent]:
    query = select(CaseEvent).where(CaseEvent.case_id == case.id).order_by(CaseEvent.id.desc())
    return session.scalars(query.limit(most)).all()


def _answers(session: Session, case: Case) -> Sequence[Answer]:
    return session.scalars(
        select(Answer).where(Answer.case_id == case.id).order_by(Answer.round.desc())
    ).all()


def _written_by(session: Session, case: Case, answers: Iterable[Answer]) -> frozenset[int]:
    current = next((one for one in answers if one.round == round_of(case)), None)
    return writers_of(session, current) if current else frozenset()


def _related(session: Session, case: Case) -> list[Related]:
    """Return the cases that belong to this one, found by their numbers: few have any, and none is searched for."""
    merged = select(CaseMerge.case_id).where(CaseMerge.into_id == case.id, CaseMerge.undone_at.is_(None))
    above = (id_ for id_ in (case.part_of_id, case.merged_into_id) if id_ is not None)
    belongs: list[ColumnElement[bool]] = [Case.id.in_([*above, *session.scalars(merged)])]
    if case.state is State.SPLIT:
        belongs.append(Case.part_of_id == case.id)
    columns = (Case.id, Case.code, Case.state, Case.unit_path, Case.part, Case.part_of_id)
    query = select(*columns).where(or_(*belongs), Case.state != State.DIVERTED).order_by(Case.part, Case.id)
    return [
        Related(row.id, _relation(case, row.id, row.part_of_id), row.code, row.state, row.unit_path, row.part)
        for row in session.execute(query)
    ]


def _relation(case: Case, other_id: int, part_of_id: int | None) -> Relation:
    if other_id == case.part_of_id:
        return Relation.WHOLE
    if other_id == case.merged_into_id:
        return Relation.PRIMARY
    return Relation.PART if part_of_id == case.id else Relation.FOLLOWER


def _people_in(case: Case, events: Iterable[CaseEvent], answers: Iterable[Answer]) -> set[int]:
    of_events = {id_ for event in events for id_ in (event.account_id, event.details.get("handler"))}
    of_answers = {id_ for one in answers for id_ in (one.drafted_by, one.approved_by)}
    return {id_ for id_ in (case.handler_id, case.filed_by, *of_events, *of_answers) if id_ is not None}


def _units_in(case: Case, events: Iterable[CaseEvent], related: Iterable[Related]) -> set[str]:
    of_events = {
        path
        for event in events
        for path in (event.unit_path, event.details.get("from"), event.details.get("to"))
    }
    paths = {case.unit_path, case.received_path, *of_events, *(one.unit_path for one in related)}
    return {path for path in paths if path}


def concern_of(session: Session, case: Case) -> Concern:
    """Return about whom the case is, as far as that decides who may see its sender."""
    if case.subject_class is not SubjectClass.CONDUCT:
        return Concern(subject_class=case.subject_class, addressed=case.received_path)
    query = select(CaseEvent.details).where(
        CaseEvent.case_id == case.id, CaseEvent.step.in_((Step.OPEN, Step.NOTE))
    )
    noted = session.scalars(query.order_by(CaseEvent.id)).all()
    return Concern(
        subject_class=case.subject_class,
        addressed=next((str(one["addressed"]) for one in noted if "addressed" in one), case.received_path),
        is_released=any(one.get(RELEASED) for one in noted),
    )


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a case, unsealed; empty where nothing was given."""

    name: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    address: str = field(default="", repr=False)


def _sender_case(session: Session, case: Case) -> int | None:
    """Return the case whose contact is this one's: its own, or that of the petition it is a part of."""
    ids = [id_ for id_ in (case.id, case.part_of_id) if id_ is not None]
    found = session.scalars(select(CaseContact.case_id).where(CaseContact.case_id.in_(ids))).all()
    return next((id_ for id_ in ids if id_ in found), None)


def sender_of(session: Session, case: Case, *, key: str) -> Sender | None:
    """Return who sent the case, None for nobody known. Whoever asks writes the audit line.

    `key` is SURVEY_CONTACT_KEY.
    """
    case_id = _sender_case(session, case)
    if case_id is None:
        return None
    contact, cipher = session.get_one(CaseContact, case_id), FieldCipher(key)
    sealed = (contact.name_sealed, contact.phone_sealed, contact.email_sealed, contact.address_sealed)
    return Sender(*(cipher.decrypt(one) if one else "" for one in sealed))


def open_cases_of(session: Session, account_ids: Sequence[int]) -> dict[int, int]:
    """Return how many open cases each of these people has on the desk."""
    query = (
        select(Case.handler_id, func.count())
        .where(Case.handler_id.in_(account_ids), Case.state.in_(sorted(OPEN)))
        .group_by(Case.handler_id)
    )
    return {id_: number for id_, number in session.execute(query) if id_ is not None}


def was_just_done(
    session: Session,
    *,
    case_id: int,
    account_id: int,
    step: Step,
    reason: str,
    note: str,
    details: Mapping[str, Any],
    since: int,
) -> bool:
    """Say whether the last `since` moves of the case hold this very one by this person: a form that was sent twice."""
    query = select(CaseEvent.step, CaseEvent.reason, CaseEvent.note, CaseEvent.details).where(
        CaseEvent.case_id == case_id, CaseEvent.account_id == account_id
    )
    latest = session.execute(query.order_by(CaseEvent.id.desc()).limit(max(since, 0)))
    return any(
        tuple(words) == (step, reason, note) and details.items() <= told.items() for *words, told in latest
    )

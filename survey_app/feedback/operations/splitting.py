"""Splits a petition with several issues into parts, each with its own kind, unit and clocks."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models.cases import Case, CaseContact
from survey_app.feedback.models.clocks import CaseClock
from survey_app.feedback.operations.clocks import start_clock
from survey_app.feedback.operations.grievances import divert_case
from survey_app.feedback.operations.moves import lock, make_move, open_with_event
from survey_app.feedback.queries.people import living_unit
from survey_app.feedback.rules.actors import Actor, Installation
from survey_app.feedback.rules.codes import new_code, new_pin, pin_digest
from survey_app.feedback.rules.drafts import summary_of
from survey_app.feedback.rules.kinds import GrievanceKind, Kind
from survey_app.feedback.rules.limits import Duty
from survey_app.feedback.rules.searching import search_text_of
from survey_app.feedback.rules.similarity import folded_text
from survey_app.feedback.rules.states import TO_TRIAGE, State, Step, move_from
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _

MOST_PARTS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class PartDraft:
    """One issue of a petition in the officer's words or the sender's, and the unit that is to answer it."""

    kind: Kind
    unit_path: str
    text: str = field(repr=False)
    field_name: str = ""
    proposal: str = field(default="", repr=False)


class UnableToSplit(Refused):
    """Fewer than two parts or too many, an empty one, a unit that is not there, or a part of another petition."""


def split(
    session: Session,
    *,
    case: Case,
    parts: Sequence[PartDraft],
    reason: str,
    actor: Actor,
    installation: Installation,
    now: datetime,
    version: int | None = None,
    note: str = "",
    diverted_as: GrievanceKind | None = None,
) -> list[Case]:
    """Split the case and return its parts, numbered from 1; its sender is told and reads the reason.

    The sender follows all parts by the code and PIN of the whole, or each by its own code and the same PIN, and stays
    known to the whole alone. The limits of the parts are counted from when the whole came in: splitting lengthens
    nobody's wait.

    Parameters
    ----------
    diverted_as
        Set where something in the petition is khiếu nại or tố cáo, which must be split from the rest (Luật Tiếp công
        dân 42/2013/QH13 Đ25.3; NĐ 154/2026/NĐ-CP Đ14.4). The whole, with its words and files, then goes to the
        restricted register; the parts hold what is left, and the sender's contact.

    Raises
    ------
    UnableToSplit
        Fewer than two parts (one, where the whole is diverted) or more than `MOST_PARTS`, an empty text, no living
        unit, a part already, or not in this state.
    UnableToMove, CaseChangedMeanwhile
        See `make_move`.
    """
    lock(session, case=case, version=version)
    _refuse_unusable(session, case, parts, fewest=2 if diverted_as is None else 1)
    began, is_competent = _began(session, case), case.state not in TO_TRIAGE
    key = installation.contact_key
    # Where it happened is the sender's word for the whole, so it goes where the whole goes.
    place = case.place if diverted_as is None else ""
    made = [
        _part(session, case, draft, number, place, key, now) for number, draft in enumerate(parts, start=1)
    ]
    for part in made:
        open_with_event(
            session, case=part, actor=actor, now=now, details={"part_of": case.id, "part": part.part}
        )
        start_clock(session, case=part, duty=Duty.ANSWER, now=began)
        if not is_competent:
            start_clock(session, case=part, duty=Duty.FORWARD, now=began)
    if diverted_as is not None:
        _copy_contact(session, case, made)
        divert_case(
            session,
            case=case,
            kind=diverted_as,
            actor=actor,
            installation=installation,
            reason=reason,
            now=now,
        )
        return made
    make_move(
        session,
        case=case,
        step=Step.SPLIT,
        actor=actor,
        installation=installation,
        now=now,
        reason=reason,
        note=note,
        details={"parts": len(parts)},
    )
    return made


def _copy_contact(session: Session, case: Case, parts: Sequence[Case]) -> None:
    """Leave the sealed contact of the whole with each part: it does not stay with what was diverted."""
    contact = session.get(CaseContact, case.id)
    if contact is None:
        return
    columns = {column.key: getattr(contact, column.key) for column in CaseContact.__table__.columns}
    for part in parts:
        session.add(CaseContact(**columns | {"case_id": part.id}))
    session.flush()


def _refuse_unusable(session: Session, case: Case, parts: Sequence[PartDraft], *, fewest: int) -> None:
    if move_from(case.state, Step.SPLIT) is None:
        raise UnableToSplit(_("Hồ sơ không còn ở trạng thái tách được. Xin tải lại trang để xem."))
    if case.part_of_id is not None:
        raise UnableToSplit(_("Hồ sơ này đã là một phần được tách ra, không tách tiếp được."))
    if not fewest <= len(parts) <= MOST_PARTS:
        raise UnableToSplit(
            _("Xin ghi ít nhất %(fewest)s và nhiều nhất %(most)s phần.", fewest=fewest, most=MOST_PARTS)
        )
    if not all(part.text.strip() for part in parts):
        raise UnableToSplit(_("Xin ghi nội dung của từng phần."))
    if not all(living_unit(session, path) for path in {part.unit_path for part in parts}):
        raise UnableToSplit(_("Có phần chưa chọn đơn vị, hoặc đơn vị đã thôi hoạt động."))


def _began(session: Session, case: Case) -> datetime:
    """Return when the limit for the answer began to run."""
    query = select(CaseClock.started_at).where(
        CaseClock.case_id == case.id, CaseClock.duty == Duty.ANSWER, CaseClock.stopped_at.is_(None)
    )
    return session.scalars(query.order_by(CaseClock.id).limit(1)).first() or case.created_at


def _part(
    session: Session, case: Case, draft: PartDraft, number: int, place: str, key: str, now: datetime
) -> Case:
    code, summary = _unused_code(session), summary_of(draft.text)
    return Case(
        code=code,
        pin_digest=pin_digest(key, code, new_pin(key, case.submission_id)),
        submission_id=f"part:{case.id}:{number}",
        kind=draft.kind,
        field=draft.field_name,
        subject_class=case.subject_class,
        channel=case.channel,
        anonymity=case.anonymity,
        language=case.language,
        unit_path=draft.unit_path,
        received_path=case.received_path,
        place=place,
        text=draft.text,
        proposal=draft.proposal,
        summary=summary,
        folded=folded_text(draft.text, place),
        search_text=search_text_of(code, draft.text, draft.proposal, place, summary),
        state=State.RECEIVED,
        created_at=case.created_at,
        received_at=case.received_at or now,
        part_of_id=case.id,
        part=number,
        phone_hash=case.phone_hash,
        filed_by=case.filed_by,
        purge_on=case.purge_on,
    )


def _unused_code(session: Session) -> str:
    while True:
        code = new_code(secrets)
        if session.scalar(select(Case.id).where(Case.code == code)) is None:
            return code

"""What the papers of a case say: its agency, its limit, its files, where it goes."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Attachment, Case, CaseClock, CaseEvent
from survey_app.feedback.queries.answers import known_of_sender
from survey_app.feedback.queries.case_pages import Sender
from survey_app.feedback.queries.fields import field_label
from survey_app.feedback.rules.codes import spoken
from survey_app.feedback.rules.drafts import summary_of
from survey_app.feedback.rules.kinds import channel_label, kind_label
from survey_app.feedback.rules.limits import Duty
from survey_app.feedback.rules.papers import Letterhead, PaperFacts
from survey_app.feedback.rules.states import Step
from survey_app.offices.models import Unit
from survey_app.offices.queries import names_by_path, units_on_path
from survey_app.offices.rules import UnitKind

_COMMITTEE = "Ủy ban nhân dân"
_SENT_ON = (Step.TRANSFER, Step.FORWARD, Step.REFUSE)


def letterhead_of(session: Session, unit_path: str) -> Letterhead:
    """Return the head of papers of a unit: a people's committee has no agency above it (NĐ 30/2020/NĐ-CP, Annex I)."""
    units = units_on_path(session, unit_path) if unit_path else []
    if not units:
        return Letterhead("", "…………………………", "")
    local = next((unit for unit in reversed(units) if unit.kind is not UnitKind.DEPARTMENT), units[0])
    own = units[-1]
    place = local.name.removeprefix(local.type).strip()
    if own is local:
        return Letterhead("", _committee(local), place)
    return Letterhead(_committee(local), own.name, place)


def _committee(unit: Unit) -> str:
    return f"{_COMMITTEE} {unit.name[:1].lower()}{unit.name[1:]}"


def paper_facts(
    session: Session, case: Case, *, key: str, public_url: str, sender: Sender | None = None
) -> PaperFacts:
    """Return what the papers of `case` say; `sender` is named if given. `key`: SURVEY_CONTACT_KEY.

    What is known of the sender is read to be covered, and stands in the paper only where `sender` is given.
    """
    sent_on, clock = _sent_on(session, case), _answer_clock(session, case)
    files = select(Attachment.label).where(Attachment.case_id == case.id).order_by(Attachment.id)
    return PaperFacts(
        # Who sends it on issues the paper, also when the case lies in the other unit by now.
        letterhead=letterhead_of(session, sent_on.unit_path if sent_on else case.unit_path),
        code=spoken(case.code),
        address=f"{public_url}/desk/cases/{case.code}",
        kind=kind_label(case.kind),
        field_name=field_label(case.field),
        channel=channel_label(case.channel),
        came_at=case.received_at or case.created_at,
        summary=case.summary or summary_of(case.text),
        text=case.text,
        proposal=case.proposal,
        body=_addressee(session, case, sent_on),
        reason=sent_on.reason if sent_on else "",
        due=clock.due_at if clock else None,
        basis=clock.legal_basis if clock else "",
        files=tuple(session.scalars(files)),
        sender=_named(sender) if sender else "",
        known=() if sender else known_of_sender(session, case, key=key),
    )


def _sent_on(session: Session, case: Case) -> CaseEvent | None:
    query = select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.step.in_(_SENT_ON))
    return session.scalars(query.order_by(CaseEvent.id.desc()).limit(1)).first()


def _answer_clock(session: Session, case: Case) -> CaseClock | None:
    query = select(CaseClock).where(CaseClock.case_id == case.id, CaseClock.duty == Duty.ANSWER)
    return session.scalars(query.order_by(CaseClock.id.desc()).limit(1)).first()


def _addressee(session: Session, case: Case, sent_on: CaseEvent | None) -> str:
    if sent_on is not None and sent_on.step is Step.TRANSFER:
        to = str(sent_on.details.get("to", ""))
        return names_by_path(session, [to])[to] if to else ""
    return case.competent_body


def _named(sender: Sender) -> str:
    return ", ".join(filter(None, (sender.name, sender.address, sender.phone, sender.email)))

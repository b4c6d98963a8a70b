"""Reads of answers: the round under way, what was saved before, and templates to start from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import Answer, AnswerVersion, Case, CaseContact, ReplyTemplate
from survey_app.feedback.rules.answers import read_parts
from survey_app.feedback.rules.kinds import Kind
from survey_app.feedback.rules.reply_templates import SHIPPED, TemplateDraft
from survey_app.feedback.rules.settings import upwards
from survey_app.foundation.paths import inside_any
from survey_app.foundation.privacy import FieldCipher


def round_of(case: Case) -> int:
    """Return the number of the round of answering under way; a reopened case begins another."""
    return case.reopened + 1


def current_answer(session: Session, case: Case) -> Answer | None:
    """Return the answer of the round under way, None before its first draft."""
    query = select(Answer).where(Answer.case_id == case.id, Answer.round == round_of(case))
    return session.scalars(query).one_or_none()


def saved_version(session: Session, answer: Answer, version: int) -> AnswerVersion | None:
    """Return the answer as it was saved as `version`."""
    return session.get(AnswerVersion, (answer.id, version))


def writers_of(session: Session, answer: Answer) -> frozenset[int]:
    """Return the accounts that wrote this round's answer: whoever saved any version of it, or submitted it."""
    query = select(AnswerVersion.saved_by).where(AnswerVersion.answer_id == answer.id).distinct()
    writers = {answer.drafted_by, answer.submitted_by, *session.scalars(query)}
    return frozenset(one for one in writers if one is not None)


def last_returned(session: Session, answer: Answer) -> AnswerVersion | None:
    """Return the version that was last sent back to its writer, None if none was."""
    query = select(AnswerVersion).where(
        AnswerVersion.answer_id == answer.id, AnswerVersion.returned_at.is_not(None)
    )
    return session.scalars(query.order_by(AnswerVersion.version.desc()).limit(1)).first()


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A template to start from. `key` names it in forms; `id` is None for one that is shipped."""

    key: str
    draft: TemplateDraft
    id: int | None


def templates_for(session: Session, *, unit_path: str, kind: Kind) -> list[TemplateLine]:
    """Return the templates for such a case: the unit's own, those of the units above it, then the shipped ones."""
    query = select(ReplyTemplate).where(
        ReplyTemplate.unit_path.in_(upwards(unit_path)), ReplyTemplate.kind.in_(("", kind.value))
    )
    own = sorted(session.scalars(query), key=lambda one: (-len(one.unit_path), one.name))
    shipped = [line for line in shipped_templates() if line.draft.kind in (None, kind)]
    return [*map(_line, own), *shipped]


def shipped_templates() -> list[TemplateLine]:
    """Return the templates that every installation has."""
    return [TemplateLine(f"shipped:{name}", draft, None) for name, draft in SHIPPED.items()]


def stored_templates(session: Session, *, inside: Sequence[str], most: int = 200) -> list[TemplateLine]:
    """Return the templates of the units inside the paths, by name."""
    query = select(ReplyTemplate).where(inside_any(ReplyTemplate.unit_path, inside))
    return [_line(one) for one in session.scalars(query.order_by(ReplyTemplate.name).limit(most))]


def template_by_id(session: Session, template_id: int) -> TemplateLine | None:
    """Return one stored template."""
    found = session.get(ReplyTemplate, template_id)
    return _line(found) if found else None


def _line(stored: ReplyTemplate) -> TemplateLine:
    kind = Kind(stored.kind) if stored.kind else None
    draft = TemplateDraft(stored.name, read_parts(stored.parts), kind, stored.unit_path)
    return TemplateLine(str(stored.id), draft, stored.id)


def known_of_sender(session: Session, case: Case, *, key: str) -> tuple[str, ...]:
    """Return the sender's name, telephone, e-mail and address, to be looked for in the public copy. Never shown.

    Of a part without a contact of its own it is the sender of the petition that it was split from.
    """
    contact = session.get(CaseContact, case.id)
    if contact is None and case.part_of_id is not None:
        contact = session.get(CaseContact, case.part_of_id)
    if contact is None:
        return ()
    cipher = FieldCipher(key)
    sealed = (contact.name_sealed, contact.phone_sealed, contact.email_sealed, contact.address_sealed)
    return tuple(text for text in (cipher.decrypt(one) for one in sealed if one) if text.strip())

"""Templates for answers, kept by who manages the desk."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.models import ReplyTemplate
from survey_app.feedback.rules.answers import stored_parts
from survey_app.feedback.rules.reply_templates import TemplateDraft, template_faults
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _


class UnableToKeepTemplate(Refused):
    """The template has no name or text, lone braces, or the name of another one of the unit."""


class NoSuchTemplate(Refused):
    """Somebody deleted it meanwhile."""


def keep_template(
    session: Session, *, draft: TemplateDraft, template_id: int | None, now: datetime
) -> ReplyTemplate:
    """Store a template, a new one if `template_id` is None.

    Raises
    ------
    UnableToKeepTemplate
        See there.
    NoSuchTemplate
        It is not there any more.
    """
    _refuse_faulty(session, draft, template_id)
    kept = ReplyTemplate() if template_id is None else _template(session, template_id)
    kept.unit_path, kept.name = draft.unit_path, draft.name.strip()
    kept.kind = draft.kind.value if draft.kind else ""
    kept.parts, kept.changed_at = stored_parts(draft.parts), now
    session.add(kept)
    session.flush()
    return kept


def _refuse_faulty(session: Session, draft: TemplateDraft, template_id: int | None) -> None:
    found = template_faults(draft)
    if found:
        raise UnableToKeepTemplate(" ".join(found))
    query = select(ReplyTemplate.id).where(
        ReplyTemplate.unit_path == draft.unit_path, ReplyTemplate.name == draft.name.strip()
    )
    if session.scalar(query) not in (None, template_id):
        raise UnableToKeepTemplate(_("Đơn vị đã có mẫu mang tên này."))


def _template(session: Session, template_id: int) -> ReplyTemplate:
    found = session.get(ReplyTemplate, template_id)
    if found is None:
        raise NoSuchTemplate(_("Mẫu này không còn nữa."))
    return found


def delete_template(session: Session, *, template_id: int) -> None:
    """Delete a template; answers that began with it keep their words.

    Raises
    ------
    NoSuchTemplate
        It is not there any more.
    """
    session.delete(_template(session, template_id))
    session.flush()

"""The register of violations of personal data, with 72 hours to tell the authority (Luật 91/2025/QH15 Đ23)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.feedback.models import Breach
from survey_app.feedback.models.columns import NAME_LENGTH
from survey_app.feedback.queries.calendars import calendar_for
from survey_app.feedback.rules.actors import Actor
from survey_app.feedback.rules.privacy import notify_by
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _


class UnableToRecord(Refused):
    """Title, what happened or the number of people is missing; or a time lies in the future or before the breach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachDraft:
    """What is known of a breach; `people` is an estimate at first."""

    title: str
    what: str
    measures: str
    people: int
    detected_at: datetime
    notified_at: datetime | None = None
    closed_at: datetime | None = None


def record_breach(
    session: Session, *, unit_path: str, draft: BreachDraft, actor: Actor, now: datetime
) -> Breach:
    """Enter a breach; 72 hours run from when it was detected.

    Raises
    ------
    UnableToRecord
        See there.
    """
    breach = Breach(unit_path=unit_path, account_id=actor.account_id)
    _write(session, breach, draft, now)
    session.add(breach)
    session.flush()
    return breach


def change_breach(
    session: Session, *, breach: Breach, draft: BreachDraft, actor: Actor, now: datetime
) -> None:
    """Write down what became known since: numbers, measures, that the authority was told, that it is over.

    Raises
    ------
    UnableToRecord
        See there.
    """
    session.refresh(breach, with_for_update=True)
    breach.account_id = actor.account_id
    _write(session, breach, draft, now)


def _write(session: Session, breach: Breach, draft: BreachDraft, now: datetime) -> None:
    _refuse_unusable(draft, now)
    breach.title, breach.what = draft.title.strip(), draft.what.strip()
    breach.measures, breach.people = draft.measures.strip(), draft.people
    breach.detected_at = draft.detected_at
    breach.notify_by = notify_by(calendar_for(session, breach.unit_path), draft.detected_at)
    breach.notified_at, breach.closed_at = draft.notified_at, draft.closed_at
    session.flush()


def _refuse_unusable(draft: BreachDraft, now: datetime) -> None:
    if not 0 < len(draft.title.strip()) <= NAME_LENGTH or not draft.what.strip() or draft.people < 0:
        raise UnableToRecord(_("Xin ghi tên sự việc, việc gì đã xảy ra và số người bị ảnh hưởng."))
    later = [instant for instant in (draft.notified_at, draft.closed_at) if instant is not None]
    if draft.detected_at > now or any(not draft.detected_at <= instant <= now for instant in later):
        raise UnableToRecord(_("Thời điểm phải nằm sau khi phát hiện và không ở tương lai."))

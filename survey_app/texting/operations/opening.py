"""Opens a case at the feedback desk from what somebody texted: the words move there, the phone only if it was asked."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.feedback.operations.intake import Opened, open_case
from survey_app.feedback.rules.actors import Installation, staff_member
from survey_app.feedback.rules.drafts import CaseDraft, SenderDraft, plain_text
from survey_app.feedback.rules.kinds import Anonymity, Channel, GrievanceKind, Kind
from survey_app.foundation.clock import hour_of
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.texting.models import ReplyReading
from survey_app.texting.queries.openings import Opening, opening_of

CASE = "case"


class UnableToOpenCase(Refused):
    """Somebody read the reply before, or its words were purged."""


def open_case_from_reply(
    session: Session,
    *,
    reading_id: int,
    kind: Kind | GrievanceKind,
    wants_answer: bool,
    account_id: int,
    installation: Installation,
    now: datetime,
) -> Opened:
    """Open a case of channel SMS from a reply and return its code and PIN; the reply waits for nobody any more.

    Replies are confidential: without `wants_answer` the case knows no phone, and nothing leads from the case to the
    reply and its rating. So the words leave the reply, and when it was read is kept to the hour.

    Raises
    ------
    UnableToOpenCase
        See there.
    UnableToOpen
        The desk asks senders of this kind for more than a phone.
    """
    query = select(ReplyReading).where(ReplyReading.id == reading_id).with_for_update()
    session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    opening = opening_of(session, reading_id, key=installation.contact_key)
    if opening is None:
        raise UnableToOpenCase(_("Tin này không còn chờ đọc."))
    opened = open_case(
        session,
        draft=_draft(opening, kind, wants_answer and opening.phone != ""),
        actor=staff_member(account_id),
        installation=installation,
        now=now,
    )
    for reading in session.scalars(select(ReplyReading).where(ReplyReading.id.in_(opening.reading_ids))):
        reading.coded_as, reading.coded_by, reading.coded_at = CASE, account_id, hour_of(now)
        reading.text = None
    session.flush()
    return opened


def _draft(opening: Opening, kind: Kind | GrievanceKind, is_answered: bool) -> CaseDraft:
    return CaseDraft(
        submission_id=secrets.token_hex(16),
        kind=kind,
        unit_path=opening.unit_path,
        text=plain_text(opening.text),
        channel=Channel.SMS,
        anonymity=Anonymity.OFFICERS_ONLY if is_answered else Anonymity.ANONYMOUS,
        sender=SenderDraft(phone=opening.phone) if is_answered else SenderDraft(),
        wants_notices=is_answered,
    )

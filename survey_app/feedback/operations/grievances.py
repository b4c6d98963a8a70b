"""The restricted register: khiếu nại and tố cáo come in here, sealed, and each reading of one is noted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, Grievance
from survey_app.feedback.operations.attachments import add_sealed_files
from survey_app.feedback.operations.clocks import start_grievance_clock
from survey_app.feedback.operations.emptying import empty_case, gathered, move_files
from survey_app.feedback.operations.grievance_steps import UnableToHandle, write_event
from survey_app.feedback.operations.moves import lock, make_move
from survey_app.feedback.queries.settings import settings_for
from survey_app.feedback.rules.actors import Actor, Installation
from survey_app.feedback.rules.drafts import CaseDraft, SenderDraft
from survey_app.feedback.rules.grievances import (
    GrievanceState,
    GrievanceStep,
    diversion_words,
    first_duties,
)
from survey_app.feedback.rules.kinds import Anonymity, GrievanceKind
from survey_app.feedback.rules.states import Step
from survey_app.foundation.clock import local_date
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.privacy import FieldCipher


def open_grievance(
    session: Session,
    *,
    draft: CaseDraft,
    code: str,
    pin_digest: str,
    actor: Actor,
    installation: Installation,
    now: datetime,
) -> Grievance:
    """Enter a khiếu nại or tố cáo; its text, sender and files are sealed. `draft.kind` is a `GrievanceKind`."""
    settings = settings_for(session, draft.unit_path)
    desk = settings.receiving_path or draft.unit_path
    sender = SenderDraft() if draft.anonymity is Anonymity.ANONYMOUS else draft.sender
    grievance = Grievance(
        code=code,
        pin_digest=pin_digest,
        submission_id=draft.submission_id,
        kind=GrievanceKind(draft.kind),
        channel=draft.channel,
        unit_path=desk,
        received_path=desk,
        is_signed=draft.is_signed,
        received_at=draft.arrived_at or now,
    )
    texts = {"text": draft.text, "proposal": draft.proposal, "place": draft.place}
    _enter(session, grievance, texts, _sender_words(sender), actor, installation, now)
    add_sealed_files(
        session,
        grievance=grievance,
        files=draft.files,
        actor=actor,
        key=installation.contact_key,
        now=now,
    )
    return grievance


def _sender_words(sender: SenderDraft) -> dict[str, str]:
    words = {name: getattr(sender, name) for name in ("name", "phone", "email", "address")}
    return {name: value for name, value in words.items() if value}


def divert_case(
    session: Session,
    *,
    case: Case,
    kind: GrievanceKind,
    actor: Actor,
    installation: Installation,
    reason: str,
    now: datetime,
    version: int | None = None,
) -> Grievance:
    """Move a case that is a khiếu nại or tố cáo to the restricted register, with code, PIN, words, sender and files.

    What stays at the desk is an empty shell in state DIVERTED: when, which unit, which steps. Everybody who may see
    the shell reads the same neutral words; `reason` is sealed with the rest. The limits count from when the case came
    in.

    Raises
    ------
    UnableToHandle
        No reason is given.
    UnableToMove, CaseChangedMeanwhile
        See `make_move`.
    """
    lock(session, case=case, version=version)
    if not reason.strip():
        raise UnableToHandle(_("Xin ghi vì sao đây là khiếu nại hoặc tố cáo; chỉ người có quyền đọc được."))
    texts, sender = gathered(session, case=case, key=installation.contact_key)
    make_move(
        session,
        case=case,
        step=Step.DIVERT,
        actor=actor,
        installation=installation,
        now=now,
        reason=diversion_words(),
    )
    grievance = Grievance(
        code=case.code,
        pin_digest=case.pin_digest,
        submission_id=case.submission_id,
        kind=kind,
        channel=case.channel,
        unit_path=case.unit_path,
        received_path=case.received_path,
        received_at=case.created_at,
    )
    _enter(session, grievance, texts, sender, actor, installation, now, note=reason.strip())
    move_files(session, case=case, grievance=grievance, key=installation.contact_key)
    empty_case(session, case=case)
    return grievance


def _enter(
    session: Session,
    grievance: Grievance,
    texts: Mapping[str, Any],
    sender: Mapping[str, str],
    actor: Actor,
    installation: Installation,
    now: datetime,
    note: str = "",
) -> None:
    """Store a fresh grievance sealed, with its first event and the limits that count from receipt."""
    cipher = FieldCipher(installation.contact_key)
    days = settings_for(session, grievance.unit_path).grievance_kept_days
    grievance.content_sealed = cipher.encrypt(json.dumps(texts, ensure_ascii=False))
    grievance.sender_sealed = cipher.encrypt(json.dumps(sender, ensure_ascii=False)) if sender else None
    grievance.state, grievance.version = GrievanceState.RECEIVED, 1
    grievance.purge_on = local_date(now + timedelta(days=days))
    session.add(grievance)
    session.flush()
    write_event(session, grievance, GrievanceStep.OPEN, actor, now, cipher, note)
    for duty in first_duties(grievance.kind):
        start_grievance_clock(session, grievance=grievance, duty=duty, now=grievance.received_at)

"""Takes the answers that a device sends, each exactly once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from survey_app.campaigns.queries import CampaignView, Entry, campaign_by_id
from survey_app.campaigns.rules import State
from survey_app.foundation.clock import local_date
from survey_app.kiosks.models import Kiosk
from survey_app.kiosks.rules.arrivals import Outcome, Refusal, Result, Sent, answered_hour
from survey_app.questionnaires.queries import by_id
from survey_app.responses.guards import KIOSK, ForgedToken, FormSigner, FormToken
from survey_app.responses.operations import Origin, RehearsalOver, submit, submit_rehearsal
from survey_app.responses.queries import is_stored
from survey_app.responses.rules.answers import check
from survey_app.responses.rules.flags import Flag, is_too_fast


class _Refused(Exception):
    """One answer cannot be taken; the rest of the batch is."""

    def __init__(self, reason: Refusal) -> None:
        self.reason = reason
        super().__init__(reason)


def receive(
    session: Session, *, kiosk_id: int, entry: Entry, batch: Sequence[Sent], signer: FormSigner, now: datetime
) -> list[Result]:
    """Store a batch in one transaction and say of each answer whether it was stored, known already or refused.

    A refused answer never keeps the others out. `Kiosk.received` counts what was stored.
    """
    results = [_take(session, entry, sent, signer, now) for sent in batch]
    stored = sum(one.outcome is Outcome.STORED for one in results)
    if stored:
        session.execute(update(Kiosk).where(Kiosk.id == kiosk_id).values(received=Kiosk.received + stored))
    return results


def _take(session: Session, entry: Entry, sent: Sent, signer: FormSigner, now: datetime) -> Result:
    try:
        is_new = _store(session, entry, sent, signer, now)
    except _Refused as refused:
        return Result(sent.id, Outcome.REFUSED, refused.reason)
    return Result(sent.id, Outcome.STORED if is_new else Outcome.DUPLICATE)


def _store(session: Session, entry: Entry, sent: Sent, signer: FormSigner, now: datetime) -> bool:
    token = _token(sent, entry.code, signer)
    if is_stored(session, submission_id=token.submission_id):
        return False
    if token.is_stale(now):
        raise _Refused(Refusal.STALE)
    hour = answered_hour(sent.hour, token.issued_at, now)
    campaign = _campaign(session, entry, token, hour, now)
    questionnaire = by_id(session, campaign.questionnaire_version_id)
    checked = check(questionnaire, sent.answers)
    if checked.errors:
        raise _Refused(Refusal.ANSWERS)
    offered = questionnaire.languages
    origin = Origin(
        campaign_id=campaign.id,
        questionnaire_version_id=campaign.questionnaire_version_id,
        office_id=entry.office_id,
        service_point_id=entry.service_point_id,
        channel=entry.channel.value,
        instrument=KIOSK,
        language=sent.language if sent.language in offered else offered[0],
    )
    about: dict[str, Any] = {
        "submission_id": token.submission_id,
        "origin": origin,
        "answers": checked.answers,
        "flags": _flags(sent, campaign, len(checked.answers)),
        "now": hour,
    }
    if token.rehearsal_id is None:
        return submit(session, questionnaire=questionnaire, **about)
    return _rehearse(session, token.rehearsal_id, about)


def _rehearse(session: Session, rehearsal_id: int, about: dict[str, Any]) -> bool:
    try:
        return submit_rehearsal(session, rehearsal_id=rehearsal_id, **about)
    except RehearsalOver as error:
        raise _Refused(Refusal.REHEARSAL) from error


def _token(sent: Sent, code: str, signer: FormSigner) -> FormToken:
    try:
        token = signer.read(sent.id, code, sent.token)
    except ForgedToken as error:
        raise _Refused(Refusal.FORGED) from error
    if token.instrument != KIOSK:
        raise _Refused(Refusal.FORGED)
    return token


def _campaign(
    session: Session, entry: Entry, token: FormToken, hour: datetime, now: datetime
) -> CampaignView:
    """Return the campaign of the ticket, if it was open, or in that rehearsal, in the hour of the answer."""
    campaign = entry.campaign
    if token.rehearsal_id is not None:
        if campaign is None or token.rehearsal_id != entry.rehearsal_id:
            raise _Refused(Refusal.REHEARSAL)
        return campaign
    if campaign is None or campaign.id != token.campaign_id:
        campaign = campaign_by_id(session, token.campaign_id, today=local_date(now))
    if campaign is None:
        raise _Refused(Refusal.CLOSED)
    in_time = campaign.closed_at is not None and hour <= campaign.closed_at
    if campaign.state is not State.OPEN and not (campaign.state is State.CLOSED and in_time):
        raise _Refused(Refusal.CLOSED)
    return campaign


def _flags(sent: Sent, campaign: CampaignView, answered: int) -> frozenset[Flag]:
    """Return what is suspicious; the device saw the pace, for hours later all its answers arrive at once."""
    found = {
        Flag.BURST: sent.burst,
        Flag.TOO_FAST: is_too_fast(sent.seconds, answered),
        Flag.LATE: campaign.state is State.CLOSED,
    }
    return frozenset(flag for flag, holds in found.items() if holds)

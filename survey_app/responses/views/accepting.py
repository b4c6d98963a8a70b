"""Takes a valid form: checks its answers, flags what looks odd, stores, and thanks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from survey_app.campaigns.operations.invitations import spend_code
from survey_app.campaigns.queries import CampaignView, Entry, campaign_by_id
from survey_app.campaigns.rules import EntryStatus, State
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import DatabaseUnavailable, write
from survey_app.questionnaires.rules import Questionnaire
from survey_app.responses.guards import FormToken
from survey_app.responses.operations import Origin, RehearsalOver, submit, submit_rehearsal
from survey_app.responses.rules.answers import Checked, check
from survey_app.responses.rules.flags import Flag, is_too_fast
from survey_app.responses.views.form_data import sent, submitted
from survey_app.responses.views.kind_pages import code_spent
from survey_app.responses.views.pages import shown_language
from survey_app.responses.views.returning import give_back, not_stored, rehearsal_over, thank
from survey_app.responses.views.services import network_here, services
from survey_app.web.shell import display

_HONEYPOT = "website"


class CodeSpent(Exception):
    """The one-time code of the form was used meanwhile; nothing is stored."""


def campaign_of(token: FormToken, entry: Entry) -> CampaignView | None:
    """Return the campaign that a valid form was made for, if it still takes this form.

    A form opened before the end is taken after it; one of a rehearsal only while that rehearsal lasts.
    """
    if token.rehearsal_id is not None:
        return entry.campaign if token.rehearsal_id == entry.rehearsal_id else None
    campaign = entry.campaign
    if campaign is None or campaign.id != token.campaign_id:
        with services().database.read() as session:
            campaign = campaign_by_id(session, token.campaign_id, today=local_date(now()))
    if campaign is None or campaign.state is State.OPEN:
        return campaign
    opened_in_time = campaign.closed_at is not None and token.issued_at <= campaign.closed_at
    return campaign if opened_in_time else None


def accept(entry: Entry, campaign: CampaignView, token: FormToken, instant: datetime) -> AnyResponse:
    """Store the answers of a valid form, or give them back with what is wrong."""
    questionnaire = services().pages.questionnaire(campaign.questionnaire_version_id)
    checked = check(questionnaire, submitted())
    if checked.errors:
        return give_back(422, questionnaire, entry, token, errors=checked.errors)
    try:
        _store(questionnaire, entry, campaign, token, checked, instant)
    except CodeSpent:
        services().directory.forget()
        return code_spent()
    except RehearsalOver:
        # It ended within the second for which codes are remembered.
        services().directory.forget()
        return rehearsal_over(services().directory.find(entry.code) or entry)
    except DatabaseUnavailable as error:
        return not_stored(error, questionnaire, entry, token)
    return thank(entry, token)


def _store(
    questionnaire: Questionnaire,
    entry: Entry,
    campaign: CampaignView,
    token: FormToken,
    checked: Checked,
    instant: datetime,
) -> None:
    origin = Origin(
        campaign_id=campaign.id,
        questionnaire_version_id=campaign.questionnaire_version_id,
        office_id=entry.office_id,
        service_point_id=entry.service_point_id,
        channel=entry.channel.value,
        instrument=token.instrument,
        language=shown_language(questionnaire, display()),
    )
    flags = _flags(entry, campaign, token, checked, instant)

    def operation(session: Session) -> bool:
        if token.rehearsal_id is not None:
            return submit_rehearsal(
                session,
                submission_id=token.submission_id,
                rehearsal_id=token.rehearsal_id,
                origin=origin,
                answers=checked.answers,
                flags=flags,
                now=instant,
            )
        stored = submit(
            session,
            submission_id=token.submission_id,
            origin=origin,
            questionnaire=questionnaire,
            answers=checked.answers,
            flags=flags,
            now=instant,
        )
        if stored and entry.one_time is not None and not spend_code(session, digest=entry.one_time):
            raise CodeSpent
        return stored

    write(operation)


def _flags(
    entry: Entry, campaign: CampaignView, token: FormToken, checked: Checked, instant: datetime
) -> frozenset[Flag]:
    # A rehearsal must not make the first real answers look like repetitions.
    place = entry.code if token.rehearsal_id is None else f"{entry.code} {token.rehearsal_id}"
    flags = set(services().watch.observe(network_here(), place, checked.answers, token.submission_id))
    if sent(_HONEYPOT):
        flags.add(Flag.HONEYPOT)
    if is_too_fast(token.age(instant), len(checked.answers)):
        flags.add(Flag.TOO_FAST)
    if token.rehearsal_id is None and (
        entry.status is not EntryStatus.OPEN or campaign.state is not State.OPEN
    ):
        flags.add(Flag.LATE)
    return frozenset(flags)

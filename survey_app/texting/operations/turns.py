"""One turn of a conversation: what an event changes, stores and answers, by the table `rules.conversation`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from survey_app.campaigns.operations.invitations import end_invitations, forget_phone, spend_code_of
from survey_app.campaigns.queries import CampaignView
from survey_app.campaigns.rules import Channel
from survey_app.campaigns.rules import State as CampaignState
from survey_app.foundation.clock import local_date
from survey_app.messaging.rules.contract import Medium
from survey_app.questionnaires.queries import of_hash
from survey_app.questionnaires.rules import Questionnaire
from survey_app.responses.operations import Origin, revise_reply, store_reply
from survey_app.responses.rules.answers import Answers, check
from survey_app.texting.models import Conversation, ReplyReading, TextingPlan
from survey_app.texting.queries.conversations import campaign_with_plan
from survey_app.texting.rules.conversation import (
    CHANGE_WITHIN,
    ENDED,
    RATINGS,
    WAITING,
    Event,
    Say,
    State,
    Step,
    Store,
    step,
)
from survey_app.texting.rules.events import Meaning
from survey_app.texting.rules.questions import MessageForm, message_form, question_text
from survey_app.texting.rules.words import TEXTS

LANGUAGE = "vi"
SMS, ZALO_STARS = "sms", "zalo_stars"
"""Instruments: a text and a tap on stars are different measurements (Toepoel et al. 2019) and are never pooled."""
CHANNEL_OF = {Medium.SMS: Channel.SMS, Medium.ZALO: Channel.ZALO}


@dataclass(frozen=True, slots=True)
class Setting:
    """What a conversation is about: the campaign, how it invites, and what it asks."""

    campaign: CampaignView
    plan: TextingPlan
    questionnaire: Questionnaire
    form: MessageForm

    @property
    def channel(self) -> Channel:
        """How the people were reached."""
        return CHANNEL_OF[Medium(self.plan.medium)]


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of an event: the event that it was in the end, the text to send, whether anything was stored."""

    event: Event
    text: str | None
    stored: bool


def setting_of(session: Session, campaign_id: int, now: datetime) -> Setting:
    """Return what conversations of a campaign are about; its plan must exist, or there would be none."""
    campaign, plan, content_hash = campaign_with_plan(session, campaign_id, local_date(now))
    questionnaire = of_hash(session, campaign.questionnaire_version_id, content_hash)
    return Setting(campaign, plan, questionnaire, message_form(questionnaire, plan.follow_ups))


def take_turn(
    session: Session,
    *,
    conversation: Conversation,
    meaning: Meaning,
    setting: Setting,
    instrument: str = SMS,
    comment: str = "",
    now: datetime,
) -> Turn:
    """Carry out what the table says of an event; the conversation's row is locked by the caller.

    A first answer is stored only if the one-time code was still there: whoever has sent the form on the web has
    answered.
    """
    event = _in_time(conversation, meaning.event, setting, now)
    follows = step(conversation.state, event)
    with session.no_autoflush:  # all that a turn changes in the conversation goes out as one statement
        if follows.store is Store.NEW and not spend_code_of(
            session, invitation_id=conversation.invitation_id
        ):
            event = Event.ANSWERED_ELSEWHERE
            follows = step(conversation.state, event)
        if follows.store is not Store.NOTHING:
            _store(session, conversation, meaning, follows.store, setting, instrument, comment, now)
        _move(session, conversation, event, follows)
    return Turn(event, _words(follows, conversation, setting.form), follows.store is not Store.NOTHING)


def _in_time(conversation: Conversation, event: Event, setting: Setting, now: datetime) -> Event:
    if event not in RATINGS:
        return event
    if conversation.rated_at is not None and now - conversation.rated_at > CHANGE_WITHIN:
        return Event.LATE_RATING
    if setting.campaign.state is not CampaignState.OPEN and conversation.state in (*WAITING, State.ASKING):
        return Event.CAMPAIGN_OVER
    return event


def _store(
    session: Session,
    conversation: Conversation,
    meaning: Meaning,
    store: Store,
    setting: Setting,
    instrument: str,
    comment: str,
    now: datetime,
) -> None:
    answers = checked_answers(setting, meaning, comment)
    if store is Store.CHANGE and conversation.response_id is not None:
        revise_reply(
            session,
            response_id=conversation.response_id,
            questionnaire=setting.questionnaire,
            answers=answers,
        )
        return
    conversation.response_id = store_reply(
        session,
        origin=origin_of(setting, conversation.office_id, instrument),
        questionnaire=setting.questionnaire,
        answers=answers,
        now=now,
    )
    conversation.rated_at = now
    forget_phone(session, invitation_id=conversation.invitation_id)
    if conversation.state is not State.INVITED:
        session.execute(
            update(ReplyReading).where(ReplyReading.thread == conversation.thread).values(settled=True)
        )


def origin_of(setting: Setting, office_id: int, instrument: str) -> Origin:
    """Return where an answer by message comes from."""
    return Origin(
        campaign_id=setting.campaign.id,
        questionnaire_version_id=setting.campaign.questionnaire_version_id,
        office_id=office_id,
        service_point_id=None,
        channel=setting.channel.value,
        instrument=instrument,
        language=LANGUAGE,
    )


def checked_answers(setting: Setting, meaning: Meaning, comment: str) -> Answers:
    """Return the answers as the questionnaire's own check accepts them.

    An answer to a further question alone is checked without the overall one, which is stored already.
    """
    submitted = setting.form.submitted(meaning.ratings, comment)
    checked = check(setting.questionnaire, submitted)
    wrong = [error.item for error in checked.errors if error.item in submitted]
    if wrong:
        raise ValueError(f"a rating by message does not fit the items {', '.join(wrong)}")
    return checked.answers


def _move(session: Session, conversation: Conversation, event: Event, follows: Step) -> None:
    if event is Event.ANSWER:
        conversation.question += 1
    elif follows.state is State.ASKING and conversation.state is not State.ASKING:
        conversation.question = 1
    elif follows.state is not State.ASKING:
        conversation.question = 0
    conversation.state = follows.state
    if follows.state in ENDED:
        end_invitations(session, invitation_ids=[conversation.invitation_id])
    session.flush()


def _words(follows: Step, conversation: Conversation, form: MessageForm) -> str | None:
    if follows.say is Say.QUESTION:
        questions = form.questions
        return question_text(questions[conversation.question], conversation.question + 1, len(questions))
    return TEXTS.get(follows.say)

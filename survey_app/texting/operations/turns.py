"""One turn of a conversation: what an event changes, stores and answers, by the table `rules.conversation`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from survey_app.campaigns.operations.invitations import end_invitations, forget_phone, spend_code_of
from survey_app.campaigns.rules import Channel
from survey_app.campaigns.rules import State as CampaignState
from survey_app.messaging.operations import Question
from survey_app.messaging.rules.contract import Medium
from survey_app.questionnaires.queries import of_hash
from survey_app.questionnaires.rules import Questionnaire
from survey_app.responses.operations import Origin, revise_reply, store_reply
from survey_app.responses.rules.answers import Answers, check
from survey_app.texting.models import Conversation, ReplyReading
from survey_app.texting.queries.conversations import Held, Terms
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


_forms: dict[tuple[str, int], MessageForm] = {}
"""By content hash and number of further questions: what was published never changes."""
_PUT_BACK = (
    update(Conversation)
    .where(Conversation.id == bindparam("held"))
    .values(
        {
            name: bindparam(f"new_{name}")
            for name in ("state", "question", "last_reply_at", "rated_at", "response_id", "thread")
        }
    )
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a conversation is about: what the campaign has set, and what it asks."""

    terms: Terms
    questionnaire: Questionnaire
    form: MessageForm

    @property
    def channel(self) -> Channel:
        """How the people were reached."""
        return CHANNEL_OF[self.terms.medium]


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of an event: the event that it was in the end, the text to send, whether anything was stored."""

    event: Event
    text: str | None
    stored: bool


def setting_of(session: Session, terms: Terms) -> Setting:
    """Return what conversations under these terms are about; no statement once the questionnaire is kept."""
    questionnaire = of_hash(session, terms.questionnaire_version_id, terms.content_hash)
    known = terms.content_hash, terms.follow_ups
    if known not in _forms:
        _forms[known] = message_form(questionnaire, terms.follow_ups)
    return Setting(terms, questionnaire, _forms[known])


def take_turn(
    session: Session,
    *,
    conversation: Held,
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
    if follows.store is Store.NEW and not spend_code_of(session, invitation_id=conversation.invitation_id):
        event = Event.ANSWERED_ELSEWHERE
        follows = step(conversation.state, event)
    if follows.store is not Store.NOTHING:
        _store(session, conversation, meaning, follows.store, setting, instrument, comment, now)
    _move(session, conversation, event, follows)
    return Turn(event, _words(follows, conversation, setting.form), follows.store is not Store.NOTHING)


def _in_time(conversation: Held, event: Event, setting: Setting, now: datetime) -> Event:
    if event not in RATINGS:
        return event
    if conversation.rated_at is not None and now - conversation.rated_at > CHANGE_WITHIN:
        return Event.LATE_RATING
    if setting.terms.state is not CampaignState.OPEN and conversation.state in (*WAITING, State.ASKING):
        return Event.CAMPAIGN_OVER
    return event


def _store(
    session: Session,
    conversation: Held,
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
        campaign_id=setting.terms.campaign_id,
        questionnaire_version_id=setting.terms.questionnaire_version_id,
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


def _move(session: Session, conversation: Held, event: Event, follows: Step) -> None:
    if event is Event.ANSWER:
        conversation.question += 1
    elif follows.state is State.ASKING and conversation.state is not State.ASKING:
        conversation.question = 1
    elif follows.state is not State.ASKING:
        conversation.question = 0
    conversation.state = follows.state
    if follows.state in ENDED:
        end_invitations(session, invitation_ids=[conversation.invitation_id])
    _put_back(session, conversation)


def _put_back(session: Session, conversation: Held) -> None:
    session.connection().execute(
        _PUT_BACK,
        {
            "held": conversation.id,
            "new_state": conversation.state,
            "new_question": conversation.question,
            "new_last_reply_at": conversation.last_reply_at,
            "new_rated_at": conversation.rated_at,
            "new_response_id": conversation.response_id,
            "new_thread": conversation.thread,
        },
    )


def _words(follows: Step, conversation: Held, form: MessageForm) -> str | None:
    if follows.say is Say.QUESTION:
        questions = form.questions
        asked = conversation.question
        return Question(question_text(questions[asked], asked + 1, len(questions)))
    return TEXTS.get(follows.say)

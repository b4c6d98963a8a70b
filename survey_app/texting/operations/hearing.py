"""Hears what a phone has sent: finds the conversation, reads the reply, takes a turn, says what is answered.

Room messaging calls `hear` once for each text or rating, in the transaction that marks it as handled.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from survey_app.campaigns.queries.invitations import code_digest
from survey_app.foundation.clock import hour_of, local_date
from survey_app.messaging.operations import opt_in, opt_out
from survey_app.messaging.queries import phone_hash, refuses
from survey_app.messaging.rules.contract import InboundText, Medium, ProviderRating
from survey_app.messaging.rules.optouts import Lifter, Reason
from survey_app.texting.models import READING_LENGTH, ReplyReading
from survey_app.texting.operations.turns import SMS, ZALO_STARS, Turn, setting_of, take_turn
from survey_app.texting.queries.conversations import Held, by_code, by_reference, of_phone
from survey_app.texting.rules.conversation import ENDED, RATINGS, Event, Say, State
from survey_app.texting.rules.events import Meaning, meaning_of, waits_for_a_person
from survey_app.texting.rules.opening import split_opening
from survey_app.texting.rules.questions import RATINGS as STARS
from survey_app.texting.rules.reading import PARSER_VERSION, Kind, Reading, read_reply
from survey_app.texting.rules.texts import work_copy
from survey_app.texting.rules.words import KEYWORD, TEXTS

TEXT_KEPT = timedelta(days=180)
"""How long raw texts are kept, without the phone: long enough to read them again with a better parser."""
_INSERT_READING = insert(ReplyReading)
_WISHES = (Kind.OPT_OUT, Kind.WRONG_NUMBER, Kind.OPT_IN)
"""What changes whether a phone may be written to."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One text: its words, who sent it (hash), which conversation it belongs to, and whether that is certain."""

    inbound_id: int
    text: str
    sender: str
    conversation: Held | None
    ambiguous: bool = False


def hear(
    session: Session, *, event: InboundText | ProviderRating, inbound_id: int, key: str, now: datetime
) -> list[str]:
    """Take one inbound text or rating and return what is answered, at most one text; nothing after a refusal.

    `key` is SURVEY_CONTACT_KEY. Room messaging recognises what a carrier delivers again; to hear the same
    `inbound_id` twice is a mistake of the program, and refused by the database.
    """
    if isinstance(event, ProviderRating):
        _hear_stars(session, event, inbound_id, key, now)
        return []
    heard = _find(session, event, inbound_id, key, now)
    questions = 1
    if heard.conversation is not None:
        questions = len(setting_of(session, heard.conversation.terms).form.questions)
    reading = read_reply(heard.text, keyword=KEYWORD, questions=questions)
    answer = _hear_text(session, heard, reading, event, key, now)
    return [] if answer is None or _refuses(session, heard, reading, event, key) else [answer]


def _refuses(session: Session, heard: Heard, reading: Reading, event: InboundText, key: str) -> bool:
    """Say whether the sender may not be written to; mostly that is known already."""
    conversation = heard.conversation
    if conversation is not None and not conversation.sender_refuses and reading.kind not in _WISHES:
        return False
    return refuses(session, key=key, phone=event.sender, medium=Medium.SMS)


def _find(session: Session, event: InboundText, inbound_id: int, key: str, now: datetime) -> Heard:
    """Find the conversation: by the code in the text, else by the phone, else none."""
    text, sender, today = event.text, phone_hash(key, event.sender), local_date(now)
    code, _body = split_opening(work_copy(text), KEYWORD)
    named = by_code(session, code_digest(key, code), sender, today) if code else None
    if named is not None:
        return Heard(inbound_id, text, sender, named)
    every = of_phone(session, sender, today)
    live = [one for one in every if one.is_live(now)]
    asking = [one for one in live if one.state is State.ASKING]
    if len(asking) == 1:
        return Heard(inbound_id, text, sender, asking[0])
    newest = next(iter(live or every), None)
    return Heard(inbound_id, text, sender, newest, ambiguous=len(live) > 1)


def _hear_text(
    session: Session, heard: Heard, reading: Reading, event: InboundText, key: str, now: datetime
) -> str | None:
    _heed_wishes(session, heard, reading, event, key, now)
    if heard.conversation is None:
        return _hear_stranger(session, heard, reading, now)
    return _answer(session, heard, heard.conversation, reading, now)


def _answer(
    session: Session, heard: Heard, conversation: Held, reading: Reading, now: datetime
) -> str | None:
    setting = setting_of(session, conversation.terms)
    meaning = meaning_of(
        reading,
        heard.text,
        state=conversation.state,
        question=conversation.question,
        questions=len(setting.form.questions),
    )
    if heard.ambiguous and meaning.event in RATINGS:
        meaning = Meaning(Event.AMBIGUOUS)
    over = conversation.state in ENDED
    _note_reply(conversation, now)
    turn = take_turn(
        session,
        conversation=conversation,
        meaning=meaning,
        setting=setting,
        comment=reading.comment_text if reading.kind is Kind.RATING else "",
        now=now,
    )
    _keep(
        session,
        heard,
        reading,
        turn.event.value,
        SMS,
        now,
        settled=over or conversation.response_id is not None,
        waits=_waits(reading, turn, heard.text),
    )
    return turn.text


def _waits(reading: Reading, turn: Turn, text: str) -> bool:
    uncounted = turn.event in RATINGS and not turn.stored
    return uncounted or waits_for_a_person(reading, turn.event, text)


def _heed_wishes(
    session: Session, heard: Heard, reading: Reading, event: InboundText, key: str, now: datetime
) -> None:
    """Let a refusal, a wrong number or a return count for the phone on every medium, in every conversation."""
    if reading.kind is Kind.OPT_IN:
        opt_in(session, key=key, phone=event.sender, lifter=Lifter.PHONE, now=now)
    reasons = {Kind.OPT_OUT: Reason.CITIZEN, Kind.WRONG_NUMBER: Reason.WRONG_NUMBER}
    reason = reasons.get(reading.kind)
    if reason is None:
        return
    opt_out(session, key=key, phone=event.sender, reason=reason, source="sms", now=now)
    refused = Event.OPT_OUT if reason is Reason.CITIZEN else Event.WRONG_NUMBER
    for one in of_phone(session, heard.sender, local_date(now)):
        same = heard.conversation is not None and heard.conversation.id == one.id
        take_turn(
            session,
            conversation=heard.conversation if same and heard.conversation else one,
            meaning=Meaning(refused),
            setting=setting_of(session, one.terms),
            now=now,
        )


def _hear_stranger(session: Session, heard: Heard, reading: Reading, now: datetime) -> str | None:
    """Keep a reply to no invitation; nothing of it can be counted."""
    event = meaning_of(reading, heard.text, state=State.CLOSED, question=0, questions=1).event
    waits = event in RATINGS or waits_for_a_person(reading, event, heard.text)
    _keep(session, heard, reading, event.value, SMS, now, settled=True, waits=waits)
    said = {Event.HELP: Say.HELP, Event.OPT_IN: Say.WELCOME}.get(event)
    return TEXTS[said] if said else None


def _note_reply(conversation: Held, now: datetime) -> None:
    conversation.last_reply_at = now
    conversation.thread = conversation.thread or secrets.token_hex(16)


def _keep(
    session: Session,
    heard: Heard,
    reading: Reading,
    event: str,
    instrument: str,
    now: datetime,
    *,
    settled: bool,
    waits: bool,
) -> None:
    conversation = heard.conversation
    row = {
        "inbound_id": heard.inbound_id,
        "campaign_id": conversation.campaign_id if conversation else None,
        "office_id": conversation.office_id if conversation else None,
        "thread": conversation.thread if conversation else None,
        "instrument": instrument,
        "received_hour": hour_of(now),
        "parser_version": PARSER_VERSION,
        "reading": reading.grammar[:READING_LENGTH],
        "event": event,
        "text": heard.text,
        "purge_on": local_date(now + TEXT_KEPT),
        "waits_for_person": waits,
        "settled": settled,
    }
    session.connection().execute(_INSERT_READING, row)


def _hear_stars(session: Session, event: ProviderRating, inbound_id: int, key: str, now: datetime) -> None:
    """Store stars given in the carrier's own form: an overall rating, and a note for a person to read.

    The carrier gives back the code of the invitation or the reference of the message that invited.
    """
    today = local_date(now)
    conversation = by_reference(session, event.reference, today) or by_code(
        session, code_digest(key, event.reference.upper()), "", today
    )
    stars = event.stars if event.stars in STARS else None
    reading = Reading(
        kind=Kind.RATING if stars else Kind.UNCLEAR,
        rating=stars,
        comment=bool(event.note),
        comment_text=event.note,
    )
    meaning = Meaning(Event.FULL_RATING, {0: stars}) if stars else Meaning(Event.UNCLEAR)
    heard = Heard(inbound_id, event.note, "", conversation)
    if conversation is None:
        _keep(session, heard, reading, meaning.event.value, ZALO_STARS, now, settled=True, waits=True)
        return
    over = conversation.state in ENDED
    _note_reply(conversation, now)
    turn = take_turn(
        session,
        conversation=conversation,
        meaning=meaning,
        setting=setting_of(session, conversation.terms),
        instrument=ZALO_STARS,
        comment=event.note,
        now=now,
    )
    settled = over or conversation.response_id is not None
    waits = _waits(reading, turn, event.note)
    _keep(session, heard, reading, turn.event.value, ZALO_STARS, now, settled=settled, waits=waits)

"""A person reads a reply that the parser left to people, and says what it means."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey_app.foundation.clock import local_date
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.responses.operations import store_reply
from survey_app.texting.models import ReplyReading
from survey_app.texting.operations.turns import checked_answers, origin_of, setting_of, take_turn
from survey_app.texting.queries.conversations import by_thread, terms_of
from survey_app.texting.rules.conversation import Event
from survey_app.texting.rules.events import Meaning
from survey_app.texting.rules.questions import RATINGS

COMMENT = "comment"


class UnableToCode(Refused):
    """Somebody coded the reply before, it belongs to no campaign, or its sender's rating is stored already."""


def code_reading(
    session: Session, *, reading_id: int, rating: int | None, account_id: int, now: datetime
) -> ReplyReading:
    """Note what a person read in a reply: an overall rating from 1 to 5, or None for a comment without one.

    A rating becomes a response of the campaign. While phone and answer are linked it goes into their conversation;
    afterwards it counts once for all replies of that conversation. The person's own name stands with it.

    Raises
    ------
    UnableToCode
    """
    query = select(ReplyReading).where(ReplyReading.id == reading_id).with_for_update()
    reading = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if reading is None or not reading.waits_for_person or reading.coded_at is not None:
        raise UnableToCode(_("Tin này không còn chờ đọc."))
    if rating is not None:
        _count(session, reading, rating, now)
    reading.coded_as = COMMENT if rating is None else f"rating:{rating}"
    reading.coded_by, reading.coded_at = account_id, now
    session.flush()
    return reading


def _count(session: Session, reading: ReplyReading, rating: int, now: datetime) -> None:
    if rating not in RATINGS:
        raise UnableToCode(_("Điểm phải từ 1 đến 5."))
    if reading.campaign_id is None or reading.office_id is None:
        raise UnableToCode(_("Tin này không thuộc đợt khảo sát nào, nên không tính điểm được."))
    today = local_date(now)
    conversation = by_thread(session, reading.thread, today) if reading.thread else None
    terms = conversation.terms if conversation else terms_of(session, reading.campaign_id, today)
    setting, meaning = setting_of(session, terms), Meaning(Event.CODED_RATING, {0: rating})
    if conversation is not None:
        turn = take_turn(
            session,
            conversation=conversation,
            meaning=meaning,
            setting=setting,
            instrument=reading.instrument,
            now=now,
        )
        if not turn.stored:
            raise _has_rated()
    elif reading.settled:
        raise _has_rated()
    else:
        store_reply(
            session,
            origin=origin_of(setting, reading.office_id, reading.instrument),
            questionnaire=setting.questionnaire,
            answers=checked_answers(setting, meaning, ""),
            now=now,
        )
    session.execute(update(ReplyReading).where(ReplyReading.thread == reading.thread).values(settled=True))


def _has_rated() -> UnableToCode:
    return UnableToCode(_("Người gửi tin này đã có đánh giá được tính, nên không tính thêm."))

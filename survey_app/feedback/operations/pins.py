"""Looks at PINs, a few wrong ones a day: a code whose PIN is being guessed stays shut to everybody until tomorrow.

10 a day make the chance of finding one of 10^6 in a year 0.4 %, however many connections and processes ask. Who forgot
the own PIN asks the desk.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey_app.feedback.models import WrongPins
from survey_app.feedback.rules.codes import is_pin
from survey_app.foundation.clock import local_date
from survey_app.foundation.database import insert_if_absent
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _

WRONG_A_DAY = 10


class PinIsShut(Refused):
    """Too many wrong PINs were typed today; this one was not looked at."""


def try_pin(session: Session, *, code: str, pin: str, digest: str, key: str, now: datetime) -> bool:
    """Say whether `pin` opens `code`, and count a wrong one; `key` is SURVEY_CONTACT_KEY.

    Tries at once wait for each other, so that a hundred are a hundred.

    Raises
    ------
    PinIsShut
        `WRONG_A_DAY` were wrong today.
    """
    wrong = _wrong_today(session, code, local_date(now))
    if wrong.count >= WRONG_A_DAY:
        raise PinIsShut(_("PIN đã nhập sai nhiều lần. Xin thử lại vào ngày mai, hoặc liên hệ cơ quan."))
    is_right = is_pin(key, code, pin, digest)
    wrong.count += not is_right
    if wrong.count == 0:
        # That somebody looked is nobody's business.
        session.delete(wrong)
    session.flush()
    return is_right


def _wrong_today(session: Session, code: str, today: date) -> WrongPins:
    """Hold the count of today, and forget those of the days before that nobody else holds."""
    old = select(WrongPins.code).where(WrongPins.day < today).limit(500).with_for_update(skip_locked=True)
    session.execute(
        delete(WrongPins).where(WrongPins.code.in_(old), WrongPins.day < today),
        execution_options={"synchronize_session": False},
    )
    insert_if_absent(session, WrongPins, {"code": code, "day": today, "count": 0})
    return session.get_one(WrongPins, (code, today), with_for_update=True, populate_existing=True)

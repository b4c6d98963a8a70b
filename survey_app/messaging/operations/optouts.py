"""What people say about being written to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.messaging.models import OptOut
from survey_app.messaging.operations.blocks import add_block
from survey_app.messaging.queries import phone_hash
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.optouts import Lifter, Reason, may_lift


class UnableToOptIn(Refused):
    """Somebody else refused, who must lift it."""


def opt_out(
    session: Session,
    *,
    key: str,
    phone: str,
    reason: Reason = Reason.CITIZEN,
    medium: Medium = Medium.SMS,
    source: str,
    now: datetime,
) -> bool:
    """Write no more to a phone (E.164), and suppress at once what waits for it; say whether that is new.

    `medium` is where it was said; a citizen's refusal holds on every medium all the same. `source` says how we know
    ("sms", "desk"), and nothing personal.
    """
    hashed = phone_hash(key, phone)
    return add_block(session, hashed=hashed, reason=reason, medium=medium, source=source, now=now)


def opt_in(session: Session, *, key: str, phone: str, lifter: Lifter, now: datetime) -> int:
    """Lift what may be lifted by `lifter`; return how many entries that were. What was suppressed stays so.

    Raises
    ------
    UnableToOptIn
        Staff may not overrule a citizen or a carrier.
    """
    hashed = phone_hash(key, phone)
    rows = session.execute(select(OptOut.id, OptOut.reason).where(OptOut.phone_hash == hashed)).all()
    liftable = [row.id for row in rows if may_lift(Reason(row.reason), lifter)]
    if rows and not liftable:
        raise UnableToOptIn(_("Người dân đã từ chối: chỉ chính số này nhắn DK mới nhận tin trở lại."))
    session.execute(delete(OptOut).where(OptOut.id.in_(liftable)))
    return len(liftable)

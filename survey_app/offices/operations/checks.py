"""Records what staff found who scanned the code at a counter."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.models import QrCheck, ServicePoint
from survey_app.offices.rules import CheckOutcome


class UnableToRecordCheck(Refused):
    """The counter is closed or unknown."""


def record_check(
    session: Session, *, service_point_id: int, account_id: int, outcome: CheckOutcome, now: datetime
) -> QrCheck:
    """Store one check of a counter's code; several a day are kept, the last one counts.

    Raises
    ------
    UnableToRecordCheck
        The counter is unknown or was closed.
    """
    point = session.get(ServicePoint, service_point_id)
    if point is None or not point.active:
        raise UnableToRecordCheck(_("Quầy này đã đóng, không cần kiểm tra nữa."))
    check = QrCheck(service_point_id=point.id, account_id=account_id, outcome=outcome, checked_at=now)
    session.add(check)
    session.flush()
    return check

"""Cases as the queue finds them, stored without their stories."""

from __future__ import annotations

import random
from datetime import datetime
from itertools import count

from sqlalchemy.orm import Session

from survey_app.feedback.models import Case
from survey_app.feedback.rules.codes import new_code
from survey_app.feedback.rules.kinds import Anonymity, Channel, Kind
from survey_app.feedback.rules.searching import search_text_of
from survey_app.feedback.rules.states import State
from survey_app.foundation.database import Database

COMMUNE = "04/01273"
_numbers = count(1)
_rng = random.Random(4)


def new_case(session: Session, *, now: datetime, text: str = "Đèn đường hỏng", **given: object) -> Case:
    """Store a case that differs from a usual one in what is given."""
    code, number = new_code(_rng), next(_numbers)
    values: dict[str, object] = {
        "code": code,
        "pin_digest": "0" * 64,
        "submission_id": f"submission-{number}",
        "kind": Kind.PETITION,
        "channel": Channel.WEB,
        "anonymity": Anonymity.OFFICERS_ONLY,
        "unit_path": COMMUNE,
        "received_path": COMMUNE,
        "text": text,
        "state": State.RECEIVED,
        "created_at": now,
    } | given
    values["search_text"] = search_text_of(code, text, place=str(values.get("place", "")))
    case = Case(**values)
    session.add(case)
    session.flush()
    return case


def store(database: Database, *, now: datetime, **given: object) -> Case:
    """Store one case in a transaction of its own."""
    return database.write(lambda session: new_case(session, now=now, **given))  # type: ignore[arg-type]

"""Keeps the counts of arrivals near the present, whenever somebody looks at them."""

from __future__ import annotations

from survey_app.foundation.clock import now
from survey_app.foundation.database import DatabaseUnavailable, read, write
from survey_app.foundation.log import logger
from survey_app.responses.operations import roll_up
from survey_app.responses.queries import horizon
from survey_app.responses.rules.arrivals import is_due


def count_on() -> None:
    """Count what is settled by now. Without it pages are as right, but slower; so a busy database is no failure."""
    instant = now()
    with read() as session:
        reached = horizon(session)
    if reached is not None and not is_due(reached.counted_until, reached.noted_at, instant):
        return
    try:
        write(lambda session: roll_up(session, now=instant))
    except DatabaseUnavailable as error:
        logger.warning("arrivals not counted", kind=str(error))

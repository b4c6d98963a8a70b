"""How sending goes: what became of each day's messages by carrier, and how long the oldest one waits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from survey_app.foundation.clock import VIETNAM, local_date
from survey_app.messaging.models import OutboxMessage, Sender
from survey_app.messaging.rules.states import State

TAKEN = (State.ACCEPTED, State.SENT, State.DELIVERED, State.READ)
"""The carrier has the message, whatever became of it later."""
ARRIVED = (State.DELIVERED, State.READ)
NOT_SENT = (State.FAILED, State.DEAD)


@dataclass(frozen=True, slots=True)
class DayHealth:
    """The messages whose sending to one carrier began on one day in Việt Nam."""

    day: date
    gateway: str
    states: Mapping[State, int]

    @property
    def begun(self) -> int:
        """Return how many there were."""
        return sum(self.states.values())

    def count(self, *states: State) -> int:
        """Return how many are in one of `states`."""
        return sum(self.states.get(state, 0) for state in states)


def daily_health(session: Session, *, now: datetime, days: int = 7) -> list[DayHealth]:
    """Return the last `days` days with any sending, the latest first, carriers by name."""
    today = local_date(now)
    starts = [(today - timedelta(days=back), _midnight(today - timedelta(days=back))) for back in range(days)]
    day = case(*((OutboxMessage.began_at >= start, back) for back, (_day, start) in enumerate(starts)))
    gateways = dict(session.execute(select(Sender.id, Sender.gateway)).all())
    # Senders are named, for the index begins with them.
    begun = (
        select(day.label("back"), OutboxMessage.sender_id, OutboxMessage.state)
        .where(OutboxMessage.sender_id.in_(gateways), OutboxMessage.began_at >= starts[-1][1])
        .subquery()
    )
    rows = session.execute(select(begun, func.count()).group_by(*begun.c))
    found: dict[tuple[int, str], Counter[State]] = defaultdict(Counter)
    for back, sender_id, state, count in rows:
        found[back, gateways[sender_id]][State(state)] += count
    return [DayHealth(starts[back][0], gateway, found[back, gateway]) for back, gateway in sorted(found)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


def oldest_due(session: Session, *, now: datetime) -> Mapping[str, datetime]:
    """Return since when the longest waiting message of each carrier could have gone; no entry where none waits."""
    rows = session.execute(
        select(Sender.gateway, func.min(OutboxMessage.due_at))
        .join(Sender)
        .where(OutboxMessage.state == State.QUEUED.value, OutboxMessage.due_at <= now)
        .group_by(Sender.gateway)
    )
    return dict(rows.all())

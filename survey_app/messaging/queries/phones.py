"""What is known of a phone, found by its keyed hash."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.foundation.privacy import keyed_hash
from survey_app.messaging.models import OptOut, OutboxMessage
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.limits import Purpose, Written
from survey_app.messaging.rules.optouts import Block, Reason, may_write
from survey_app.messaging.rules.states import State

AT_ONCE = 500
"""Values in one IN list: more only make the statement longer."""

_WRITTEN = (
    State.SENDING,
    State.ACCEPTED,
    State.SENT,
    State.DELIVERED,
    State.READ,
    State.UNKNOWN,
)


def phone_hash(key: str, number: str) -> str:
    """Return the hash under which the phone `number` (E.164) is matched; `key` is SURVEY_CONTACT_KEY."""
    return keyed_hash(key, "phone", number)


def blocks_of(session: Session, hashes: Collection[str]) -> Mapping[str, Sequence[Block]]:
    """Return what stands in the way of writing to each phone; phones without a block are left out."""
    found: dict[str, list[Block]] = defaultdict(list)
    for part in _parts(hashes):
        rows = select(OptOut.phone_hash, OptOut.reason, OptOut.medium).where(OptOut.phone_hash.in_(part))
        for one, reason, medium in session.execute(rows):
            found[one].append(Block(Reason(reason), Medium(medium)))
    return found


def refuses(session: Session, *, key: str, phone: str, medium: Medium) -> bool:
    """Say whether the phone (E.164) must not be written to on `medium`."""
    one = phone_hash(key, phone)
    return not may_write(blocks_of(session, [one]).get(one, ()), medium)


def history_of(session: Session, hashes: Collection[str], *, with_leased: bool) -> dict[str, list[Written]]:
    """Return what was or may have been sent to each phone on any medium, oldest first.

    `with_leased`: also what a worker has taken and will send at once.
    """
    found: dict[str, list[Written]] = defaultdict(list)
    states = [*_WRITTEN, State.LEASED] if with_leased else list(_WRITTEN)
    at = func.coalesce(OutboxMessage.began_at, OutboxMessage.leased_until, OutboxMessage.due_at)
    for part in _parts(hashes):
        rows = (
            select(
                OutboxMessage.phone_hash,
                OutboxMessage.purpose,
                at,
                OutboxMessage.dossier,
            )
            .where(
                OutboxMessage.phone_hash.in_(part),
                OutboxMessage.state.in_([state.value for state in states]),
            )
            .order_by(at)
        )
        for one, purpose, instant, dossier in session.execute(rows):
            found[one or ""].append(Written(Purpose(purpose), instant, dossier))
    return found


def opt_out_counts(session: Session) -> Mapping[Reason, int]:
    """Return how many entries there are for each reason."""
    rows = session.execute(select(OptOut.reason, func.count()).group_by(OptOut.reason))
    return {Reason(reason): count for reason, count in rows}


def _parts(values: Collection[str]) -> list[list[str]]:
    listed = sorted(set(values))
    return [listed[start : start + AT_ONCE] for start in range(0, len(listed), AT_ONCE)]

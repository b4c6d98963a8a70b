"""Which messages a worker takes next: those that are due, allowed and within the pace of their sender.

Several workers may ask at once. On PostgreSQL each locks the senders and rows it looks at and skips what another has
locked; on SQLite only one transaction writes at a time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from survey_app.messaging.models import OutboxMessage, OutboxTopic, Sender
from survey_app.messaging.operations.moves import move
from survey_app.messaging.operations.obstacles import give_way, obstacle
from survey_app.messaging.queries import blocks_of, history_of
from survey_app.messaging.queries.waiting import due_here, open_senders
from survey_app.messaging.rules.hours import may_send
from survey_app.messaging.rules.limits import Purpose, Written
from survey_app.messaging.rules.pace import Bucket, Pace, take
from survey_app.messaging.rules.policy import ASKED_AFTER, DEFAULT_POLICY, Policy
from survey_app.messaging.rules.states import Event, State, next_state

BESIDES = 8
"""Messages looked at beyond those wanted: what is held back or suppressed is settled in passing."""


@dataclass(frozen=True, slots=True)
class Leased:
    """The messages a worker took. `more`: others were settled in passing, so it is worth asking again at once."""

    ids: Sequence[int]
    more: bool


def lease(
    session: Session, *, owner: str, most: int, now: datetime, policy: Policy = DEFAULT_POLICY
) -> Leased:
    """Take at most `most` messages for the worker `owner`, replies to citizens first.

    Messages to phones that refused meanwhile are suppressed, those over a limit put off or cancelled.
    """
    ids: list[int] = []
    more = False
    for sender_id in open_senders(session):
        if len(ids) < most:
            found = _lease_from(session, sender_id, owner, most - len(ids), now, policy)
            ids, more = ids + list(found.ids), more or found.more
    return Leased(ids, more)


def _lease_from(
    session: Session, sender_id: int, owner: str, most: int, now: datetime, policy: Policy
) -> Leased:
    query = select(Sender).where(Sender.id == sender_id)
    # Without the lock of a key, so that whoever is adding messages of this sender does not keep it.
    sender = session.scalars(query.with_for_update(skip_locked=True, key_share=True)).one_or_none()
    if sender is None:
        return Leased((), False)
    candidates = _candidates(session, sender_id, most + BESIDES, now, policy)
    sending = _settled(session, candidates, now, policy)
    leased = _within_pace(sender, sending, most, now)
    for message in leased:
        move(message, Event.LEASE, now)
        message.leased_by, message.leased_until = owner, now + policy.lease
    return Leased([one.id for one in leased], bool(candidates) and not sending)


def _candidates(
    session: Session, sender_id: int, most: int, now: datetime, policy: Policy
) -> list[OutboxMessage]:
    """Return due messages of each topic that may go at this hour, locked; the topics with a pace locked too."""
    found: list[OutboxMessage] = []
    for is_reply, purpose in ((True, Purpose.REPLY), (False, Purpose.NOTICE)):
        if may_send(now, policy.window_of(purpose)):
            due = due_here(sender_id, is_reply=is_reply, now=now)
            topics = select(OutboxTopic).where(exists().where(*due).correlate(OutboxTopic))
            of_kind = [one for topic in session.scalars(topics) for one in _due(session, topic, due, most)]
            found += sorted(of_kind, key=lambda one: (one.due_at, one.id))
    return found


def _due(session: Session, topic: OutboxTopic, due: Sequence[object], most: int) -> Sequence[OutboxMessage]:
    if topic.segments_per_second is not None:
        query = select(OutboxTopic).where(OutboxTopic.id == topic.id)
        locked = query.with_for_update(skip_locked=True, key_share=True).execution_options(
            populate_existing=True
        )
        if session.scalars(locked).one_or_none() is None:
            return ()
    messages = (
        select(OutboxMessage)
        .join(OutboxTopic, OutboxTopic.id == OutboxMessage.topic_id)
        .where(OutboxTopic.id == topic.id, *due)  # type: ignore[arg-type]
        .order_by(OutboxMessage.due_at)
        .limit(most)
        .with_for_update(of=OutboxMessage, skip_locked=True)
    )
    return session.scalars(messages).all()


def _settled(
    session: Session, candidates: Sequence[OutboxMessage], now: datetime, policy: Policy
) -> list[OutboxMessage]:
    """Return the candidates that nothing stands in the way of; the others are put where they belong."""
    hashes = [one.phone_hash for one in candidates if one.phone_hash]
    blocks, history = blocks_of(session, hashes), history_of(session, hashes, with_leased=True)
    free = []
    for message in candidates:
        hashed = message.phone_hash or ""
        found = obstacle(message, blocks.get(hashed, ()), history.get(hashed, ()), now, policy)
        if found is not None:
            give_way(message, found, now, policy)
            continue
        free.append(message)
        history.setdefault(hashed, []).append(Written(Purpose(message.purpose), now, message.dossier))
    return free


def _within_pace(
    sender: Sender, messages: Sequence[OutboxMessage], most: int, now: datetime
) -> list[OutboxMessage]:
    """Take tokens of the sender, and of a topic that has a pace of its own, for as many messages as there are."""
    pace = Pace(segments_per_second=sender.segments_per_second, burst=sender.burst)
    taken: list[OutboxMessage] = []
    for message in messages:
        if len(taken) == most:
            break
        bucket, wait = take(Bucket(sender.full_at), pace, message.segments, now)
        if wait:
            break
        if _topic_allows(message, now):
            sender.full_at = bucket.full_at
            taken.append(message)
    return taken


def _topic_allows(message: OutboxMessage, now: datetime) -> bool:
    topic = message.topic
    if topic.segments_per_second is None or message.is_reply:
        return True
    pace = Pace(segments_per_second=topic.segments_per_second, burst=max(1, int(topic.segments_per_second)))
    bucket, wait = take(Bucket(topic.full_at), pace, message.segments, now)
    if wait:
        return False
    topic.full_at = bucket.full_at
    return True


def sweep(session: Session, *, now: datetime) -> tuple[int, int]:
    """Take back what dead workers held: return how many wait again, and how many are in doubt."""
    return (
        _expire(session, State.LEASED, now, {"leased_by": None, "leased_until": None}),
        _expire(session, State.SENDING, now, {"leased_by": None, "leased_until": now + ASKED_AFTER}),
    )


def _expire(session: Session, state: State, now: datetime, values: dict[str, object]) -> int:
    expired = [OutboxMessage.state == state.value, OutboxMessage.leased_until < now]
    after = next_state(state, Event.EXPIRE)
    assert after is not None
    rows = session.scalars(select(OutboxMessage.id).where(*expired).with_for_update(skip_locked=True)).all()
    for start in range(0, len(rows), 500):
        part = OutboxMessage.id.in_(rows[start : start + 500])
        session.execute(update(OutboxMessage).where(part).values(state=after.value, **values))
    return len(rows)


def release_all(session: Session, *, owner: str, now: datetime) -> int:
    """Give back what a worker took and will not begin, because it ends; return how many messages."""
    mine = [OutboxMessage.state == State.LEASED.value, OutboxMessage.leased_by == owner]
    count = session.scalar(select(func.count()).select_from(OutboxMessage).where(*mine)) or 0
    after = next_state(State.LEASED, Event.RELEASE)
    assert after is not None
    values = {"state": after.value, "leased_by": None, "leased_until": None}
    session.execute(update(OutboxMessage).where(*mine).values(values))
    return count

"""What carriers say later: receipts, and answers to the question whether they had a message in doubt."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.messaging.models import CODE_LENGTH, PROVIDER_ID_LENGTH, OutboxMessage, Sender
from survey_app.messaging.operations.moves import move, note_failure
from survey_app.messaging.rules.contract import Found, Status, StatusUpdate
from survey_app.messaging.rules.hours import next_allowed
from survey_app.messaging.rules.limits import Purpose
from survey_app.messaging.rules.policy import DEFAULT_POLICY, Policy, next_look_up
from survey_app.messaging.rules.references import own_reference
from survey_app.messaging.rules.states import Event, State


def update_status(session: Session, *, gateway: str, update: StatusUpdate, now: datetime) -> bool:
    """Store a carrier's receipt; say whether it changed anything. Steps back and unknown messages change nothing."""
    message = _of_receipt(session, gateway, update)
    if message is None:
        return False
    before = message.state
    after = move(message, Event(update.status.value), now)
    if after.value == before:
        return False
    message.provider_id = message.provider_id or update.provider_id[:PROVIDER_ID_LENGTH]
    if update.status is Status.FAILED:
        note_failure(session, message=message, code=update.code, cause=update.cause, now=now)
    else:
        message.sent_at, message.code = message.sent_at or now, update.code[:CODE_LENGTH]
    return True


def _of_receipt(session: Session, gateway: str, update: StatusUpdate) -> OutboxMessage | None:
    """Find a message by the carrier's id, else by ours: a receipt may overtake the answer to the sending."""
    at_gateway = select(OutboxMessage).join(Sender).where(Sender.gateway == gateway)
    by_id = at_gateway.where(OutboxMessage.provider_id == update.provider_id)
    locked = {"of": OutboxMessage}
    found = session.scalars(by_id.with_for_update(**locked).limit(1)).one_or_none()  # type: ignore[arg-type]
    if found is not None or not update.reference:
        return found
    by_reference = at_gateway.where(OutboxMessage.reference == own_reference(update.reference))
    return session.scalars(by_reference.with_for_update(**locked)).one_or_none()  # type: ignore[arg-type]


def settle_doubt(
    session: Session,
    *,
    message_id: int,
    attempt: int,
    found: Found | None,
    now: datetime,
    policy: Policy = DEFAULT_POLICY,
) -> State | None:
    """Store what asking for sending number `attempt` gave; None if the message has moved on since.

    `found` None: the carrier cannot tell, and is asked again later, for a day. A message that it never had waits to
    be sent again.
    """
    message = session.get(OutboxMessage, message_id, with_for_update=True)
    if message is None or message.state != State.UNKNOWN.value or message.attempt != attempt:
        return None
    began_at = message.began_at or now
    if found is None:
        message.leased_until = next_look_up(began_at, now)
        return State.UNKNOWN
    if found.provider_id is None:
        message.due_at = next_allowed(now, policy.window_of(Purpose(message.purpose)))
        return move(message, Event.NOT_FOUND, now)
    return _settle_found(session, message, found.provider_id, found.status, now)


def _settle_found(
    session: Session, message: OutboxMessage, provider_id: str, status: Status | None, now: datetime
) -> State:
    message.provider_id, message.sent_at = provider_id[:PROVIDER_ID_LENGTH], message.began_at
    after = move(message, Event.ACCEPTED, now)
    if status is not None:
        after = move(message, Event(status.value), now)
    if status is Status.FAILED:
        note_failure(session, message=message, code="failed", cause=None, now=now)
    return after

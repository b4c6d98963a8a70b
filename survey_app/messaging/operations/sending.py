"""One sending: begun before the carrier is called, finished with what the carrier said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from survey_app.foundation.privacy import FieldCipher, UnableToDecrypt
from survey_app.messaging.models import CODE_LENGTH, GatewayStop, OutboxMessage
from survey_app.messaging.operations.moves import move, note_failure
from survey_app.messaging.operations.obstacles import Obstacle, give_way, obstacle
from survey_app.messaging.queries import blocks_of, history_of
from survey_app.messaging.rules.contract import (
    Accepted,
    Cause,
    InDoubt,
    OutboundText,
    Outcome,
    Permanent,
    Retryable,
)
from survey_app.messaging.rules.hours import next_allowed
from survey_app.messaging.rules.limits import Purpose
from survey_app.messaging.rules.pace import RandomSource, next_try
from survey_app.messaging.rules.policy import DEFAULT_POLICY, Policy
from survey_app.messaging.rules.references import carrier_reference
from survey_app.messaging.rules.states import Event, State, event_of

WRONG_KEY = "key"
"""Code of a message whose phone was encrypted with another SURVEY_CONTACT_KEY."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A message whose sending has begun: it must now be handed to its carrier, once."""

    id: int
    attempt: int
    gateway: str
    message: OutboundText


def begin_sending(
    session: Session,
    *,
    message_id: int,
    owner: str,
    key: str,
    now: datetime,
    policy: Policy = DEFAULT_POLICY,
) -> Begun | None:
    """Mark a leased message as being sent; None if the lease is lost or something stands in the way since.

    Once this is committed the message may have been sent, whatever happens to the worker.
    """
    message = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.id == message_id)
        .options(joinedload(OutboxMessage.sender), joinedload(OutboxMessage.topic))
        .with_for_update(of=OutboxMessage)
    ).one_or_none()
    if message is None or not _is_held(message, owner, now):
        return None
    found = _obstacle_now(session, message, now, policy)
    if found is not None:
        give_way(message, found, now, policy)
        return None
    move(message, Event.BEGIN, now)
    message.attempt += 1
    message.began_at = now
    message.first_tried_at = message.first_tried_at or now
    message.leased_until = now + policy.sending
    return _begun(session, message, key, now)


def _is_held(message: OutboxMessage, owner: str, now: datetime) -> bool:
    """Say whether the worker still holds the message. One that slept too long has lost it."""
    in_time = message.leased_until is not None and now < message.leased_until
    return message.state == State.LEASED.value and message.leased_by == owner and in_time


def _obstacle_now(session: Session, message: OutboxMessage, now: datetime, policy: Policy) -> Obstacle | None:
    stopped = exists().where(GatewayStop.gateway == message.sender.gateway)
    if not message.sender.active or session.scalar(select(stopped)):
        return Obstacle(Event.RELEASE)
    if message.topic.paused and not message.is_reply:
        return Obstacle(Event.RELEASE)
    hashed = message.phone_hash or ""
    blocks = blocks_of(session, [hashed]).get(hashed, ())
    history = history_of(session, [hashed], with_leased=False).get(hashed, ())
    return obstacle(message, blocks, history, now, policy)


def _begun(session: Session, message: OutboxMessage, key: str, now: datetime) -> Begun | None:
    assert message.phone_sealed is not None
    try:
        number = FieldCipher(key).decrypt(message.phone_sealed)
    except UnableToDecrypt:
        move(message, Event.REFUSE, now)
        note_failure(session, message=message, code=WRONG_KEY, cause=Cause.CONFIGURATION, now=now)
        return None
    text = OutboundText(
        reference=carrier_reference(message.reference, message.resends),
        to=number,
        sender=message.sender.name,
        text=message.text,
        template=message.template,
        parameters=message.parameters,
    )
    return Begun(message.id, message.attempt, message.sender.gateway, text)


def finish_sending(
    session: Session,
    *,
    message_id: int,
    attempt: int,
    outcome: Outcome,
    rng: RandomSource,
    now: datetime,
    policy: Policy = DEFAULT_POLICY,
) -> State | None:
    """Store what the carrier said to sending number `attempt`; return the state it led to, None if it came too late.

    A worker that was thought dead may come back after others went on. Only that it did send, or may have, still
    counts then.
    """
    message = session.get(OutboxMessage, message_id, with_for_update=True)
    if message is None:
        return None
    if message.attempt != attempt and not isinstance(outcome, Accepted | InDoubt):
        return None
    again = _next_try(message, outcome, rng, now, policy)
    before = message.state
    after = move(message, event_of(outcome, tries_left=again is not None), now)
    if before == State.SENDING.value or after.value != before:
        _note(session, message, outcome, again, now, policy)
    return after


def _next_try(
    message: OutboxMessage, outcome: Outcome, rng: RandomSource, now: datetime, policy: Policy
) -> datetime | None:
    """Return when a message that was put off is due again; None: never."""
    if not isinstance(outcome, Retryable):
        return None
    first = message.first_tried_at or now
    at = next_try(
        message.failures + 1,
        first_tried_at=first,
        now=now,
        rng=rng,
        asked_to_wait=outcome.after,
        plan=policy.retries,
    )
    again = next_allowed(at, policy.window_of(Purpose(message.purpose))) if at else None
    return again if again and again <= first + policy.retries.within else None


def _note(
    session: Session,
    message: OutboxMessage,
    outcome: Outcome,
    again: datetime | None,
    now: datetime,
    policy: Policy,
) -> None:
    match outcome:
        case Accepted(provider_id):
            message.provider_id, message.sent_at = provider_id, now
            message.code, message.cause = "", None
        case Permanent(code, cause):
            note_failure(session, message=message, code=code, cause=cause, now=now)
        case Retryable(code) | InDoubt(code):
            message.code = code[:CODE_LENGTH]
            message.failures += isinstance(outcome, Retryable)
            message.due_at = again or message.due_at

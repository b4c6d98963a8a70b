"""One sending: begun before the carrier is called, finished with what the carrier said."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from survey_app.foundation.locks import hold_names
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
from survey_app.messaging.rules.limits import Purpose, Written
from survey_app.messaging.rules.optouts import Block
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
    began_at: datetime
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
    begun = begin_sendings(session, message_ids=[message_id], owner=owner, key=key, now=now, policy=policy)
    return next(iter(begun), None)


def begin_sendings(
    session: Session,
    *,
    message_ids: Sequence[int],
    owner: str,
    key: str,
    now: datetime,
    policy: Policy = DEFAULT_POLICY,
) -> list[Begun]:
    """Mark leased messages as being sent as `begin_sending` does, and return those that may now be sent.

    Take no more than can be handed over at once: what has begun when a worker dies is in doubt.
    """
    held = [one for one in _locked(session, message_ids) if _is_held(one, owner, now)]
    about = _About.of(session, held)
    begun = []
    for message in held:
        found = about.obstacle(message, now, policy)
        if found is not None:
            give_way(message, found, now, policy)
            continue
        _begin(message, now, policy)
        about.note(message, now)
        begun.append(_begun(session, message, key, now))
    return [one for one in begun if one is not None]


def _locked(session: Session, message_ids: Sequence[int]) -> Sequence[OutboxMessage]:
    query = (
        select(OutboxMessage)
        .where(OutboxMessage.id.in_(message_ids))
        .order_by(OutboxMessage.id)
        .options(joinedload(OutboxMessage.sender), joinedload(OutboxMessage.topic))
        .with_for_update(of=OutboxMessage)
    )
    return session.scalars(query).all()


def _is_held(message: OutboxMessage, owner: str, now: datetime) -> bool:
    """Say whether the worker still holds the message. One that slept too long has lost it."""
    in_time = message.leased_until is not None and now < message.leased_until
    return message.state == State.LEASED.value and message.leased_by == owner and in_time


@dataclass(frozen=True, slots=True)
class _About:
    """What is known of the carriers and phones of some messages, read once for all of them."""

    stopped: Collection[str]
    blocks: Mapping[str, Sequence[Block]]
    history: dict[str, list[Written]]

    @classmethod
    def of(cls, session: Session, messages: Sequence[OutboxMessage]) -> _About:
        """Read it; phones are held, for two senders may begin at the same instant and not see each other."""
        hold_names(session, [f"phone {one.phone_hash}" for one in messages if not one.is_reply])
        hashes = {one.phone_hash for one in messages if one.phone_hash}
        stopped = session.scalars(select(GatewayStop.gateway)).all()
        return cls(stopped, blocks_of(session, hashes), history_of(session, hashes, with_leased=False))

    def obstacle(self, message: OutboxMessage, now: datetime, policy: Policy) -> Obstacle | None:
        """Return what stands in the way of a message now."""
        if not message.sender.active or message.sender.gateway in self.stopped:
            return Obstacle(Event.RELEASE)
        if message.topic.paused and not message.is_reply:
            return Obstacle(Event.RELEASE)
        hashed = message.phone_hash or ""
        return obstacle(message, self.blocks.get(hashed, ()), self.history.get(hashed, ()), now, policy)

    def note(self, message: OutboxMessage, now: datetime) -> None:
        """Let a message that has begun count for those that follow to the same phone."""
        written = Written(Purpose(message.purpose), now, message.dossier)
        self.history.setdefault(message.phone_hash or "", []).append(written)


def _begin(message: OutboxMessage, now: datetime, policy: Policy) -> None:
    move(message, Event.BEGIN, now)
    message.attempt += 1
    message.began_at = now
    message.first_tried_at = message.first_tried_at or now
    message.leased_until = now + policy.sending


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
    return Begun(message.id, message.attempt, now, message.sender.gateway, text)


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
    (after,) = finish_sendings(
        session, ended=[Ended(message_id, attempt, outcome)], rng=rng, now=now, policy=policy
    )
    return after


@dataclass(frozen=True, slots=True)
class Ended:
    """What a carrier said to sending number `attempt` of a message."""

    id: int
    attempt: int
    outcome: Outcome


def finish_sendings(
    session: Session,
    *,
    ended: Sequence[Ended],
    rng: RandomSource,
    now: datetime,
    policy: Policy = DEFAULT_POLICY,
) -> list[State | None]:
    """Store what carriers said to several sendings as `finish_sending` does; return the state each led to."""
    messages = {one.id: one for one in _locked(session, [one.id for one in ended])}
    return [
        _finish(session, messages[one.id], one, rng, now, policy) if one.id in messages else None
        for one in ended
    ]


def _finish(
    session: Session, message: OutboxMessage, ended: Ended, rng: RandomSource, now: datetime, policy: Policy
) -> State | None:
    outcome = ended.outcome
    if message.attempt != ended.attempt and not isinstance(outcome, Accepted | InDoubt):
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

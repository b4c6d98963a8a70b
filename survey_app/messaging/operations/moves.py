"""Moves one message by the table of states, and what each end of it entails."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from survey_app.foundation.database import insert_if_absent
from survey_app.messaging.models import CODE_LENGTH, GatewayStop, OutboxMessage
from survey_app.messaging.operations.blocks import add_block
from survey_app.messaging.rules.contract import Cause, Medium
from survey_app.messaging.rules.optouts import reason_for
from survey_app.messaging.rules.policy import ASKED_AFTER
from survey_app.messaging.rules.states import TERMINAL, Event, Resend, State, may_resend, next_state


class ImpossibleMove(Exception):
    """The table of states has no such step: a fault of this program."""


def move(message: OutboxMessage, event: Event, now: datetime) -> State:
    """Bring a locked message to its next state and return it; what nothing more can be sent to is forgotten.

    Raises
    ------
    ImpossibleMove
        A command that the state does not allow.
    """
    before = State(message.state)
    after = next_state(before, event)
    if after is None:
        raise ImpossibleMove(f"{event} in state {before}")
    message.state = after.value
    if after is not before:
        _leave(message, after, now)
    return after


def _leave(message: OutboxMessage, after: State, now: datetime) -> None:
    if after is State.UNKNOWN:
        message.leased_by, message.leased_until = None, now + ASKED_AFTER
    elif after not in (State.LEASED, State.SENDING):
        message.leased_by = message.leased_until = None
    if is_over(message):
        message.phone_sealed = None


def is_over(message: OutboxMessage) -> bool:
    """Say whether the message will never be sent again, not even by a person."""
    state, cause = State(message.state), Cause(message.cause) if message.cause else None
    return state in TERMINAL or (state is State.FAILED and may_resend(state, cause) is Resend.NO)


def note_failure(
    session: Session, *, message: OutboxMessage, code: str, cause: Cause | None, now: datetime
) -> None:
    """Keep why a message failed, and do what its cause asks for: block the phone, or stop the carrier."""
    message.code, message.cause = code[:CODE_LENGTH], cause.value if cause else None
    if is_over(message):
        message.phone_sealed = None
    if cause is None:
        return
    if cause is Cause.CONFIGURATION:
        stop = {"gateway": message.sender.gateway, "since": now, "code": message.code}
        insert_if_absent(session, GatewayStop, stop)
    reason = reason_for(cause)
    if reason is not None and message.phone_hash is not None:
        add_block(
            session,
            hashed=message.phone_hash,
            reason=reason,
            medium=Medium(message.sender.medium),
            source=message.sender.gateway,
            now=now,
        )

"""What stands in the way of one message, asked when it is leased and again when it is begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from survey_app.messaging.models import OutboxMessage
from survey_app.messaging.operations.moves import move
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.hours import may_send, next_allowed
from survey_app.messaging.rules.limits import Purpose, Written, hold
from survey_app.messaging.rules.optouts import Block, may_write
from survey_app.messaging.rules.policy import Policy
from survey_app.messaging.rules.states import Event

OVER_LIMIT = "limit"
"""Code of a message that was cancelled because the phone was written to about the same matter before."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What happens to the message instead; `until` when it may be looked at again."""

    event: Event
    until: datetime | None = None
    code: str = ""


def obstacle(
    message: OutboxMessage,
    blocks: Sequence[Block],
    history: Sequence[Written],
    now: datetime,
    policy: Policy,
) -> Obstacle | None:
    """Return what keeps a message back: a refusal, a limit, the hour; None if it may go."""
    if not may_write(blocks, Medium(message.sender.medium)) or message.phone_sealed is None:
        return Obstacle(Event.SUPPRESS)
    purpose = Purpose(message.purpose)
    held = hold(purpose, dossier=message.dossier, history=history, now=now, limits=policy.limits)
    if held is not None:
        if held.until is None:
            return Obstacle(Event.CANCEL, code=OVER_LIMIT)
        return Obstacle(Event.RELEASE, held.until)
    if not may_send(now, policy.window_of(purpose)):
        return Obstacle(Event.RELEASE, now)
    return None


def give_way(message: OutboxMessage, found: Obstacle, now: datetime, policy: Policy) -> None:
    """Put a message where its obstacle wants it: away, or back into the queue for later."""
    move(message, found.event, now)
    message.code = found.code or message.code
    if found.until is not None:
        message.due_at = next_allowed(found.until, policy.window_of(Purpose(message.purpose)))

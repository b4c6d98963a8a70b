"""An outbox to try: messages put in, a carrier that does what it is told, and what became of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from survey_app.foundation.database import Database
from survey_app.messaging.models import OutboxMessage
from survey_app.messaging.operations import Queued, begin_sending, enqueue, finish_sending, lease
from survey_app.messaging.rules.contract import (
    Accepted,
    Capabilities,
    Event,
    Found,
    Medium,
    OutboundText,
    Outcome,
    Retryable,
    WebhookAnswer,
    WebhookRequest,
)
from survey_app.messaging.rules.limits import Purpose
from survey_app.messaging.rules.policy import DEFAULT_POLICY, Policy
from survey_app.messaging.rules.states import State
from survey_app.messaging.tasks.courier import Courier

KEY = "test contact key of at least 32 characters"
NOW = datetime(2026, 11, 21, 2, 30, tzinfo=UTC)
"""09:30 in Việt Nam."""
NIGHT = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
"""23:00 in Việt Nam."""
TEXT = "UBND tinh Cao Bang: cham diem 1-5. Soan DG 7K3F9M2X diem gui 8079. Tu choi: soan TC"
TOPIC = "campaign:1"
UNLIMITED = Policy(limits=())
DICE = random.Random(1)


def phone(number: int) -> str:
    """Return one of a million mobile numbers."""
    return f"+84901{number:06}"


def put(database: Database, number: int = 1, **given: Any) -> Queued:
    """Put an invitation to phone `number` into the outbox of the simulator."""
    about: dict[str, Any] = {
        "now": NOW,
        "key": KEY,
        "medium": Medium.SMS,
        "gateway": "simulator",
        "sender": "CaoBang",
        "phone": phone(number),
        "text": TEXT,
        "purpose": Purpose.INVITATION,
        "topic": TOPIC,
    } | given
    return database.write(lambda session: enqueue(session, **about))


def take(
    database: Database,
    *,
    now: datetime = NOW,
    owner: str = "a",
    most: int = 10,
    policy: Policy = DEFAULT_POLICY,
) -> Sequence[int]:
    """Lease messages for a worker."""
    leased = database.write(lambda session: lease(session, owner=owner, most=most, now=now, policy=policy))
    return leased.ids


def start(
    database: Database,
    message_id: int,
    *,
    now: datetime = NOW,
    owner: str = "a",
    policy: Policy = DEFAULT_POLICY,
) -> Any:
    """Begin a leased message."""
    return database.write(
        lambda session: begin_sending(
            session, message_id=message_id, owner=owner, key=KEY, now=now, policy=policy
        )
    )


def end(
    database: Database, message_id: int, outcome: Outcome, *, attempt: int = 1, now: datetime = NOW
) -> State | None:
    """Store what the carrier said."""
    return database.write(
        lambda session: finish_sending(
            session,
            message_id=message_id,
            attempt=attempt,
            outcome=outcome,
            rng=DICE,
            now=now,
        )
    )


def begun(database: Database, number: int = 1, **given: Any) -> int:
    """Put a message into the outbox and begin it; return its id."""
    put(database, number, **given)
    message_id = take(database)[0]
    assert start(database, message_id) is not None
    return message_id


def row(database: Database, message_id: int) -> OutboxMessage:
    """Return a message as it is stored."""
    with database.read() as session:
        found = session.get(OutboxMessage, message_id)
    assert found is not None
    return found


def rows(database: Database) -> list[OutboxMessage]:
    """Return all messages in the order they were put in."""
    with database.read() as session:
        return list(session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)))


def states(database: Database) -> list[str]:
    """Return the states of all messages in the order they were put in."""
    return [one.state for one in rows(database)]


@dataclass
class Carrier:
    """A gateway in memory: takes messages unless told otherwise, and knows what it got."""

    name: str = "simulator"
    outcome: Outcome | None = None
    got: list[OutboundText] = field(default_factory=list)
    found: Found | None = None
    capabilities: Capabilities = field(
        default_factory=lambda: Capabilities(
            medium=Medium.SMS, two_way=True, receipts=True, looks_up=True, answers_inline=False
        )
    )

    def send(self, message: OutboundText) -> Outcome:
        """Take the message, unless it is to be refused."""
        if self.outcome is None or not isinstance(self.outcome, Retryable):
            self.got.append(message)
        return self.outcome or Accepted(f"id-{message.reference}")

    def look_up(self, message: OutboundText, since: datetime) -> Found | None:
        """Say what was prepared."""
        return self.found

    def read(self, request: WebhookRequest) -> Sequence[Event]:
        """Nobody calls."""
        return []

    def acknowledge(self, events: Sequence[Event], replies: Sequence[str]) -> WebhookAnswer:
        """Answer nothing."""
        return WebhookAnswer("", "text/plain")


def later(**length: float) -> datetime:
    """Return an instant after `NOW`."""
    return NOW + timedelta(**length)


def deliver(courier: Courier, message_id: int) -> State | None:
    """Let a worker send one message that it has leased; None if it did not go."""
    begun = courier.begin([message_id])
    return courier.finish([courier.send(one) for one in begun])[0] if begun else None

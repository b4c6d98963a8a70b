"""Takes back messages that the room above no longer wants sent, at the last moment before they leave."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from sqlalchemy.orm import Session

from survey_app.messaging.models import OutboxMessage
from survey_app.messaging.operations.leasing import Leased
from survey_app.messaging.operations.moves import move
from survey_app.messaging.rules.limits import Purpose
from survey_app.messaging.rules.states import Event

NOT_WANTED = "not wanted"
"""Code of a message that was cancelled because its reason was gone when its turn came."""


@dataclass(frozen=True, slots=True)
class Leaving:
    """A message that is about to leave, as far as the room above may know it."""

    id: int
    purpose: Purpose
    topic: str
    phone_hash: str | None


Unwanted: TypeAlias = Callable[[Session, Sequence[Leaving], datetime], Collection[int]]
"""Which messages the room above no longer wants sent: (session, messages, now) -> their ids."""


def withdraw(session: Session, *, leased: Leased, unwanted: Unwanted, now: datetime) -> Leased:
    """Cancel those of the messages just leased that the room above no longer wants; return the others."""
    messages = [one for id_ in leased.ids if (one := session.get(OutboxMessage, id_))]
    leaving = [
        Leaving(one.id, Purpose(one.purpose), one.topic.name, one.phone_hash)
        for one in messages
        if not one.is_reply
    ]
    gone = unwanted(session, leaving, now) if leaving else ()
    for message in messages:
        if message.id in gone:
            move(message, Event.CANCEL, now)
            message.code = NOT_WANTED
    staying = [id_ for id_ in leased.ids if id_ not in gone]
    return Leased(staying, leased.more or len(staying) < len(leased.ids))

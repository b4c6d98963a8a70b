"""Carries messages between the tables and the carriers, each step in a transaction of its own.

No transaction is open while a carrier is called: what is about to happen is committed before, what happened after.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import SystemRandom
from time import sleep
from typing import Protocol, TypeVar

from flask import Flask
from sqlalchemy.orm import Session

from survey_app.config import Settings
from survey_app.foundation.clock import now
from survey_app.foundation.database import Database, DatabaseUnavailable
from survey_app.foundation.log import logger
from survey_app.foundation.privacy import FieldCipher
from survey_app.messaging.gateway.registry import gateway_of
from survey_app.messaging.operations import (
    Begun,
    Ended,
    Handler,
    Leased,
    Unwanted,
    begin_sendings,
    deliver_simulated,
    finish_sendings,
    handle,
    lease,
    note_failed_handling,
    purge,
    release_all,
    settle_doubt,
    sweep,
    withdraw,
)
from survey_app.messaging.queries import Doubt, InboundLine, doubts, is_anything_due, simulated_id, unhandled
from survey_app.messaging.rules.contract import Gateway, InDoubt, OutboundText, Outcome, Retryable
from survey_app.messaging.rules.hours import SEND_TAKES
from survey_app.messaging.rules.pace import RandomSource
from survey_app.messaging.rules.policy import Policy, policy_of
from survey_app.messaging.rules.states import State

T = TypeVar("T")

AT_ONCE = 50
"""Texts, or messages in doubt, looked at in one go."""
_HEARD_TOGETHER = 20
"""Texts and ratings handled in one transaction: it holds their conversations, and carriers may wait for those."""
_HANDED_OVER_WITHIN = SEND_TAKES - timedelta(seconds=20)
"""A worker that was suspended between begin and call, or whose clock was set, does not call any more: the hour
may have changed."""
_STORED_AFTER = (0.2, 1.0, 5.0)
"""Seconds between tries to store what a carrier said, while the database is away."""


class Chore(Protocol):
    """Does one part of what is due in a room above; returns whether more is."""

    def __call__(self, session: Session, now: datetime) -> bool: ...


@dataclass(frozen=True, slots=True)
class TableMailbox:
    """The simulator's mailbox in the database, so that the phone on screen sees what a worker sent."""

    database: Database
    key: str

    def deliver(self, message: OutboundText) -> str:
        """Put the message on the phone on screen."""
        instant = now()
        return self.database.write(
            lambda session: deliver_simulated(session, message=message, key=self.key, now=instant)
        )

    def find(self, reference: str) -> str | None:
        """Return the id of the message with this reference."""
        with self.database.read() as session:
            return simulated_id(session, reference)


@dataclass(frozen=True, slots=True)
class Courier:
    """One worker; its methods may be called from several threads."""

    database: Database
    settings: Settings
    policy: Policy
    handler: Handler | None = None
    chores: tuple[Chore, ...] = ()
    unwanted: Unwanted | None = None
    rng: RandomSource = field(default_factory=SystemRandom)
    owner: str = field(default_factory=lambda: secrets.token_hex(16))
    gateways: dict[str, Gateway] = field(default_factory=dict)

    def gateway(self, name: str) -> Gateway:
        """Return the carrier called `name`."""
        if name not in self.gateways:
            mailbox = TableMailbox(self.database, self.settings.contact_key)
            self.gateways[name] = gateway_of(name, self.settings, mailbox=mailbox)
        return self.gateways[name]

    def lease(self, most: int, *, is_busy: bool = False) -> Leased:
        """Take messages that are due; takes no lock when none is, if not `is_busy`: then more are likely to be."""
        instant = now()
        if not is_busy and not self._is_anything_due(instant):
            return Leased((), False)
        return self.database.write(partial(self._lease, most=most, now=instant))

    def _is_anything_due(self, now: datetime) -> bool:
        with self.database.read() as session:
            return is_anything_due(session, now)

    def _lease(self, session: Session, most: int, now: datetime) -> Leased:
        leased = lease(session, owner=self.owner, most=most, now=now, policy=self.policy)
        if self.unwanted is None or not leased.ids:
            return leased
        return withdraw(session, leased=leased, unwanted=self.unwanted, now=now)

    def begin(self, message_ids: Sequence[int]) -> list[Begun]:
        """Mark leased messages as being sent; return those that must now be handed over, each once."""
        return self.database.write(
            partial(
                begin_sendings,
                message_ids=message_ids,
                owner=self.owner,
                key=self.settings.contact_key,
                now=now(),
                policy=self.policy,
            )
        )

    def send(self, begun: Begun) -> Ended:
        """Hand a message over; never fails, for whatever happens must be stored."""
        return Ended(begun.id, begun.attempt, self._outcome(begun))

    def _outcome(self, begun: Begun) -> Outcome:
        if not timedelta() <= now() - begun.began_at <= _HANDED_OVER_WITHIN:
            return Retryable("late")
        try:
            return self.gateway(begun.gateway).send(begun.message)
        except Exception as error:  # noqa: BLE001  (a fault of ours: the message may be out all the same)
            logger.error(
                "sending failed", gateway=begun.gateway, reference=begun.message.reference, exc_info=error
            )
            return InDoubt("fault")

    def finish(self, ended: Sequence[Ended]) -> list[State | None]:
        """Store what carriers said; if the database stays away the sweeper marks the messages as in doubt."""
        return self._patiently(
            partial(finish_sendings, ended=ended, rng=self.rng, now=now(), policy=self.policy)
        )

    def _patiently(self, operation: Callable[[Session], T]) -> T:
        for seconds in _STORED_AFTER:
            try:
                return self.database.write(operation)
            except DatabaseUnavailable:
                sleep(seconds)
        return self.database.write(operation)

    def sweep(self) -> None:
        """Take back what dead workers held."""
        instant = now()
        again, doubtful = self.database.write(lambda session: sweep(session, now=instant))
        if again or doubtful:
            logger.warning("took back from a dead worker", waiting=again, in_doubt=doubtful)

    def look_up(self) -> int:
        """Ask the carriers for messages in doubt; return how many were asked for."""
        with self.database.read() as session:
            found = doubts(session, now(), most=AT_ONCE)
        for doubt in found:
            self._look_up(doubt)
        return len(found)

    def _look_up(self, doubt: Doubt) -> None:
        message = OutboundText(
            reference=doubt.reference,
            to=FieldCipher(self.settings.contact_key).decrypt(doubt.phone_sealed),
            sender=doubt.sender,
            text=doubt.text,
        )
        answer = self.gateway(doubt.gateway).look_up(message, doubt.began_at)
        instant = now()
        self.database.write(
            lambda session: settle_doubt(
                session,
                message_id=doubt.id,
                attempt=doubt.attempt,
                found=answer,
                now=instant,
                policy=self.policy,
            )
        )

    def hear(self) -> int:
        """Hand to the room above what came in and waits; return how many texts and ratings."""
        handler = self.handler
        if handler is None:
            return 0
        with self.database.read() as session:
            waiting = unhandled(session, now(), most=AT_ONCE)
        for start in range(0, len(waiting), _HEARD_TOGETHER):
            self._hear(handler, waiting[start : start + _HEARD_TOGETHER])
        return len(waiting)

    def _hear(self, handler: Handler, lines: Sequence[InboundLine]) -> None:
        """Hand on several in one transaction, or each in its own if one of them fails."""
        try:
            self.database.write(partial(self._handle, handler=handler, lines=lines, now=now()))
        except DatabaseUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  (one text that cannot be handled must not keep the others)
            if len(lines) > 1:
                for one in lines:
                    self._hear(handler, [one])
                return
            identity = lines[0].id
            logger.error("handling failed", inbound_id=identity, exc_info=error)
            self.database.write(lambda session: note_failed_handling(session, inbound_id=identity))

    def _handle(
        self, session: Session, handler: Handler, lines: Sequence[InboundLine], now: datetime
    ) -> None:
        for one in lines:
            handle(
                session,
                inbound_id=one.id,
                handler=handler,
                medium=self.gateway(one.gateway).capabilities.medium,
                key=self.settings.contact_key,
                now=now,
                policy=self.policy,
            )

    def purge(self) -> None:
        """Forget what is due, here and in the rooms above, part by part."""
        instant = now()
        for chore in (_forget, *self.chores):
            while self.database.write(partial(chore, now=instant)):
                continue

    def release(self) -> None:
        """Give back what was taken and not begun."""
        instant = now()
        self.database.write(lambda session: release_all(session, owner=self.owner, now=instant))


def courier_of(app: Flask) -> Courier:
    """Return the courier of an application; the room above listens where the factory says so.

    Raises
    ------
    UnableToSetWindow
        The hours in the settings are not allowed.
    """
    settings: Settings = app.config["SETTINGS"]
    policy = policy_of(
        opens=settings.messages_from, closes=settings.messages_until, kept_days=settings.messages_kept
    )
    database: Database = app.extensions["survey_app.database"]
    return Courier(
        database,
        settings,
        policy,
        app.extensions.get("survey_app.inbound"),
        app.extensions.get("survey_app.chores", ()),
        app.extensions.get("survey_app.unwanted"),
    )


def _forget(session: Session, now: datetime) -> bool:
    return bool(purge(session, now=now))

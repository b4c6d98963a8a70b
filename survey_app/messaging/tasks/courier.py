"""Carries messages between the tables and the carriers, each step in a transaction of its own.

No transaction is open while a carrier is called: what is about to happen is committed before, what happened after.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
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
    Handler,
    Leased,
    begin_sending,
    deliver_simulated,
    finish_sending,
    handle,
    lease,
    note_failed_handling,
    purge,
    release_all,
    settle_doubt,
    sweep,
)
from survey_app.messaging.queries import Doubt, doubts, is_anything_due, simulated_id, unhandled
from survey_app.messaging.rules.contract import Gateway, InDoubt, OutboundText, Outcome, Retryable
from survey_app.messaging.rules.hours import SEND_TAKES
from survey_app.messaging.rules.pace import RandomSource
from survey_app.messaging.rules.policy import Policy, policy_of
from survey_app.messaging.rules.states import State

T = TypeVar("T")

AT_ONCE = 50
"""Texts, or messages in doubt, looked at in one go."""
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
    rng: RandomSource = field(default_factory=SystemRandom)
    owner: str = field(default_factory=lambda: secrets.token_hex(16))
    gateways: dict[str, Gateway] = field(default_factory=dict)

    def gateway(self, name: str) -> Gateway:
        """Return the carrier called `name`."""
        if name not in self.gateways:
            mailbox = TableMailbox(self.database, self.settings.contact_key)
            self.gateways[name] = gateway_of(name, self.settings, mailbox=mailbox)
        return self.gateways[name]

    def lease(self, most: int) -> Leased:
        """Take messages that are due; takes no lock when none is."""
        instant = now()
        with self.database.read() as session:
            if not is_anything_due(session, instant):
                return Leased((), False)
        return self.database.write(
            lambda session: lease(session, owner=self.owner, most=most, now=instant, policy=self.policy)
        )

    def deliver(self, message_id: int) -> State | None:
        """Send one leased message; return the state it led to, None if it did not go."""
        began_at = now()
        begun = self.database.write(
            lambda session: begin_sending(
                session,
                message_id=message_id,
                owner=self.owner,
                key=self.settings.contact_key,
                now=began_at,
                policy=self.policy,
            )
        )
        return self._finish(begun, self._send(begun, began_at)) if begun else None

    def _send(self, begun: Begun, began_at: datetime) -> Outcome:
        gateway = self.gateway(begun.gateway)
        if not timedelta() <= now() - began_at <= _HANDED_OVER_WITHIN:
            return Retryable("late")
        try:
            return gateway.send(begun.message)
        except Exception as error:  # noqa: BLE001  (a fault of ours: the message may be out all the same)
            logger.error(
                "sending failed", gateway=begun.gateway, reference=begun.message.reference, exc_info=error
            )
            return InDoubt("fault")

    def _finish(self, begun: Begun, outcome: Outcome) -> State | None:
        """Store the outcome; if the database stays away the sweeper marks the message as in doubt."""
        instant = now()

        def store(session: Session) -> State | None:
            return finish_sending(
                session,
                message_id=begun.id,
                attempt=begun.attempt,
                outcome=outcome,
                rng=self.rng,
                now=instant,
                policy=self.policy,
            )

        return self._patiently(store)

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
        for line in waiting:
            self._hear(handler, line.id, line.gateway)
        return len(waiting)

    def _hear(self, handler: Handler, inbound_id: int, gateway: str) -> None:
        instant, medium = now(), self.gateway(gateway).capabilities.medium
        try:
            self.database.write(
                lambda session: handle(
                    session,
                    inbound_id=inbound_id,
                    handler=handler,
                    medium=medium,
                    key=self.settings.contact_key,
                    now=instant,
                    policy=self.policy,
                )
            )
        except DatabaseUnavailable:
            raise
        except Exception as error:  # noqa: BLE001  (one text that cannot be handled must not keep the others)
            logger.error("handling failed", inbound_id=inbound_id, exc_info=error)
            self.database.write(lambda session: note_failed_handling(session, inbound_id=inbound_id))

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
    )


def _forget(session: Session, now: datetime) -> bool:
    return bool(purge(session, now=now))

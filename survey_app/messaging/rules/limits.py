"""How often one phone may be written to, whichever campaign, sender or medium it is for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum


class Purpose(StrEnum):
    """Why a message is sent."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    NOTICE = "notice"
    REPLY = "reply"
    """The answer to a text that the phone has just sent: asked for, so no limit counts it by itself."""


BEGUN_BY_US = frozenset({Purpose.INVITATION, Purpose.REMINDER, Purpose.NOTICE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most so many messages of some purposes to one phone.

    `within` None means ever. A limit `per_dossier` counts only what concerns the same dossier. `verified` says
    whether the text of the law was read; what is not verified, or our own rule, may be set otherwise.
    """

    purposes: frozenset[Purpose]
    most: int
    within: timedelta | None = None
    per_dossier: bool = False
    source: str
    as_of: date
    verified: bool


_OWN_RULE = "own rule, stricter than the law"
_READ_ON = date(2026, 11, 21)

ONE_INVITATION_PER_DOSSIER = Limit(
    purposes=frozenset({Purpose.INVITATION}),
    most=1,
    per_dossier=True,
    source=_OWN_RULE,
    as_of=_READ_ON,
    verified=True,
)
ONE_REMINDER_PER_DOSSIER = Limit(
    purposes=frozenset({Purpose.REMINDER}),
    most=1,
    per_dossier=True,
    source=_OWN_RULE,
    as_of=_READ_ON,
    verified=True,
)
ONE_INVITATION_IN_30_DAYS = Limit(
    purposes=frozenset({Purpose.INVITATION}),
    most=1,
    within=timedelta(days=30),
    source=_OWN_RULE,
    as_of=_READ_ON,
    verified=True,
)
# Written for advertising; known from press reports of the decree, and no successor was found.
THREE_MESSAGES_A_DAY = Limit(
    purposes=BEGUN_BY_US,
    most=3,
    within=timedelta(hours=24),
    source="NĐ 91/2020/NĐ-CP Đ13, in force since 1/10/2020",
    as_of=_READ_ON,
    verified=False,
)
DEFAULT_LIMITS = (
    ONE_INVITATION_PER_DOSSIER,
    ONE_REMINDER_PER_DOSSIER,
    ONE_INVITATION_IN_30_DAYS,
    THREE_MESSAGES_A_DAY,
)


@dataclass(frozen=True, slots=True)
class Written:
    """A message to the phone that was sent, may have been sent, or waits to be sent at `at`."""

    purpose: Purpose
    at: datetime
    dossier: str | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a message may not go now; `until` None: never."""

    limit: Limit
    until: datetime | None


def hold(
    purpose: Purpose,
    *,
    dossier: str | None,
    history: Iterable[Written],
    now: datetime,
    limits: Iterable[Limit] = DEFAULT_LIMITS,
) -> Hold | None:
    """Return what keeps a message back for longest, or None if it may go at `now`.

    `history` is all that was written to the phone on every medium, the message itself left out.
    """
    past = tuple(history)
    found = [one for limit in limits if (one := _hold_of(limit, purpose, dossier, past, now))]
    endless = next((one for one in found if one.until is None), None)
    return endless or max(found, key=lambda one: one.until or now, default=None)


def _hold_of(
    limit: Limit, purpose: Purpose, dossier: str | None, history: Iterable[Written], now: datetime
) -> Hold | None:
    if purpose not in limit.purposes or (limit.per_dossier and dossier is None):
        return None
    counted = sorted(
        one.at
        for one in history
        if one.purpose in limit.purposes and not (limit.per_dossier and one.dossier != dossier)
    )
    if len(counted) < limit.most:
        return None
    until = counted[-limit.most] + limit.within if limit.within is not None else None
    return Hold(limit, until) if until is None or until > now else None

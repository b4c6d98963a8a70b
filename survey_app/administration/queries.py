"""Reads for administrators: what needs care, and the audit log with its filters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, exists, false, func, literal, or_, select, true
from sqlalchemy.orm import Session

from survey_app.foundation.audit import AuditEntry
from survey_app.foundation.paths import inside_any
from survey_app.staff.models import Account, Grant, OneTimeLink, SignIn
from survey_app.staff.queries import named_by, names_of
from survey_app.staff.rules.permissions import EVERYWHERE, Role

UNUSED_AFTER = timedelta(days=90)
NAMED_AT_MOST = 10
LINES_A_PAGE = 50
# Looked through for the last verification, so that a page never reads the whole log.
_RECENT_LINES = 5000
# Clocks of several processes may stand a little apart, so lines are not strictly in the order of their times.
_DISORDER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Named:
    """Some accounts (id, name), the first few of `count`."""

    people: tuple[tuple[int, str], ...]
    count: int


@dataclass(frozen=True, slots=True)
class Care:
    """What an administrator should look after; all within the scopes that were asked for."""

    active_accounts: int
    without_second_factor: Named
    unanswered: Named
    unused: Named
    administrators_of_all: int


def care(session: Session, *, scopes: Sequence[str], now: datetime) -> Care:
    """Return what needs care among people with a role inside `scopes`; `("",)` means everybody.

    Without a second factor are named administrators who sign in with a password here; unanswered are invitations whose
    link has ended; unused are accounts older than 90 days into which nobody signed in for as long.
    """
    here: list[ColumnElement[bool]] = [Account.active.is_(True), _has_grant_inside(scopes)]
    administrates = exists().where(*_in_force(scopes), Grant.role == Role.ADMINISTRATOR)
    open_link = exists().where(
        OneTimeLink.account_id == Account.id, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now
    )
    seen = exists().where(SignIn.account_id == Account.id, SignIn.seen_at > now - UNUSED_AFTER)
    answered = or_(Account.password_hash.is_not(None), Account.oidc_subject.is_not(None))
    by_password = (Account.password_hash.is_not(None), Account.totp_confirmed_at.is_(None))
    return Care(
        active_accounts=_count(session, here),
        without_second_factor=_named(session, [*here, *by_password, administrates]),
        unanswered=_named(session, [*here, ~answered, ~open_link]),
        unused=_named(session, [*here, answered, Account.created_at < now - UNUSED_AFTER, ~seen]),
        administrators_of_all=_count(
            session, [Account.active.is_(True), answered, exists().where(*_rules_all())]
        ),
    )


def _in_force(scopes: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return (Grant.account_id == Account.id, Grant.revoked_at.is_(None), inside_any(Grant.unit_path, scopes))


def _rules_all() -> tuple[ColumnElement[bool], ...]:
    whole = (Grant.role == Role.ADMINISTRATOR, Grant.unit_path == EVERYWHERE)
    return (Grant.account_id == Account.id, Grant.revoked_at.is_(None), *whole)


def _has_grant_inside(scopes: Sequence[str]) -> ColumnElement[bool]:
    return true() if EVERYWHERE in scopes else exists().where(*_in_force(scopes))


def _count(session: Session, conditions: Sequence[ColumnElement[bool]]) -> int:
    return session.scalars(select(func.count()).select_from(Account).where(*conditions)).one()


def _named(session: Session, conditions: Sequence[ColumnElement[bool]]) -> Named:
    query = select(Account.id, Account.name).where(*conditions)
    rows = session.execute(query.order_by(Account.search_text).limit(NAMED_AT_MOST)).all()
    people = tuple((account_id, name) for account_id, name in rows)
    return Named(people, len(people) if len(people) < NAMED_AT_MOST else _count(session, conditions))


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines of the log are wanted; `actors` and `inside` empty means none, None means any."""

    scopes: tuple[str, ...]
    actors: tuple[str, ...] | None = None
    action: str | None = None
    inside: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log; `person` is the name of the actor and `about` of the account it is about, if known."""

    number: int
    at: datetime
    actor: str
    person: str | None
    action: str
    unit_path: str
    subject: str
    about: str | None
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LogPage:
    """Lines, newest first; `older` is the number to go on before, None at the end."""

    lines: tuple[Line, ...]
    older: int | None


def audit_page(
    session: Session, wanted: Filter, *, before: int | None = None, size: int = LINES_A_PAGE
) -> LogPage:
    """Return the newest lines that `wanted` lets through, with numbers below `before` if given."""
    query = _filtered(session, wanted)
    if before is not None:
        query = query.where(AuditEntry.number < before)
    entries = session.scalars(query.order_by(AuditEntry.number.desc()).limit(size + 1)).all()
    shown = entries[:size]
    return LogPage(tuple(_lines(session, shown)), shown[-1].number if len(entries) > size else None)


def _filtered(session: Session, wanted: Filter) -> Select[AuditEntry]:
    query = select(AuditEntry).where(inside_any(AuditEntry.unit_path, wanted.scopes))
    if wanted.actors is not None:
        query = query.where(AuditEntry.actor.in_(wanted.actors) if wanted.actors else false())
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.inside is not None:
        query = query.where(inside_any(AuditEntry.unit_path, [wanted.inside]))
    if wanted.since:
        first = _first_number(session, wanted.since - _DISORDER)
        query = query.where(AuditEntry.number >= first, AuditEntry.at >= wanted.since)
    if wanted.until:
        end = _first_number(session, wanted.until + _DISORDER)
        query = query.where(AuditEntry.number < end, AuditEntry.at < wanted.until)
    return query


def _first_number(session: Session, instant: datetime) -> int:
    """Return the number of the first line at `instant` or later, by bisection: the times have no index."""
    low, high = 1, (session.scalar(select(func.max(AuditEntry.number))) or 0) + 1
    while low < high:
        middle = (low + high) // 2
        at = session.scalar(
            select(AuditEntry.at).where(AuditEntry.number >= middle).order_by(AuditEntry.number).limit(1)
        )
        low, high = (middle + 1, high) if at is not None and at < instant else (low, middle)
    return low


def _lines(session: Session, entries: Sequence[AuditEntry]) -> Iterator[Line]:
    ids = {found for entry in entries for text in (entry.actor, entry.subject) if (found := account_of(text))}
    names = names_of(session, sorted(ids))
    for entry in entries:
        yield Line(
            number=entry.number,
            at=entry.at,
            actor=entry.actor,
            person=names.get(account_of(entry.actor) or 0),
            action=entry.action,
            unit_path=entry.unit_path,
            subject=entry.subject,
            about=names.get(account_of(entry.subject) or 0),
            details=entry.details,
        )


def actors_meant(
    session: Session, words: str, *, scopes: Sequence[str], limit: int = 20
) -> tuple[tuple[str, ...], bool]:
    """Return who acted inside `scopes` under a name or address with these words, and whether there are more.

    They may have their roles elsewhere. Of people who never acted here nothing is told, not even that they exist.
    """
    acted = exists().where(
        AuditEntry.actor == literal("account:") + cast(Account.id, String),
        inside_any(AuditEntry.unit_path, scopes),
    )
    query = select(Account.id).where(*named_by(words), acted).order_by(Account.search_text, Account.id)
    found = session.scalars(query.limit(limit + 1)).all()
    return tuple(f"account:{account_id}" for account_id in found[:limit]), len(found) > limit


def account_of(text: str) -> int | None:
    """Return the id in `account:7`, None for everything else that acts or is acted on."""
    kind, _separator, number = text.partition(":")
    return int(number) if kind == "account" and number.isascii() and number.isdigit() else None


@dataclass(frozen=True, slots=True)
class ChainState:
    """How long the log is, and its last verification if it was among the newest lines."""

    lines: int
    verified: Line | None


def chain_state(session: Session, *, action: str) -> ChainState:
    """Return the length of the log and the last line of `action`, which only verifications write."""
    length = session.scalar(select(func.max(AuditEntry.number))) or 0
    query = select(AuditEntry).where(AuditEntry.action == action, AuditEntry.number > length - _RECENT_LINES)
    entries = session.scalars(query.order_by(AuditEntry.number.desc()).limit(1)).all()
    return ChainState(length, next(_lines(session, entries), None))

"""The queue: cases of one's units by time left, a page at a time, and how many each view holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select, true, tuple_
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case
from survey_app.feedback.queries.search import found_by
from survey_app.feedback.rules.kinds import Channel, Kind
from survey_app.feedback.rules.states import OPEN, State
from survey_app.feedback.rules.views import ME, NOBODY, Place, Urgency, View, Wanted
from survey_app.foundation.clock import VIETNAM

PAGE = 50
LONGEST_PAGE = 200
FEW = 2_000
"""With a page's rows among n cases of m, one sorts n or walks through 50 m / n: alike near 3,000 of 200,000."""
UNASSIGNED = (State.NEW, State.RECEIVED)
# Written out, so that a database sees that its index of open cases holds all that is asked for.
IS_OPEN = Case.state.in_(bindparam("open", sorted(OPEN), expanding=True, literal_execute=True))
# Few cases are found by their state or unit and sorted; a bare id would tempt SQLite to walk through all, and a bare
# `due_at IS NULL`, which it takes for rare, to look at every case that has ended.
_SORTED = (-Case.id).asc()
_HAS_NO_TIME = case((Case.due_at.is_(None), 1), else_=0) == 1
_STATES_OF = {
    View.UNASSIGNED: UNASSIGNED,
    View.WAITING: (State.WAITING,),
    View.TO_APPROVE: (State.DRAFTED,),
    View.REOPENED: (State.REOPENED,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads the queue, and when: units they may see cases of, and until when a case counts as due soon."""

    account_id: int
    scopes: Sequence[str]
    now: datetime
    soon: datetime


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in the list. What the citizen wrote is not in it: whoever reads that opens the case."""

    case_id: int
    code: str
    kind: Kind
    field: str
    unit_path: str
    handler_id: int | None
    state: State
    due_at: datetime | None
    created_at: datetime
    summary: str
    place: str
    channel: Channel
    version: int


CASE_LINE = (
    Case.id,
    Case.code,
    Case.kind,
    Case.field,
    Case.unit_path,
    Case.handler_id,
    Case.state,
    Case.due_at,
    Case.created_at,
    Case.summary,
    Case.place,
    Case.channel,
    Case.version,
)


def line_of(row: Any) -> CaseLine:
    """Return a row of `CASE_LINE` as the case it tells of."""
    return CaseLine(*row)


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Cases of one page; `following` is where the next one goes on, None on the last."""

    lines: tuple[CaseLine, ...]
    following: Place | None


def queue_page(
    session: Session,
    *,
    wanted: Wanted,
    reader: Reader,
    unit_paths: Sequence[str] = ("",),
    after: Place | None = None,
    size: int = PAGE,
) -> QueuePage:
    """Return the next `size` cases behind `after`: by the time that is left, then those without, newest first.

    `unit_paths` are units of which one must cover the case, besides the reader's own.
    """
    are_few = _are_few(session, reader.scopes, unit_paths)
    places = (within(paths, is_narrow=are_few) for paths in (reader.scopes, unit_paths))
    chosen = select(*CASE_LINE).where(*_conditions(session, wanted, reader), *places)
    rows: list[CaseLine] = []
    if after is None or after.due_at is not None:
        rows = _lines(session, _by_time_left(chosen, after), size + 1)
    if len(rows) <= size and wanted.view not in (View.DUE_SOON, View.OVERDUE) and not wanted.is_overdue:
        if wanted.view is not View.ALL:
            rest = chosen.where(Case.due_at.is_(None)).order_by(_SORTED)
        elif are_few:
            rest = chosen.where(_HAS_NO_TIME).order_by(_SORTED)
        else:
            rest = chosen.where(Case.due_at.is_(None)).order_by(Case.id.desc())
        rows += _lines(session, _behind(rest, after), size + 1 - len(rows))
    last = rows[size - 1] if len(rows) > size else None
    return QueuePage(tuple(rows[:size]), Place(last.due_at, last.case_id) if last else None)


def _by_time_left(chosen: Select[*tuple[Any, ...]], after: Place | None) -> Select[*tuple[Any, ...]]:
    if after is not None:
        chosen = chosen.where(tuple_(Case.due_at, Case.id) > (after.due_at, after.case_id))
    return chosen.where(Case.due_at.is_not(None)).order_by(Case.due_at, Case.id)


def _are_few(session: Session, *covering: Sequence[str]) -> bool:
    """Say whether units have so few cases that to sort them all is quicker than to meet them among everybody's."""
    some = select(Case.id).where(*(within(paths) for paths in covering)).limit(FEW).subquery()
    return (session.scalar(select(func.count()).select_from(some)) or 0) < FEW


def _behind(chosen: Select[*tuple[Any, ...]], after: Place | None) -> Select[*tuple[Any, ...]]:
    return chosen.where(Case.id < after.case_id) if after is not None and after.due_at is None else chosen


def _lines(session: Session, chosen: Select[*tuple[Any, ...]], most: int) -> list[CaseLine]:
    return [line_of(row) for row in session.execute(chosen.limit(most))]


def within(paths: Sequence[str], *, is_narrow: bool = True) -> ColumnElement[bool]:
    """Return the condition that a case lies in one of the units `paths` or below; "" is everywhere.

    Bounds instead of a pattern: SQLite uses an index for these only. `0` is the letter behind `/`. Unless it
    `is_narrow`, no index of units is used: to walk through another in order is quicker than to sort what it finds.
    """
    if "" in paths:
        return true()
    path = Case.unit_path if is_narrow else Case.unit_path.concat("")
    return or_(path.in_(paths), *(and_(path >= f"{one}/", path < f"{one}0") for one in paths))


def _conditions(session: Session, wanted: Wanted, reader: Reader) -> list[ColumnElement[bool]]:
    conditions = [*_of_view(wanted.view, reader), *_of_filters(wanted, reader)]
    if wanted.text:
        conditions.append(found_by(session, wanted.text))
    return conditions


def _of_view(view: View, reader: Reader) -> list[ColumnElement[bool]]:
    if view is View.ALL:
        # What took another track is not this register's any more.
        return [Case.state != State.DIVERTED]
    conditions: list[ColumnElement[bool]] = [IS_OPEN]
    if view in _STATES_OF:
        conditions.append(Case.state.in_(_STATES_OF[view]))
    if view is View.MINE:
        conditions.append(Case.handler_id == reader.account_id)
    elif view is View.UNASSIGNED:
        conditions.append(Case.handler_id.is_(None))
    elif view is View.OVERDUE:
        conditions.append(Case.due_at < reader.now)
    elif view is View.DUE_SOON:
        conditions.append(Case.due_at.between(reader.now, reader.soon))
    return conditions


def _of_filters(wanted: Wanted, reader: Reader) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (Case.state, wanted.state),
            (Case.kind, wanted.kind),
            (Case.channel, wanted.channel),
            (Case.field, wanted.field),
        )
        if value
    ]
    if wanted.handler:
        conditions.append(_handled_by(wanted.handler, reader))
    if wanted.is_overdue:
        conditions.append(Case.due_at < reader.now)
    if wanted.since:
        conditions.append(Case.created_at >= _midnight(wanted.since))
    if wanted.until:
        conditions.append(Case.created_at < _midnight(wanted.until + timedelta(days=1)))
    return conditions


def _handled_by(handler: str, reader: Reader) -> ColumnElement[bool]:
    if handler == NOBODY:
        return Case.handler_id.is_(None)
    return Case.handler_id == (reader.account_id if handler == ME else int(handler))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VIETNAM)


@dataclass(frozen=True, slots=True)
class QueueCounts:
    """How many open cases each view holds, and each handler has."""

    views: dict[View, int]
    handlers: dict[int, int]


def count_queue(session: Session, *, reader: Reader) -> QueueCounts:
    """Count the open cases of the reader's units for every view at once: one pass over an index of open cases."""
    time_left = case(
        (Case.due_at < reader.now, Urgency.OVERDUE.value),
        (Case.due_at <= reader.soon, Urgency.SOON.value),
        else_=Urgency.NONE.value,
    ).label("time_left")
    query = (
        select(Case.state, Case.handler_id, time_left, func.count())
        .where(IS_OPEN, within(reader.scopes))
        .group_by(Case.state, Case.handler_id, time_left)
    )
    views, handlers = Counter[View](), Counter[int]()
    for state, handler_id, urgency, number in session.execute(query):
        views.update(dict.fromkeys(_views_of(state, handler_id, Urgency(urgency), reader), number))
        if handler_id is not None:
            handlers[handler_id] += number
    return QueueCounts({view: views[view] for view in View if view is not View.ALL}, dict(handlers))


def _views_of(state: State, handler_id: int | None, urgency: Urgency, reader: Reader) -> list[View]:
    """Return the views that hold a case; the same conditions as `_of_view`, which a test compares."""
    by_state = [view for view, states in _STATES_OF.items() if state in states]
    return [
        View.OPEN,
        *(view for view in by_state if view is not View.UNASSIGNED or handler_id is None),
        *([View.MINE] if handler_id == reader.account_id else []),
        *([View.OVERDUE] if urgency is Urgency.OVERDUE else []),
        *([View.DUE_SOON] if urgency is Urgency.SOON else []),
    ]

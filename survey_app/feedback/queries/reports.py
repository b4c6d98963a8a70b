"""The figures of a periodic report, counted by the database from dates and events: one statement, one pass.

Kind, field and class are those of the register when the report is made; when, where and how a case ended are those of
the period. A case belongs to the unit that had it when the period (or the case) ended.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    ScalarSelect,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from survey_app.feedback.models import Case, CaseEvent, PublicCopy
from survey_app.feedback.queries.fields import field_label
from survey_app.feedback.queries.report_forms import PETITIONS, shipped_forms
from survey_app.feedback.rules.kinds import Kind, SubjectClass, kind_label
from survey_app.feedback.rules.reports import (
    IN_PROGRESS,
    OTHER_KINDS,
    SET_ASIDE,
    Figure,
    Grouping,
    Line,
    Period,
    Report,
    added_up,
    checked,
)
from survey_app.feedback.rules.states import HANDLED, State, Step
from survey_app.foundation.columns import UtcDateTime
from survey_app.foundation.languages import gettext as _
from survey_app.foundation.paths import inside_any
from survey_app.offices.queries import names_by_path

_MOVED = (Step.SUCCEED, Step.TRANSFER)
_ABSENT, _OPEN, _ENDED, _ASIDE, _UNKNOWN = "absent", "open", "handled", "aside", "unknown"


def quarterly_report(
    session: Session,
    *,
    period: Period,
    scopes: Sequence[str],
    grouping: Grouping = Grouping.FIELD,
    unit_path: str = "",
    field: str | None = None,
) -> Report:
    """Return the report on the units inside `scopes` and below `unit_path`, whose sums were checked.

    Parameters
    ----------
    field
        Only cases of this field; "" those without one, None all.

    Raises
    ------
    SumsDoNotAdd
        Stored dates contradict the states of cases: the message names sums and lines.
    """
    rows = _counted(session, period, [scopes, [unit_path]], grouping, field)
    lines = _lines(rows, Kind.PETITION)
    report = Report(
        period=period,
        grouping=grouping,
        lines=_named(session, lines, grouping),
        total=added_up(lines, key="", label=_("Tổng số phản ánh, kiến nghị")),
        others=tuple(
            added_up(_lines(rows, kind), key=str(kind), label=kind_label(kind)) for kind in OTHER_KINDS
        ),
    )
    return checked(report, shipped_forms()[PETITIONS])


def _counted(
    session: Session,
    period: Period,
    inside: Iterable[Sequence[str]],
    grouping: Grouping,
    field: str | None,
) -> list[Any]:
    story = _stories(period, field)
    columns = story.c
    key = columns.unit_path if grouping is Grouping.UNIT else columns.field
    origin = columns.origin if grouping is Grouping.UNIT else literal("")
    query = (
        select(columns.kind, key.label("key"), origin.label("came_from"), *_figures(columns))
        .where(*(inside_any(columns.unit_path, paths) for paths in inside), _is_present(columns))
        .group_by(columns.kind, key, *([origin] if grouping is Grouping.UNIT else []))
    )
    return list(session.execute(query))


def _is_present(columns: Any) -> ColumnElement[bool]:
    return or_(_is_carried_over(columns), columns.came_in)


def _is_carried_over(columns: Any) -> ColumnElement[bool]:
    return or_(columns.before == _OPEN, columns.before == _UNKNOWN)


def _figures(columns: Any) -> list[ColumnElement[int]]:
    conduct = columns.subject_class == SubjectClass.CONDUCT
    regulation = columns.subject_class == SubjectClass.REGULATION
    unclassified = columns.subject_class.is_(None)
    handled = columns.after == _ENDED
    conditions = {
        Figure.TOTAL: _is_present(columns),
        Figure.CONDUCT: conduct,
        Figure.REGULATION: regulation,
        Figure.UNCLASSIFIED: unclassified,
        Figure.CARRIED_OVER: _is_carried_over(columns),
        Figure.NEW: and_(~_is_carried_over(columns), columns.came_in),
        Figure.REOPENED: and_(columns.before.in_((_ENDED, _ASIDE)), columns.came_in),
        Figure.HANDLED: handled,
        Figure.HANDLED_CONDUCT: and_(handled, conduct),
        Figure.HANDLED_REGULATION: and_(handled, regulation),
        Figure.HANDLED_UNCLASSIFIED: and_(handled, unclassified),
        Figure.IN_PROGRESS: columns.after == _OPEN,
        Figure.SET_ASIDE: columns.after == _ASIDE,
        Figure.PUBLISHED: and_(handled, columns.is_public),
    }
    return [func.sum(case((holds, 1), else_=0)).label(str(figure)) for figure, holds in conditions.items()]


def _stories(period: Period, field: str | None) -> CTE:
    """Return where every case of the period stood at its two ends, and with which unit."""
    known = _known_cases(period, field)
    columns = known.c
    begins, ends = (literal(at, UtcDateTime) for at in (period.begins_at, period.ends_at))
    entered_late, ended_early = columns.entered > begins, _has_ended_before(columns, ends)
    query = select(
        columns.kind,
        columns.field,
        columns.subject_class,
        _unit_at(known, case((ended_early, columns.ended_at), else_=ends)).label("unit_path"),
        _unit_at(known, case((entered_late, columns.entered), else_=begins)).label("origin"),
        _stage_at(known, begins).label("before"),
        _stage_at(known, ends).label("after"),
        or_(columns.entered >= begins, _is_reopened_in(known, period)).label("came_in"),
        exists().where(PublicCopy.case_id == columns.id, PublicCopy.is_public).label("is_public"),
    ).where(columns.entered < ends)
    # Kept, lest a database look up the events of a case once for every figure.
    return query.cte("story").prefix_with("MATERIALIZED")


def _known_cases(period: Period, field: str | None) -> Subquery:
    """Return the cases that may have been in progress in the period, and when each began to count.

    A part of a split petition has the date of its whole, but exists from the splitting on.
    """
    split = select(CaseEvent.at).where(CaseEvent.case_id == Case.id, CaseEvent.step == Step.OPEN)
    first = split.order_by(CaseEvent.id).limit(1).scalar_subquery()
    entered = case((Case.part_of_id.is_(None), Case.created_at), else_=func.coalesce(first, Case.created_at))
    query = select(
        Case.id,
        Case.kind,
        Case.field,
        Case.subject_class,
        Case.state,
        Case.reopened,
        Case.unit_path,
        Case.ended_at,
        entered.label("entered"),
    ).where(
        # Three conditions that an index answers each; what ended before and was not reopened since is left out.
        or_(Case.ended_at >= period.begins_at, Case.ended_at.is_(None), Case.state == State.MERGED),
        *([] if field is None else [Case.field == field]),
    )
    return query.subquery("known")


def _has_ended_before(columns: Any, instant: ColumnElement[datetime]) -> ColumnElement[bool]:
    return and_(columns.reopened == 0, columns.state.not_in(sorted(IN_PROGRESS)), columns.ended_at < instant)


def _stage_at(known: Subquery, instant: ColumnElement[datetime]) -> ColumnElement[str]:
    """Return where a case stood just before `instant`: by its dates, and by its events where it was reopened."""
    columns = known.c
    told = select(_stage(CaseEvent.to_state)).where(CaseEvent.case_id == columns.id, CaseEvent.at < instant)
    return case(
        (columns.entered >= instant, _ABSENT),
        (columns.reopened > 0, _first(told.order_by(CaseEvent.id.desc()), known)),
        (or_(columns.state.in_(sorted(IN_PROGRESS)), columns.ended_at >= instant), _OPEN),
        (columns.ended_at.is_(None), _UNKNOWN),
        else_=_stage(columns.state),
    )


def _stage(state: Any) -> ColumnElement[str]:
    return case(
        (state.in_(sorted(IN_PROGRESS)), _OPEN),
        (state.in_(sorted(HANDLED)), _ENDED),
        (state.in_(sorted(SET_ASIDE)), _ASIDE),
        else_=_UNKNOWN,
    )


def _is_reopened_in(known: Subquery, period: Period) -> ColumnElement[bool]:
    found = exists().where(
        CaseEvent.case_id == known.c.id,
        CaseEvent.step == Step.REOPEN,
        CaseEvent.at >= period.begins_at,
        CaseEvent.at < period.ends_at,
    )
    return and_(known.c.reopened > 0, found)


def _unit_at(known: Subquery, instant: ColumnElement[datetime]) -> ColumnElement[str]:
    """Return the unit that had a case at an instant: the one that the next move out of a unit left."""
    # Written out, so that a database sees that its small index of these steps holds all that is asked for.
    moved = CaseEvent.step.in_(bindparam("moved", _MOVED, expanding=True, literal_execute=True))
    left = select(CaseEvent.unit_path).where(CaseEvent.case_id == known.c.id, moved, CaseEvent.at >= instant)
    return type_coerce(
        func.coalesce(_first(left.order_by(CaseEvent.at, CaseEvent.id), known), known.c.unit_path), String
    )


def _first(query: Select[*tuple[Any, ...]], known: Subquery) -> ScalarSelect[Any]:
    return query.limit(1).correlate(known).scalar_subquery()


def _lines(rows: Iterable[Any], kind: Kind) -> list[Line]:
    """Return a line for every key; rows of one key differ by where the cases came from."""
    figures: defaultdict[str, Counter[str]] = defaultdict(Counter)
    origins: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row.kind is kind:
            figures[row.key].update({str(figure): getattr(row, figure) for figure in Figure})
            if row.came_from and row.came_from != row.key:
                origins[row.key][row.came_from] += row.total
    return [Line(key, key, dict(figures[key]), dict(origins[key])) for key in sorted(figures)]


def _named(session: Session, lines: Sequence[Line], grouping: Grouping) -> tuple[Line, ...]:
    if grouping is Grouping.FIELD:
        return tuple(Line(x.key, field_label(x.key) or _("Chưa xác định lĩnh vực"), x.figures) for x in lines)
    paths = {path for line in lines for path in (line.key, *line.origins)}
    names = names_by_path(session, paths)
    return tuple(
        Line(
            line.key,
            names[line.key] or line.key,
            line.figures,
            {names[path] or path: count for path, count in line.origins.items()},
        )
        for line in lines
    )

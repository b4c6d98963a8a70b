"""Reads of limits: those that ship with the product, and those that were entered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from survey_app.feedback.models import DeadlineRule
from survey_app.feedback.rules.limit_lists import read_limits
from survey_app.feedback.rules.limits import Duty, Limit, choose
from survey_app.feedback.rules.settings import upwards
from survey_app.foundation.paths import inside_any

KEPT = "feedback.limits"
"""Where a session keeps what it read; operations that change limits throw it away."""

_DATA = Path(__file__).resolve().parent.parent / "data"


@cache
def shipped_limits() -> tuple[Limit, ...]:
    """Return the limits that ship with the product: of the law, and its own defaults where the law has none."""
    return read_limits((_DATA / "deadlines.csv").read_text(encoding="utf-8"))


def limit_for(
    session: Session, *, kind: str, field: str, unit_path: str, duty: Duty, day: date
) -> Limit | None:
    """Return the limit of a duty that begins on `day`, None where nothing limits it."""
    kept: dict[str, tuple[Limit, ...]] = session.info.setdefault(KEPT, {})
    if unit_path not in kept:
        query = select(DeadlineRule).where(DeadlineRule.unit_path.in_(upwards(unit_path)))
        kept[unit_path] = (*shipped_limits(), *map(limit_of, session.scalars(query)))
    return choose(kept[unit_path], kind=kind, field=field, unit_path=unit_path, duty=duty, day=day)


def entered_limits(session: Session, *, inside: Sequence[str]) -> list[Limit]:
    """Return the limits entered for units inside `inside`, and those above that count there too."""
    above = {path for scope in inside for path in upwards(scope)}
    query = select(DeadlineRule).where(
        or_(inside_any(DeadlineRule.unit_path, inside), DeadlineRule.unit_path.in_(above))
    )
    ordered = query.order_by(
        DeadlineRule.kind, DeadlineRule.duty, DeadlineRule.unit_path, DeadlineRule.valid_from, DeadlineRule.id
    )
    return [limit_of(rule) for rule in session.scalars(ordered)]


def find_rule(session: Session, rule_id: int) -> DeadlineRule | None:
    """Return one entered rule."""
    return session.get(DeadlineRule, rule_id)


def limit_of(rule: DeadlineRule) -> Limit:
    """Return a stored rule as the pure rules know it."""
    return Limit(
        kind=rule.kind,
        duty=rule.duty,
        amount=rule.amount,
        longest=rule.longest,
        time_unit=rule.time_unit,
        counted_from=rule.counted_from,
        legal_basis=rule.legal_basis,
        field=rule.field,
        unit_path=rule.unit_path,
        verified=rule.verified,
        valid_from=rule.valid_from,
        valid_to=rule.valid_to,
        rule_id=rule.id,
    )

"""Writes of limits: a local rule goes before what ships with the product; an ended one stays for the record."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from survey_app.feedback.models import DeadlineRule
from survey_app.feedback.queries.limits import KEPT
from survey_app.feedback.rules.limits import Limit
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _


class UnableToAddLimit(Refused):
    """The limit contradicts itself, or names no legal basis."""


class UnableToEndLimit(Refused):
    """The rule was ended before, or would end before it begins."""


def add_limit(session: Session, *, limit: Limit) -> DeadlineRule:
    """Enter a limit. Clocks that run keep the rule they started with; those that start later follow it.

    Raises
    ------
    UnableToAddLimit
        The time is none, the longest is not longer, the end lies before the start, or the basis is missing.
    """
    if not limit.legal_basis.strip():
        raise UnableToAddLimit(_("Xin ghi căn cứ: số, ký hiệu văn bản và điều khoản."))
    if limit.amount < 1 or (limit.longest is not None and limit.longest <= limit.amount):
        raise UnableToAddLimit(_("Thời hạn phải từ 1 trở lên; thời hạn tối đa phải dài hơn thời hạn thường."))
    if limit.valid_to is not None and limit.valid_to < limit.valid_from:
        raise UnableToAddLimit(_("Ngày hết hiệu lực phải sau ngày có hiệu lực."))
    rule = DeadlineRule(
        kind=limit.kind,
        field=limit.field,
        unit_path=limit.unit_path,
        duty=limit.duty,
        amount=limit.amount,
        longest=limit.longest,
        time_unit=limit.time_unit,
        counted_from=limit.counted_from,
        legal_basis=limit.legal_basis.strip(),
        verified=limit.verified,
        valid_from=limit.valid_from,
        valid_to=limit.valid_to,
    )
    session.add(rule)
    _forget(session)
    return rule


def end_limit(session: Session, *, rule: DeadlineRule, last_day: date) -> None:
    """End a rule: it holds until `last_day`, this day included.

    Raises
    ------
    UnableToEndLimit
        It ended already by then, or begins after `last_day`.
    """
    if last_day < rule.valid_from:
        raise UnableToEndLimit(
            _("Quy định này chỉ có hiệu lực từ ngày %(day)s.", day=f"{rule.valid_from:%d/%m/%Y}")
        )
    if rule.valid_to is not None and rule.valid_to <= last_day:
        raise UnableToEndLimit(
            _("Quy định này đã hết hiệu lực từ ngày %(day)s.", day=f"{rule.valid_to:%d/%m/%Y}")
        )
    rule.valid_to = last_day
    _forget(session)


def _forget(session: Session) -> None:
    session.flush()
    session.info.pop(KEPT, None)

"""Reads stored runs; nothing here needs a numerical library, so pages stay light."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.results.models import IndexRun, PublicOffice
from survey_app.results.rules.states import State


class UnknownRun(Refused):
    """No run has this id."""


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run without its figures."""

    id: str
    campaign_id: int
    responses: int
    state: str
    created_at: datetime
    published_at: datetime | None
    shows: str | None
    """The run whose figures the public sees; None if never published."""


@dataclass(frozen=True, slots=True)
class PublishedHead:
    """What a list of results tells of a published run: see `IndexRun.head`."""

    campaign_id: int
    published_at: datetime
    head: dict[str, Any]


def listed(session: Session, *, campaign_id: int | None = None) -> list[RunSummary]:
    """Return the runs (of one campaign), oldest first."""
    query = _summaries().order_by(IndexRun.created_at, IndexRun.id)
    if campaign_id is not None:
        query = query.where(IndexRun.campaign_id == campaign_id)
    return [RunSummary(*row) for row in session.execute(query)]


def published(session: Session) -> list[PublishedHead]:
    """Return the published run of each campaign that has one, newest publication first."""
    shown = aliased(IndexRun)
    query = (
        select(IndexRun.campaign_id, IndexRun.published_at, shown.head)
        .join(shown, shown.id == IndexRun.shows)
        .where(IndexRun.state == State.PUBLISHED)
        .order_by(IndexRun.published_at.desc(), IndexRun.id)
    )
    return [PublishedHead(*row) for row in session.execute(query)]


def published_text(session: Session, *, run_id: str) -> str:
    """Return the published document of a run as JSON, without its offices."""
    return session.scalars(select(IndexRun.public).where(IndexRun.id == run_id)).one() or ""


def office_lines(session: Session, *, run_id: str, start: int, count: int) -> list[str]:
    """Return name, unit and overall figure of `count` offices from position `start` on, each as JSON."""
    query = select(PublicOffice.line).where(
        PublicOffice.run_id == run_id, PublicOffice.position >= start, PublicOffice.position < start + count
    )
    return list(session.scalars(query.order_by(PublicOffice.position)))


def office_count(session: Session, *, run_id: str) -> int:
    """Return the number of offices of a published run."""
    query = select(func.count()).select_from(PublicOffice).where(PublicOffice.run_id == run_id)
    return session.scalars(query).one()


def office_text(session: Session, *, run_id: str, code: str) -> str | None:
    """Return all published figures of one office as JSON; None if the run has no such office."""
    query = select(PublicOffice.line, PublicOffice.levels).where(
        PublicOffice.run_id == run_id, PublicOffice.code == code
    )
    row = session.execute(query).one_or_none()
    return None if row is None else joined(*row)


def office_texts(session: Session, *, run_id: str) -> Iterator[str]:
    """Yield all published figures of every office as JSON, in the order of the campaign."""
    query = select(PublicOffice.line, PublicOffice.levels).where(PublicOffice.run_id == run_id)
    for line, levels in session.execute(query.order_by(PublicOffice.position)).yield_per(200):
        yield joined(line, levels)


def joined(line: str, levels: str) -> str:
    """Return a whole office as JSON of its two parts."""
    return f"{line[:-1]},{levels[1:]}"


def methods(session: Session, *, run_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return how runs were computed, by run: their `method` without figures."""
    query = select(IndexRun.id, IndexRun.method).where(IndexRun.id.in_(run_ids))
    return dict(session.execute(query).all())


def published_run(session: Session, *, campaign_id: int) -> RunSummary | None:
    """Return the run that the public sees of a campaign, or None."""
    query = _summaries().where(IndexRun.campaign_id == campaign_id, IndexRun.state == State.PUBLISHED)
    row = session.execute(query).one_or_none()
    return None if row is None else RunSummary(*row)


def run(session: Session, *, run_id: str) -> RunSummary:
    """Return one run without its figures.

    Raises
    ------
    UnknownRun
    """
    row = session.execute(_summaries().where(IndexRun.id == run_id)).one_or_none()
    if row is None:
        raise UnknownRun(
            _("Không có lần tính “%(run)s”. Xem các lần tính bằng lệnh survey-app results list.", run=run_id)
        )
    return RunSummary(*row)


def result_text(session: Session, *, run_id: str) -> str:
    """Return the canonical JSON of a run: every figure, also those that are not published.

    Raises
    ------
    UnknownRun
    """
    run(session, run_id=run_id)
    return session.scalars(select(IndexRun.result).where(IndexRun.id == run_id)).one()


def _summaries() -> Select[Any]:
    return select(*(getattr(IndexRun, name) for name in RunSummary.__slots__))

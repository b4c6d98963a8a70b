"""Reads stored runs; nothing here needs a numerical library, so pages stay light."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.results.models import IndexRun
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


def listed(session: Session, *, campaign_id: int | None = None) -> list[RunSummary]:
    """Return the runs (of one campaign), oldest first."""
    query = _summaries().order_by(IndexRun.created_at, IndexRun.id)
    if campaign_id is not None:
        query = query.where(IndexRun.campaign_id == campaign_id)
    return [RunSummary(*row) for row in session.execute(query)]


def published(session: Session) -> list[RunSummary]:
    """Return the published run of each campaign that has one, newest publication first."""
    query = _summaries().where(IndexRun.state == State.PUBLISHED)
    return [
        RunSummary(*row) for row in session.execute(query.order_by(IndexRun.published_at.desc(), IndexRun.id))
    ]


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

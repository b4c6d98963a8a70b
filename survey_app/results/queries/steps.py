"""Reads what people did to runs: requests, steps, and where each campaign stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign
from survey_app.foundation.paging import Paged, paged
from survey_app.foundation.paths import inside_any
from survey_app.results.models import IndexRun, RunRequest, RunStep
from survey_app.results.rules.states import State, Step
from survey_app.staff.models import Account


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of a run; `name` is None for the command line."""

    run_id: str
    step: Step
    account_id: int | None
    name: str | None
    at: datetime
    note: str | None


def steps_of(session: Session, *, run_ids: Sequence[str]) -> dict[str, list[StepLine]]:
    """Return the steps of runs, oldest first, by run."""
    query = (
        select(RunStep.run_id, RunStep.step, RunStep.account_id, Account.name, RunStep.at, RunStep.note)
        .outerjoin(Account, Account.id == RunStep.account_id)
        .where(RunStep.run_id.in_(run_ids))
        .order_by(RunStep.id)
    )
    found: dict[str, list[StepLine]] = {run_id: [] for run_id in run_ids}
    for run_id, step, account_id, name, at, note in session.execute(query):
        found[run_id].append(StepLine(run_id, Step(step), account_id, name, at, note))
    return found


def computed_by(session: Session, *, run_id: str) -> set[int | None]:
    """Return the accounts that computed a run; None stands for the command line."""
    query = select(RunStep.account_id).where(RunStep.run_id == run_id, RunStep.step == Step.COMPUTED)
    return set(session.scalars(query))


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A computation that somebody asked for on screen."""

    id: int
    name: str
    requested_at: datetime
    finished_at: datetime | None
    run_id: str | None
    failure: str | None


def latest_request(session: Session, *, campaign_id: int) -> RequestLine | None:
    """Return the last computation asked for, None if there never was one."""
    query = (
        select(
            RunRequest.id,
            Account.name,
            RunRequest.requested_at,
            RunRequest.finished_at,
            RunRequest.run_id,
            RunRequest.failure,
        )
        .join(Account, Account.id == RunRequest.account_id)
        .where(RunRequest.campaign_id == campaign_id)
        .order_by(RunRequest.id.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    return RequestLine(*row) if row else None


@dataclass(frozen=True, slots=True)
class CampaignStanding:
    """Where the results of a campaign stand."""

    code: str
    title: str
    title_en: str
    opens_on: date
    closes_on: date
    runs: int
    computed_at: datetime | None
    published_at: datetime | None


def standings(
    session: Session, *, scopes: Sequence[str], number: int, size: int = 50
) -> Paged[CampaignStanding]:
    """Return one page of the campaigns inside `scopes` that were ever opened, the latest first."""
    runs = (
        select(
            IndexRun.campaign_id,
            func.count().label("runs"),
            func.max(IndexRun.created_at).label("computed_at"),
        )
        .group_by(IndexRun.campaign_id)
        .subquery()
    )
    published = (
        select(IndexRun.campaign_id, IndexRun.published_at)
        .where(IndexRun.state == State.PUBLISHED)
        .subquery()
    )
    query = (
        select(
            Campaign.code,
            Campaign.title,
            Campaign.title_en,
            Campaign.opens_on,
            Campaign.closes_on,
            func.coalesce(runs.c.runs, 0),
            runs.c.computed_at,
            published.c.published_at,
        )
        .outerjoin(runs, runs.c.campaign_id == Campaign.id)
        .outerjoin(published, published.c.campaign_id == Campaign.id)
        .where(Campaign.opened_at.is_not(None), inside_any(Campaign.unit_path, scopes))
        .order_by(Campaign.opens_on.desc(), Campaign.id.desc())
        .limit(size + 1)
        .offset((number - 1) * size)
    )
    return paged([CampaignStanding(*row) for row in session.execute(query)], number=number, size=size)

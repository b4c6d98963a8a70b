"""Reads of prints made in the background."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.offices.models import PosterFile, PosterJob
from survey_app.offices.rules import JobState

FILES_KEPT_FOR = timedelta(hours=24)
_DEAD_AFTER = timedelta(seconds=60)


def find_job(session: Session, job_id: int, *, account_id: int) -> PosterJob | None:
    """Return a print of this person; another person's print is not there."""
    job = session.get(PosterJob, job_id)
    return job if job is not None and job.account_id == account_id else None


def jobs_of(session: Session, *, account_id: int, limit: int = 10) -> list[PosterJob]:
    """Return the latest prints of a person, the newest first."""
    query = select(PosterJob).where(PosterJob.account_id == account_id)
    return list(
        session.scalars(query.order_by(PosterJob.created_at.desc(), PosterJob.id.desc()).limit(limit))
    )


def next_waiting(session: Session) -> int | None:
    """Return the id of the print that has waited longest."""
    query = select(PosterJob.id).where(PosterJob.state == JobState.WAITING).order_by(PosterJob.id)
    return session.scalar(query.limit(1))


def parts_of(session: Session, job_id: int) -> list[tuple[int, int]]:
    """Return (part, pages) of the finished files of a print."""
    query = select(PosterFile.part, PosterFile.pages).where(PosterFile.job_id == job_id)
    return [(part, pages) for part, pages in session.execute(query.order_by(PosterFile.part))]


def part_content(session: Session, job_id: int, part: int) -> bytes | None:
    """Return one finished PDF of a print."""
    file = session.get(PosterFile, (job_id, part))
    return None if file is None else file.content


def is_stale(job: PosterJob, now: datetime) -> bool:
    """Say whether the worker that had taken this print has not shown itself for a minute."""
    running = job.state is JobState.RUNNING
    return running and (job.heartbeat_at is None or job.heartbeat_at < now - _DEAD_AFTER)


def is_expired(job: PosterJob, now: datetime) -> bool:
    """Say whether the files of this print are no longer given out."""
    return job.created_at < now - FILES_KEPT_FOR

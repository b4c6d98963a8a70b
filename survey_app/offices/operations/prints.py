"""Prints of many posters: asked for by a person, taken and finished part by part by a worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.offices.models import NAME_LENGTH, PosterFile, PosterJob
from survey_app.offices.queries import FILES_KEPT_FOR, is_expired, is_stale, next_waiting, parts_of
from survey_app.offices.rules import JobState

PART_SIZE = 1_000
"""Posters in one PDF: printers and viewers still take it, and making it needs 0.7 GB for some seconds."""
MOST_POSTERS = 20_000
_UNDER_WAY = (JobState.WAITING, JobState.RUNNING)


class UnableToPrintMany(Refused):
    """There is nothing to print, or too much, or a print of this person is under way."""


def request_print(
    session: Session,
    *,
    account_id: int,
    unit_path: str,
    title: str,
    points: Sequence[int],
    options: dict[str, Any],
    now: datetime,
) -> PosterJob:
    """Note down a print of the counters with the ids `points`; files older than a day are deleted.

    Raises
    ------
    UnableToPrintMany
        No counter, more than 20,000, or the person's earlier print is still under way.
    """
    purge_prints(session, now=now)
    if not points:
        raise UnableToPrintMany(
            _("Không có quầy nào đang hoạt động để in. Hãy thêm quầy hoặc chọn đơn vị khác.")
        )
    if len(points) > MOST_POSTERS:
        raise UnableToPrintMany(
            _("Mỗi lần in nhiều nhất %(most)s tấm. Hãy chọn từng tỉnh hoặc từng xã.", most=MOST_POSTERS)
        )
    query = select(PosterJob).where(PosterJob.account_id == account_id, PosterJob.state.in_(_UNDER_WAY))
    if any(not is_stale(job, now) for job in session.scalars(query)):
        raise UnableToPrintMany(_("Lần in trước của ông/bà chưa xong. Hãy đợi xong rồi in tiếp."))
    job = PosterJob(
        account_id=account_id,
        unit_path=unit_path,
        title=title[:NAME_LENGTH],
        points=list(points),
        options=options,
        total=len(points),
        made=0,
        state=JobState.WAITING,
        attempt=0,
        created_at=now,
    )
    session.add(job)
    session.flush()
    return job


def purge_prints(session: Session, *, now: datetime) -> None:
    """Delete the files of prints that were asked for more than a day ago; what was printed stays noted."""
    old = select(PosterJob.id).where(PosterJob.created_at < now - FILES_KEPT_FOR)
    session.execute(delete(PosterFile).where(PosterFile.job_id.in_(old)))
    session.execute(
        update(PosterJob)
        .where(PosterJob.id.in_(old), PosterJob.points.is_not(None), PosterJob.state.in_(_UNDER_WAY))
        .values(state=JobState.FAILED, finished_at=now)
    )


@dataclass(frozen=True, slots=True)
class TakenPrint:
    """A print that a worker has taken: what to print from which part on, and the number of its attempt."""

    job_id: int
    attempt: int
    points: tuple[int, ...]
    options: dict[str, Any]
    first_part: int


def take_print(session: Session, *, now: datetime) -> TakenPrint | None:
    """Take the print that has waited longest; None if there is none, or another worker was faster.

    Parts that an earlier attempt finished are kept.
    """
    job_id = next_waiting(session)
    if job_id is None:
        return None
    taken = session.execute(
        update(PosterJob)
        .where(PosterJob.id == job_id, PosterJob.state == JobState.WAITING)
        .values(state=JobState.RUNNING, attempt=PosterJob.attempt + 1, heartbeat_at=now, reason=None)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        return None
    job = session.get_one(PosterJob, job_id, populate_existing=True)
    return TakenPrint(job.id, job.attempt, tuple(job.points), job.options, len(parts_of(session, job.id)) + 1)


def report_progress(session: Session, *, job_id: int, attempt: int, made: int, now: datetime) -> bool:
    """Show that the worker lives and how many posters are made; False tells a worker believed dead to stop."""
    return _update(session, job_id, attempt, made=made, heartbeat_at=now)


def add_part(
    session: Session, *, job_id: int, attempt: int, part: int, pages: int, content: bytes, now: datetime
) -> bool:
    """Store one finished PDF; False tells a worker believed dead to stop."""
    if not _update(session, job_id, attempt, heartbeat_at=now):
        return False
    session.add(PosterFile(job_id=job_id, part=part, pages=pages, content=content))
    session.flush()
    return True


def finish_print(
    session: Session, *, job_id: int, attempt: int, now: datetime, reason: str | None = None
) -> bool:
    """End a print: done, or failed for `reason`, which its owner reads."""
    state = JobState.DONE if reason is None else JobState.FAILED
    return _update(session, job_id, attempt, state=state, finished_at=now, reason=reason and reason[:300])


class UnableToPrintAgain(Refused):
    """The print is done or still under way."""


def print_again(session: Session, *, job_id: int, now: datetime) -> None:
    """Put a print that failed, or whose worker died, back into the queue; finished parts are kept.

    Raises
    ------
    UnableToPrintAgain
        The print is done, or its worker is alive, or it is older than a day.
    """
    job = session.get_one(PosterJob, job_id, with_for_update=True)
    if not (job.state is JobState.FAILED or is_stale(job, now)) or is_expired(job, now):
        raise UnableToPrintAgain(_("Lần in này không làm lại được: đã xong, đang chạy, hoặc đã quá 24 giờ."))
    job.state, job.reason, job.finished_at = JobState.WAITING, None, None
    # A worker that was only slow must find that the print is no longer its own.
    job.attempt += 1
    session.flush()


def _update(session: Session, job_id: int, attempt: int, **values: Any) -> bool:
    done = session.execute(
        update(PosterJob)
        .where(PosterJob.id == job_id, PosterJob.attempt == attempt, PosterJob.state == JobState.RUNNING)
        .values(**values)
    )
    return bool(done.rowcount == 1)  # type: ignore[attr-defined]

"""Stores runs and publishes them; figures are never changed once they are stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign
from survey_app.foundation.database import insert_if_absent
from survey_app.foundation.errors import Refused
from survey_app.foundation.languages import gettext as _
from survey_app.results.models import NOTE_LENGTH, IndexRun, PublicOffice, RunRequest, RunStep
from survey_app.results.queries.publication import Publication, prepare, read_by_public
from survey_app.results.queries.runs import RunSummary, run
from survey_app.results.queries.steps import computed_by, latest_request
from survey_app.results.rules.document import Computation
from survey_app.results.rules.states import MAY_BE_PUBLISHED, State, Step, is_running, may_publish


class AlreadyComputing(Refused):
    """Somebody asked for the same a moment ago."""


def request_run(session: Session, *, campaign_id: int, by: int, now: datetime) -> int:
    """Note that a person asked for a computation, and return the number of the request.

    Raises
    ------
    AlreadyComputing
        One computation at a time: of two people who ask at once, one is refused.
    """
    session.execute(select(Campaign.id).where(Campaign.id == campaign_id).with_for_update())
    latest = latest_request(session, campaign_id=campaign_id)
    if latest and is_running(latest.requested_at, latest.finished_at, now):
        raise AlreadyComputing(_("Lần tính trước của đợt này chưa xong. Xin đợi rồi xem lại."))
    request = RunRequest(campaign_id=campaign_id, account_id=by, requested_at=now)
    session.add(request)
    session.flush()
    return request.id


def finish_request(
    session: Session, *, request_id: int, now: datetime, run_id: str | None = None, failure: str | None = None
) -> None:
    """Note how a computation ended: with a run, or with words that say what to do."""
    ended = {"finished_at": now, "run_id": run_id, "failure": failure[:NOTE_LENGTH] if failure else None}
    session.execute(update(RunRequest).where(RunRequest.id == request_id).values(**ended))


def store_run(
    session: Session, *, computation: Computation, now: datetime, by: int | None = None
) -> RunSummary:
    """Store what `queries.figures.compute` found, and return the run; `by` is who asked, None for the command line.

    The same figures have the same id: storing them again changes nothing, not even the state or the time.
    """
    values = {
        "id": computation.run_id,
        "campaign_id": computation.campaign_id,
        "recipe_hash": computation.recipe_hash,
        "last_response_id": computation.last_response_id,
        "responses": computation.responses,
        "method": computation.method,
        "result": computation.text,
        "state": State.COMPUTED,
        "created_at": now,
    }
    insert_if_absent(session, IndexRun, values)
    _note(session, computation.run_id, Step.COMPUTED, by, now)
    return run(session, run_id=computation.run_id)


class UnableToPublishRun(Refused):
    """The person computed these figures."""


def publish_run(
    session: Session,
    *,
    run_id: str,
    now: datetime,
    by: int | None = None,
    publication: Publication | None = None,
) -> RunSummary:
    """Make a run the public result of its campaign; the one published before is superseded.

    What the public may read of it is written now and for good. `publication` is what
    `queries.publication.prepare` worked out before; it is worked out again if somebody published meanwhile, or
    if it is not given. Publishing the published run again changes nothing, and its date of publication stays.
    `by` is the person who publishes, None for the command line.

    Raises
    ------
    UnknownRun
    UnableToPublishRun
        `by` computed the run: two people stand behind every published figure.
    """
    campaign_id = run(session, run_id=run_id).campaign_id
    if not may_publish(computed_by(session, run_id=run_id), by):
        raise UnableToPublishRun(
            _("Ông/bà đã tính kết quả này nên không tự công bố được. Xin để một người khác xem và công bố.")
        )
    runs = select(IndexRun).where(IndexRun.campaign_id == campaign_id).with_for_update()
    by_id = {one.id: one for one in session.scalars(runs)}
    chosen = by_id[run_id]
    if chosen.shows is None:
        if publication is None or publication.beside != read_by_public(session, campaign_id=campaign_id):
            publication = prepare(session, run_id=run_id)
        _write_public(session, chosen, publication)
    if chosen.state in MAY_BE_PUBLISHED:
        for other in by_id.values():
            if other.state == State.PUBLISHED:
                other.state = State.SUPERSEDED
        session.flush()
        chosen.state, chosen.published_at = State.PUBLISHED, now
        _note(session, run_id, Step.PUBLISHED, by, now)
    return run(session, run_id=run_id)


def return_run(session: Session, *, run_id: str, by: int, note: str, now: datetime) -> None:
    """Send a run back to who computed it, with the reason; it can still be published later.

    Raises
    ------
    UnknownRun
    """
    run(session, run_id=run_id)
    _note(session, run_id, Step.RETURNED, by, now, note)


def _note(
    session: Session, run_id: str, step: Step, by: int | None, now: datetime, note: str | None = None
) -> None:
    session.add(RunStep(run_id=run_id, step=step, account_id=by, at=now, note=note))
    session.flush()


def _write_public(session: Session, chosen: IndexRun, publication: Publication) -> None:
    chosen.shows = publication.shows
    for column, value in publication.values.items():
        setattr(chosen, column, value)
    session.flush()
    if publication.offices:
        session.execute(insert(PublicOffice), publication.offices)

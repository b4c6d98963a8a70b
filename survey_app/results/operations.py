"""Stores runs and publishes them; figures are never changed once they are stored."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from survey_app.foundation.database import insert_if_absent
from survey_app.results.models import IndexRun, PublicOffice
from survey_app.results.queries.publication import Publication, prepare, read_by_public
from survey_app.results.queries.runs import RunSummary, run
from survey_app.results.rules.document import Computation
from survey_app.results.rules.states import MAY_BE_PUBLISHED, State


def store_run(session: Session, *, computation: Computation, now: datetime) -> RunSummary:
    """Store what `queries.figures.compute` found, and return the run.

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
    return run(session, run_id=computation.run_id)


def publish_run(
    session: Session, *, run_id: str, now: datetime, publication: Publication | None = None
) -> RunSummary:
    """Make a run the public result of its campaign; the one published before is superseded.

    What the public may read of it is written now and for good. `publication` is what
    `queries.publication.prepare` worked out before; it is worked out again if somebody published meanwhile, or
    if it is not given. Publishing the published run again changes nothing, and its date of publication stays.

    Raises
    ------
    UnknownRun
    """
    campaign_id = run(session, run_id=run_id).campaign_id
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
        session.flush()
    return run(session, run_id=run_id)


def _write_public(session: Session, chosen: IndexRun, publication: Publication) -> None:
    chosen.shows = publication.shows
    for column, value in publication.values.items():
        setattr(chosen, column, value)
    session.flush()
    if publication.offices:
        session.execute(insert(PublicOffice), publication.offices)

"""Tables of the results room."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Connection,
    ForeignKey,
    Index,
    String,
    Text,
    event,
    inspect,
    text,
)
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from survey_app.foundation.columns import BigId, UtcDateTime
from survey_app.foundation.database import Base
from survey_app.offices.rules import SLUG_LENGTH
from survey_app.results.rules.states import State

NOTE_LENGTH = 500


class IndexRun(Base):
    """One computed index with everything it rests on. No figure ever changes.

    `id` is made from `result`, the canonical JSON text, so the same figures are the same run. The last four
    columns are written when the run is first published, and hold what the public may read of it.
    """

    __tablename__ = "index_runs"
    __table_args__ = (
        CheckConstraint("state IN ('computed', 'published', 'superseded')", name="state"),
        # one published run a campaign, whoever publishes at the same time
        Index(
            "uq_index_runs_published",
            "campaign_id",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
        Index("ix_index_runs_campaign", "campaign_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(12), primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    recipe_hash: Mapped[str] = mapped_column(String(64))
    last_response_id: Mapped[int] = mapped_column(BigId)
    responses: Mapped[int]
    method: Mapped[dict[str, Any]] = mapped_column(JSON)
    result: Mapped[str] = mapped_column(Text, deferred=True)
    state: Mapped[str] = mapped_column(String(10), default=State.COMPUTED)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    shows: Mapped[str | None] = mapped_column(ForeignKey("index_runs.id"))
    """Whose figures the public sees: its own, or those of an earlier run while too few responses are new."""
    head: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """What a list of results needs: title, period, population, overall figure."""
    public: Mapped[str | None] = mapped_column(Text, deferred=True)
    """The published document as JSON, without its offices."""
    release: Mapped[dict[str, Any] | None] = mapped_column(JSON, deferred=True)
    """Numbers of responses, which later publications are compared with (`rules.release.Release`)."""


class PublicOffice(Base):
    """The published figures of one office in one run, in the order of the campaign's offices."""

    __tablename__ = "public_offices"
    __table_args__ = (Index("ix_public_offices_position", "run_id", "position"),)

    run_id: Mapped[str] = mapped_column(ForeignKey("index_runs.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(SLUG_LENGTH), primary_key=True)
    position: Mapped[int]
    line: Mapped[str] = mapped_column(Text)
    """Name, unit and overall figure as JSON."""
    levels: Mapped[str] = mapped_column(Text, deferred=True)
    """Contents, factors and criteria as JSON."""


class RunStep(Base):
    """Who computed, returned or published a run, and when; a step from the command line has no account."""

    __tablename__ = "run_steps"
    __table_args__ = (Index(None, "run_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("index_runs.id"))
    step: Mapped[str] = mapped_column(String(12))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str | None] = mapped_column(String(NOTE_LENGTH))


class RunRequest(Base):
    """A computation that somebody asked for on screen; it ends with a run or with words that say what to do."""

    __tablename__ = "run_requests"
    __table_args__ = (Index(None, "campaign_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    run_id: Mapped[str | None] = mapped_column(ForeignKey("index_runs.id"))
    failure: Mapped[str | None] = mapped_column(String(NOTE_LENGTH))


MAY_CHANGE = frozenset({"state", "published_at", "shows", "head", "public", "release"})


class FrozenRun(Exception):
    """The program tried to change or delete a run: a mistake in the program, not of a user."""


@event.listens_for(IndexRun, "before_update")
def _refuse_changes(_mapper: Mapper[IndexRun], _connection: Connection, run: IndexRun) -> None:
    changed = {attribute.key for attribute in inspect(run).attrs if attribute.history.has_changes()}
    if changed - MAY_CHANGE:
        raise FrozenRun(f"{', '.join(sorted(changed - MAY_CHANGE))} of run {run.id}")


@event.listens_for(IndexRun, "before_delete")
def _refuse_deletion(_mapper: Mapper[IndexRun], _connection: Connection, run: IndexRun) -> None:
    raise FrozenRun(f"run {run.id} cannot be deleted")

"""Reads how the respondents of a campaign were drawn, in bounded memory and in the order of their coded answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.responses.models import Response, ResponseDesign


@dataclass(frozen=True, slots=True)
class DesignChunk:
    """The designs of consecutive responses; an entry is None where a response has no such value, or no design.

    `psus` and `fpcs` hold one list for each of the three stages, `strata`, `weights` and `phases` are lists. All
    lists are `count` long and in the order of the `CodedChunk` of the same responses.
    """

    count: int
    strata: list[str | None]
    psus: tuple[list[str | None], list[str | None], list[str | None]]
    fpcs: tuple[list[int | None], list[int | None], list[int | None]]
    weights: list[float | None]
    phases: list[int | None]


_DESIGN = (
    ResponseDesign.stratum,
    ResponseDesign.psu1,
    ResponseDesign.psu2,
    ResponseDesign.psu3,
    ResponseDesign.fpc1,
    ResponseDesign.fpc2,
    ResponseDesign.fpc3,
    ResponseDesign.weight,
    ResponseDesign.phase,
)


def designs(
    session: Session, *, campaign_id: int, up_to_id: int, chunk: int = 20_000
) -> Iterator[DesignChunk]:
    """Yield the designs of all responses of a campaign, chunk by chunk as `coded_answers` yields their answers."""
    after = 0
    while True:
        rows = session.execute(
            select(Response.id, *_DESIGN)
            .outerjoin(ResponseDesign, ResponseDesign.response_id == Response.id)
            .where(Response.campaign_id == campaign_id, Response.id > after, Response.id <= up_to_id)
            .order_by(Response.id)
            .limit(chunk)
        ).all()
        if not rows:
            return
        ids, stratum, psu1, psu2, psu3, fpc1, fpc2, fpc3, weight, phase = map(list, zip(*rows, strict=True))
        yield DesignChunk(len(rows), stratum, (psu1, psu2, psu3), (fpc1, fpc2, fpc3), weight, phase)
        after = ids[-1]


def designed_count(session: Session, *, campaign_id: int, up_to_id: int) -> int:
    """Return how many responses of a campaign carry a design: all or none, unless rows were written by hand."""
    query = (
        select(func.count())
        .select_from(ResponseDesign)
        .join(Response, Response.id == ResponseDesign.response_id)
        .where(Response.campaign_id == campaign_id, Response.id <= up_to_id)
    )
    return session.scalar(query) or 0

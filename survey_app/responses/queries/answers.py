"""Reads of room responses: counts by place, and coded answers in bounded memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.responses.models import Response


@dataclass(frozen=True, slots=True)
class CodedChunk:
    """Consecutive responses: places and, row-major in `codes`, one signed byte for each coded item."""

    count: int
    office_ids: list[int]
    channels: list[str]
    instruments: list[str]
    flagged: list[bool]
    codes: bytes


@dataclass(frozen=True, slots=True)
class Watermark:
    """The state of the data that a figure rests on."""

    last_id: int
    count: int
    flags: dict[str, int]
    channels: dict[str, int]


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """Responses of one office, counter and channel; `flagged` of them carry a flag."""

    office_id: int
    service_point_id: int | None
    channel: str
    responses: int
    flagged: int


def coded_answers(
    session: Session, *, campaign_id: int, up_to_id: int, chunk: int = 20_000
) -> Iterator[CodedChunk]:
    """Yield the coded answers of a campaign in the order they were stored, up to a watermark.

    Pages by id, so memory holds one chunk and every chunk is one indexed range.
    """
    columns = (
        Response.id,
        Response.office_id,
        Response.channel,
        Response.instrument,
        Response.flags,
        Response.codes,
    )
    after = 0
    while True:
        rows = session.execute(
            select(*columns)
            .where(Response.campaign_id == campaign_id, Response.id > after, Response.id <= up_to_id)
            .order_by(Response.id)
            .limit(chunk)
        ).all()
        if not rows:
            return
        ids, offices, channels, instruments, flags, codes = zip(*rows, strict=True)
        yield CodedChunk(
            len(rows),
            list(offices),
            list(channels),
            list(instruments),
            [bool(flag) for flag in flags],
            b"".join(codes),
        )
        after = ids[-1]


def watermark(session: Session, *, campaign_id: int) -> Watermark:
    """Return the last response id of a campaign, and its counts by flag and channel.

    Read both in one session of `Database.read()`: it sees one snapshot, so the counts need no bound by id and
    come from an index alone.
    """
    last = session.scalar(select(func.max(Response.id)).where(Response.campaign_id == campaign_id)) or 0
    flags: Counter[str] = Counter()
    channels: Counter[str] = Counter()
    for stored, channel, count in session.execute(
        select(Response.flags, Response.channel, func.count())
        .where(Response.campaign_id == campaign_id)
        .group_by(Response.flags, Response.channel)
    ):
        channels[channel] += count
        for flag in stored.split():
            flags[flag] += count
    return Watermark(
        last, sum(channels.values()), dict(sorted(flags.items())), dict(sorted(channels.items()))
    )


def counts_by_place(session: Session, *, campaign_id: int) -> list[PlaceCount]:
    """Count a campaign's responses by office, counter and channel; answered from an index alone."""
    total: Counter[tuple[int, int | None, str]] = Counter()
    flagged: Counter[tuple[int, int | None, str]] = Counter()
    place = (Response.office_id, Response.service_point_id, Response.channel)
    for office, point, channel, stored, count in session.execute(
        select(*place, Response.flags, func.count())
        .where(Response.campaign_id == campaign_id)
        .group_by(*place, Response.flags)
    ):
        total[office, point, channel] += count
        flagged[office, point, channel] += count if stored else 0
    keys = sorted(total, key=lambda key: (key[0], key[1] or 0, key[2]))
    return [PlaceCount(*key, responses=total[key], flagged=flagged[key]) for key in keys]

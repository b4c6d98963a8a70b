"""Reads where a campaign takes place: how many offices, counters and links, and one page of them at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import CampaignLink, CampaignOffice
from survey_app.foundation.paging import Paged, paged
from survey_app.foundation.paths import inside_any
from survey_app.offices.models import Office, PublicCode, ServicePoint, Unit
from survey_app.offices.queries import names_by_path
from survey_app.offices.rules import fold, split_prefix

PAGE = 50
_ACTIVE_POINT_CODE = and_(
    PublicCode.service_point_id == ServicePoint.id, PublicCode.revoked_at.is_(None), ServicePoint.active
)


@dataclass(frozen=True, slots=True)
class PlaceCounts:
    """How large a campaign is. `offices` counts closed ones too; `without_code` are active and have no counter code."""

    offices: int
    active_offices: int
    counters: int
    without_code: int
    links: int


def count_places(session: Session, campaign_id: int) -> PlaceCounts:
    """Count offices, counters with an active code, and active links of a campaign."""
    ours = CampaignOffice.campaign_id == campaign_id
    offices, active = session.execute(
        select(func.count(), func.count().filter(Office.active))
        .select_from(CampaignOffice)
        .join(Office, Office.id == CampaignOffice.office_id)
        .where(ours)
    ).one()
    counters, with_code = session.execute(
        select(func.count(), func.count(ServicePoint.office_id.distinct()))
        .select_from(CampaignOffice)
        .join(Office, and_(Office.id == CampaignOffice.office_id, Office.active))
        .join(ServicePoint, ServicePoint.office_id == Office.id)
        .join(PublicCode, _ACTIVE_POINT_CODE)
        .where(ours)
    ).one()
    return PlaceCounts(offices, active, counters, active - with_code, _count_links(session, campaign_id))


def offices_to_print(session: Session, campaign_id: int, *, most: int) -> tuple[str, list[str]]:
    """Return the path of the deepest unit that holds all active offices of a campaign, and these offices' codes.

    Of more than `most` offices no codes are returned.
    """
    taking_part = (
        select(Office.code, Unit.path)
        .join(Unit, Unit.id == Office.unit_id)
        .join(CampaignOffice, CampaignOffice.office_id == Office.id)
        .where(CampaignOffice.campaign_id == campaign_id, Office.active)
    )
    paths = session.scalars(taking_part.with_only_columns(Unit.path).distinct())
    steps = zip(*(path.split("/") for path in paths), strict=False)
    shared = [names[0] for names in steps if len(set(names)) == 1]
    codes = session.scalars(taking_part.order_by(Office.id).limit(most + 1)).all()
    return "/".join(shared), list(codes) if len(codes) <= most else []


def _count_links(session: Session, campaign_id: int) -> int:
    query = (
        select(func.count())
        .select_from(CampaignLink)
        .join(PublicCode, PublicCode.code == CampaignLink.code)
        .join(Office, Office.id == CampaignLink.office_id)
        .where(CampaignLink.campaign_id == campaign_id, PublicCode.revoked_at.is_(None), Office.active)
    )
    return session.scalars(query).one()


def chosen_among(session: Session, campaign_id: int, office_ids: Collection[int]) -> set[int]:
    """Return which of these offices take part in the campaign."""
    query = select(CampaignOffice.office_id).where(
        CampaignOffice.campaign_id == campaign_id, CampaignOffice.office_id.in_(office_ids)
    )
    return set(session.scalars(query))


@dataclass(frozen=True, slots=True)
class CounterEntrance:
    """A counter of an office with its active code."""

    office_id: int
    id: int
    name: str
    code: str


@dataclass(frozen=True, slots=True)
class OfficeEntrances:
    """An office of a campaign with the ways in: counters with a code, and the link if there is one."""

    id: int
    code: str
    name: str
    active: bool
    unit_names: str
    counters: Sequence[CounterEntrance]
    link: str | None


def entrances_page(
    session: Session, campaign_id: int, *, text: str = "", number: int = 1
) -> Paged[OfficeEntrances]:
    """Return one page of a campaign's offices with their codes, in the order of units, then of names.

    `text` finds, without accents, names of offices and of their units.
    """
    query = (
        select(Office.id, Office.code, Office.name, Office.active, Unit.path)
        .join(CampaignOffice, CampaignOffice.office_id == Office.id)
        .join(Unit, Unit.id == Office.unit_id)
        .where(CampaignOffice.campaign_id == campaign_id)
    )
    words = fold(text)
    if words:
        bare = split_prefix(words)[1] or words
        in_unit = Unit.search_name.contains(bare, autoescape=True)
        query = query.where(in_unit | Office.search_name.contains(words, autoescape=True))
    query = query.order_by(Unit.path, Office.search_name, Office.id)
    page = paged(
        session.execute(query.limit(PAGE + 1).offset((number - 1) * PAGE)).all(), number=number, size=PAGE
    )
    names = names_by_path(session, [row.path for row in page.items])
    counters = _counters(session, [row.id for row in page.items])
    links = _links(session, campaign_id, [row.id for row in page.items])
    items = [
        OfficeEntrances(
            row.id, row.code, row.name, row.active, names[row.path], counters[row.id], links.get(row.id)
        )
        for row in page.items
    ]
    return Paged(items, page.number, page.size, page.more)


def _counters(session: Session, office_ids: Collection[int]) -> dict[int, list[CounterEntrance]]:
    query = (
        select(ServicePoint.office_id, ServicePoint.id, ServicePoint.name, PublicCode.code)
        .join(PublicCode, _ACTIVE_POINT_CODE)
        .where(ServicePoint.office_id.in_(office_ids))
        .order_by(ServicePoint.id)
    )
    counters: dict[int, list[CounterEntrance]] = defaultdict(list)
    for row in session.execute(query):
        counters[row.office_id].append(CounterEntrance(*row))
    return counters


def _links(session: Session, campaign_id: int, office_ids: Collection[int]) -> dict[int, str]:
    query = (
        select(CampaignLink.office_id, CampaignLink.code)
        .join(PublicCode, PublicCode.code == CampaignLink.code)
        .where(
            CampaignLink.campaign_id == campaign_id,
            CampaignLink.office_id.in_(office_ids),
            PublicCode.revoked_at.is_(None),
        )
    )
    return dict(session.execute(query).all())


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """A unit all of whose active offices can be chosen at once; `offices` says how many they are."""

    path: str
    name: str
    offices: int


def unit_choices(session: Session, unit_path: str, *, everywhere: str) -> list[UnitChoice]:
    """Return the unit at `unit_path` and the units right below it that have active offices.

    `everywhere` is the name for the whole installation, whose path is "".
    """
    query = (
        select(Unit.path, func.count())
        .join(Office, Office.unit_id == Unit.id)
        .where(inside_any(Unit.path, [unit_path]), Office.active)
        .group_by(Unit.path)
    )
    counts: Counter[str] = Counter()
    depth = unit_path.count("/") + 2 if unit_path else 1
    for path, count in session.execute(query):
        parts = path.split("/")
        counts[unit_path] += count
        if len(parts) >= depth:
            counts["/".join(parts[:depth])] += count
    names = names_by_path(session, [path for path in counts if path])
    return [
        UnitChoice(path, names[path].split(", ")[0] if path else everywhere, counts[path])
        for path in sorted(counts)
    ]

"""An installation as large as the country: 3,321 communes, 10,000 counters, 500 campaigns, 1,000,000 responses."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign, CampaignOffice
from survey_app.campaigns.operations import add_weight_set, open_campaign
from survey_app.campaigns.rules import Base as BaseWeights
from survey_app.campaigns.rules import WeightDocument
from survey_app.foundation.clock import hour_of, local_date, now
from survey_app.foundation.database import Base, Database
from survey_app.offices.models import Office, PublicCode, ServicePoint, Unit
from survey_app.offices.operations import load_units
from survey_app.offices.queries import shipped_units
from survey_app.offices.rules import new_code
from survey_app.questionnaires.gateway import read, shipped
from survey_app.questionnaires.operations import publish
from survey_app.questionnaires.queries import by_id, id_by_name
from survey_app.responses.models import Response
from survey_app.responses.rules.answers import encode

COUNTERS, CAMPAIGNS, RESPONSES = 10_000, 500, 1_000_000
LARGEST = "ca-nuoc"
WEIGHTS = "can-bang"
_BASE = 62_500  # doubled until there are enough


def build(database: Database, *, responses: int = RESPONSES) -> None:
    """Fill an empty, migrated database."""
    rng, at = random.Random(3321), now()
    database.write(lambda session: load_units(session, rows=shipped_units(), now=at))
    for path in shipped():
        document = read(path).document
        database.write(lambda session, document=document: publish(session, document=document, now=at))
    database.write(lambda session: _places(session, rng, at))
    database.write(lambda session: _campaigns(session, rng, at))
    database.write(lambda session: open_campaign(session, code=LARGEST, now=at - timedelta(days=14)))
    weights = WeightDocument((BaseWeights(),), "")
    database.write(
        lambda session: add_weight_set(session, code=LARGEST, name=WEIGHTS, document=weights, now=at) and None
    )
    database.write(lambda session: _answers(session, rng, at))
    count = _BASE
    while count < responses:
        database.write(_double)
        count *= 2


def _places(session: Session, rng: random.Random, at: datetime) -> None:
    units = session.execute(select(Unit.id, Unit.code, Unit.name).where(Unit.kind == "commune")).all()
    _insert(
        session,
        Office,
        (
            {"code": f"mot-cua-{code}", "unit_id": unit_id, "name": f"Bộ phận Một cửa {name}", "active": True}
            for unit_id, code, name in units
        ),
    )
    offices = list(session.scalars(select(Office.id).order_by(Office.id)))
    points = (
        {
            "office_id": offices[number % len(offices)],
            "name": f"Quầy {number // len(offices) + 1}",
            "number": str(number // len(offices) + 1),
            "kind": "counter",
            "active": True,
        }
        for number in range(COUNTERS)
    )
    _insert(session, ServicePoint, points)
    ids = list(session.scalars(select(ServicePoint.id)))
    codes: set[str] = set()
    while len(codes) < len(ids):
        codes.add(new_code(rng))
    pairs = zip(sorted(codes), ids, strict=True)
    _insert(
        session,
        PublicCode,
        ({"code": code, "service_point_id": point, "issued_at": at} for code, point in pairs),
    )


def _campaigns(session: Session, rng: random.Random, at: datetime) -> None:
    version, today = id_by_name(session, "counter_pulse"), local_date(at)
    offices = list(session.scalars(select(Office.id).order_by(Office.id)))
    rows = [
        {
            "code": LARGEST if number == 0 else f"dot-{number:04}",
            "title": "Khảo sát cả nước" if number == 0 else f"Đợt khảo sát số {number}",
            "title_en": "The whole country" if number == 0 else f"Campaign {number}",
            "questionnaire_version_id": version,
            "opens_on": today - timedelta(days=30 + number),
            "closes_on": today + timedelta(days=60) if number == 0 else today - timedelta(days=2 + number),
            "state": "draft" if number == 0 else "closed",
            "opened_at": None if number == 0 else at - timedelta(days=30 + number),
            "closed_at": None if number == 0 else at - timedelta(days=1 + number),
            "channels": ["qr"],
            "unit_path": "",
            "created_at": at - timedelta(days=31 + number),
        }
        for number in range(CAMPAIGNS)
    ]
    _insert(session, Campaign, rows)
    ids = list(session.scalars(select(Campaign.id).order_by(Campaign.id)))
    members = [{"campaign_id": ids[0], "office_id": office} for office in offices]
    members += [
        {"campaign_id": campaign, "office_id": office}
        for campaign in ids[1:]
        for office in rng.sample(offices, 20)
    ]
    _insert(session, CampaignOffice, members)


def _answers(session: Session, rng: random.Random, at: datetime) -> None:
    campaign = session.execute(
        select(Campaign.id, Campaign.questionnaire_version_id).where(Campaign.code == LARGEST)
    ).one()
    questionnaire = by_id(session, campaign.questionnaire_version_id)
    points = session.execute(select(ServicePoint.id, ServicePoint.office_id)).all()
    # Whoever ticked one number all the way down: pages show counts here, the benchmark of the index has real answers.
    answers = {item.id: max(item.codes) for item in questionnaire.coded_items}
    codes = encode(questionnaire, answers)
    rows = (
        {
            "campaign_id": campaign.id,
            "questionnaire_version_id": campaign.questionnaire_version_id,
            "office_id": office,
            "service_point_id": point,
            "channel": "qr",
            "instrument": "web",
            "language": "vi",
            "received_hour": hour_of(at - timedelta(hours=rng.randrange(30 * 24))),
            "flags": "burst" if rng.random() < 0.02 else "",
            "answers": answers,
            "codes": codes,
        }
        for point, office in (rng.choice(points) for _ in range(_BASE))
    )
    _insert(session, Response, rows)


def _double(session: Session) -> None:
    table: Table = Response.__table__  # type: ignore[assignment]
    columns = [column for column in table.columns if column.name != "id"]
    session.execute(insert(table).from_select([column.name for column in columns], select(*columns)))


def _insert(session: Session, model: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    waiting = iter(rows)
    while chunk := list(islice(waiting, 5_000)):
        session.execute(insert(model), chunk)

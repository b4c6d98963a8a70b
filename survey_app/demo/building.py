"""Builds the sample installation through the operations of the other rooms."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import islice

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign
from survey_app.campaigns.operations import create_campaign, open_campaign
from survey_app.campaigns.queries import CampaignView, EntryCode, campaign_by_code, entry_codes
from survey_app.demo.population import Clients, allocate
from survey_app.foundation.clock import local_date
from survey_app.foundation.database import Database
from survey_app.offices.operations import add_office, add_service_point, load_units
from survey_app.offices.queries import find_office, shipped_units
from survey_app.questionnaires.gateway import read, shipped
from survey_app.questionnaires.operations import publish
from survey_app.questionnaires.queries import by_id, id_by_name
from survey_app.questionnaires.rules import Questionnaire
from survey_app.responses.operations import Origin, submit
from survey_app.responses.queries import watermark
from survey_app.responses.rules.answers import Answers
from survey_app.results.queries.runs import published_run

SEED = 2027
PROVINCE = "04"
GROUP = 250

OFFICES = (
    (
        "cao-bang-ttpvhcc",
        "04",
        "Trung tâm Phục vụ hành chính công tỉnh Cao Bằng",
        "Cao Bằng Public Administration Service Centre",
    ),
    ("thuc-phan", "01273", "Bộ phận Một cửa phường Thục Phán", "Thục Phán Ward One-Stop Office"),
    ("trung-khanh", "01477", "Bộ phận Một cửa xã Trùng Khánh", "Trùng Khánh Commune One-Stop Office"),
)
COUNTERS = (
    ("Quầy 1 – Hộ tịch, chứng thực", "Counter 1 – Civil status, certification", "1"),
    ("Quầy 2 – Đất đai, xây dựng", "Counter 2 – Land, construction", "2"),
    ("Quầy 3 – Trả kết quả", "Counter 3 – Collection of results", "3"),
)
CLIENTS = Clients(
    effects={"cao-bang-ttpvhcc": 0.30, "thuc-phan": 0.05, "trung-khanh": -0.15},
    shares={"cao-bang-ttpvhcc": 0.5, "thuc-phan": 0.3, "trung-khanh": 0.2},
)


@dataclass(frozen=True, slots=True)
class Plan:
    """One campaign of the sample."""

    code: str
    title: str
    title_en: str
    questionnaire: str
    channel: str
    responses: int


PLANS = (
    Plan(
        "danh-gia-tai-quay",
        "Đánh giá tại quầy, Cao Bằng (dữ liệu mẫu)",
        "Ratings at the counter, Cao Bằng (sample data)",
        "counter_pulse",
        "qr",
        3500,
    ),
    Plan(
        "sipas-cao-bang",
        "Khảo sát hài lòng theo phiếu 2022, Cao Bằng (dữ liệu mẫu)",
        "Satisfaction survey after the 2022 form, Cao Bằng (sample data)",
        "sipas_2022",
        "web",
        1500,
    ),
)

FIELDED = Plan(
    "dieu-tra-mau-cao-bang",
    "Điều tra mẫu người dân theo phiếu 2022, Cao Bằng (dữ liệu mẫu)",
    "Sample survey of residents after the 2022 form, Cao Bằng (sample data)",
    "sipas_2022",
    "interview",
    240,
)
"""People drawn by chance (`demo.fielding`); all other campaigns are of volunteers."""


def foreign_campaigns(database: Database) -> list[str]:
    """Return the codes of campaigns that are not of the sample; also in a database of an older version."""
    with database.read() as session:
        if not inspect(session.connection()).has_table(Campaign.__tablename__):
            return []
        return sorted(
            set(session.scalars(select(Campaign.code))).difference(plan.code for plan in (*PLANS, FIELDED))
        )


def is_built(database: Database, now: datetime) -> bool:
    """Say whether the sample is there already: every campaign, all its answers, and a published result."""
    with database.read() as session:
        return all(_is_complete(session, plan, now) for plan in (*PLANS, FIELDED))


def _is_complete(session: Session, plan: Plan, now: datetime) -> bool:
    campaign = campaign_by_code(session, plan.code, today=local_date(now))
    return (
        campaign is not None
        and watermark(session, campaign_id=campaign.id).count >= plan.responses
        and published_run(session, campaign_id=campaign.id) is not None
    )


def build_places(database: Database, now: datetime) -> None:
    """Load the units of Cao Bằng and add three one-stop offices with their counters."""
    database.write(lambda session: load_units(session, rows=shipped_units(PROVINCE), now=now))

    def add_all(session: Session) -> None:
        for code, unit, name, name_en in OFFICES:
            if find_office(session, code) is not None:
                continue
            add_office(session, unit_code=unit, code=code, name=name, name_en=name_en)
            for point, point_en, number in COUNTERS:
                add_service_point(
                    session, office_code=code, name=point, name_en=point_en, number=number, now=now
                )

    database.write(add_all)


def publish_questionnaires(database: Database, now: datetime) -> None:
    """Publish every questionnaire that comes with the product."""
    for path in shipped():
        document = read(path).document
        database.write(lambda session, document=document: publish(session, document=document, now=now))  # type: ignore[misc]


def build_campaign(database: Database, plan: Plan, now: datetime) -> None:
    """Create and open one campaign over all offices of the sample, unless it is there."""
    today = local_date(now)

    def create(session: Session) -> None:
        if campaign_by_code(session, plan.code, today=today) is not None:
            return
        offices = [find_office(session, code) for code, *_ in OFFICES]
        create_campaign(
            session,
            code=plan.code,
            title=plan.title,
            title_en=plan.title_en,
            questionnaire_version_id=id_by_name(session, plan.questionnaire),
            opens_on=today - timedelta(days=20),
            closes_on=today + timedelta(days=60),
            office_ids=[office.id for office in offices if office is not None],
            channels=[plan.channel],
            unit_path=PROVINCE,
            now=now,
        )
        open_campaign(session, code=plan.code, now=now)

    database.write(create)


def answer_campaign(
    database: Database,
    plan: Plan,
    now: datetime,
    *,
    seed: int = SEED,
    progress: Callable[[int], None] = lambda _count: None,
) -> None:
    """Store the answers of `plan.responses` clients as the form would, some hundreds in each transaction.

    The same clients come in the same order each time: after an interruption those who answered are left out.
    """
    with database.read() as session:
        campaign = campaign_by_code(session, plan.code, today=local_date(now))
        assert campaign is not None
        questionnaire = by_id(session, campaign.questionnaire_version_id)
        entries = entry_codes(session, campaign.id)
        stored = min(watermark(session, campaign_id=campaign.id).count, plan.responses)
    rng = random.Random(f"{seed} {plan.code}")  # noqa: S311  (invented data, no secret)
    forms = _forms(campaign, questionnaire, list(_arrivals(entries, plan.responses, rng)), now, rng)
    progress(len(list(islice(forms, stored))))
    while group := list(islice(forms, GROUP)):
        database.write(partial(_store, forms=group, questionnaire=questionnaire))
        progress(len(group))


@dataclass(frozen=True, slots=True)
class _Form:
    """One form as it was sent."""

    submission_id: str
    origin: Origin
    answers: Answers
    sent_at: datetime


def _forms(
    campaign: CampaignView,
    questionnaire: Questionnaire,
    arrivals: list[EntryCode],
    now: datetime,
    rng: random.Random,
) -> Iterator[_Form]:
    for entry in arrivals:
        origin = Origin(
            campaign_id=campaign.id,
            questionnaire_version_id=campaign.questionnaire_version_id,
            office_id=entry.office.office_id,
            service_point_id=entry.service_point_id,
            channel=entry.channel.value,
            instrument="web",
            language="vi",
        )
        sent_at = now - timedelta(hours=rng.randrange(1, 20 * 24))
        answers = CLIENTS.answer(questionnaire, entry.office.code, rng)
        yield _Form(f"{rng.getrandbits(128):032x}", origin, answers, sent_at)


def _store(session: Session, *, forms: list[_Form], questionnaire: Questionnaire) -> None:
    for form in forms:
        submit(
            session,
            submission_id=form.submission_id,
            origin=form.origin,
            questionnaire=questionnaire,
            answers=form.answers,
            flags=frozenset(),
            now=form.sent_at,
        )


def _arrivals(entries: tuple[EntryCode, ...], total: int, rng: random.Random) -> Iterator[EntryCode]:
    """Yield the entry codes that clients come through, shuffled; every office gets its exact share."""
    offices = list(CLIENTS.shares)
    chosen: list[EntryCode] = []
    for office, count in zip(offices, allocate(total, list(CLIENTS.shares.values())), strict=True):
        doors = [entry for entry in entries if entry.office.code == office]
        chosen += rng.choices(doors, k=count)
    rng.shuffle(chosen)
    return iter(chosen)

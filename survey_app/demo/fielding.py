"""A made-up sample survey of residents: villages drawn in strata, people drawn in villages, weights raked.

It stands beside the voluntary answers of the sample installation, so that design and weights can be seen on a page.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from survey_app.campaigns.operations import add_weight_set
from survey_app.campaigns.queries import campaign_by_code, campaign_offices, weight_set
from survey_app.campaigns.rules import Base, Margin, Rake, WeightDocument
from survey_app.demo.building import CLIENTS, FIELDED, SEED
from survey_app.demo.population import Clients
from survey_app.foundation.clock import hour_of, local_date
from survey_app.foundation.database import Database
from survey_app.questionnaires.queries import by_id
from survey_app.questionnaires.rules import Questionnaire
from survey_app.responses.models import Response, ResponseDesign
from survey_app.responses.queries import watermark
from survey_app.responses.rules.answers import encode

WEIGHTS = "can-theo-gioi-tinh-va-tuoi"
VILLAGES = {"do-thi": 60, "nong-thon": 140, "vung-cao": 180}
"""Villages of each stratum; ten are drawn in each, then eight of their adults."""

DRAWN_VILLAGES, DRAWN_PEOPLE = 10, 8
ADULTS = 260
OFFICES_USED = {"do-thi": (6, 3, 1), "nong-thon": (2, 5, 3), "vung-cao": (1, 2, 7)}
"""How often people of a stratum go to each office of `CLIENTS`."""

VILLAGE_SPREAD = 0.25
PEOPLE = {"A.sex": (0.49, 0.51), "A.age": (0.14, 0.21, 0.29, 0.17, 0.19)}
"""Shares of the adult population by the options of two questions."""


def field_sample(database: Database, now: datetime) -> None:
    """Store the sample and its weight set in one transaction, unless they are there."""

    def store(session: Session) -> None:
        campaign = campaign_by_code(session, FIELDED.code, today=local_date(now))
        assert campaign is not None
        questionnaire = by_id(session, campaign.questionnaire_version_id)
        if not watermark(session, campaign_id=campaign.id).count:
            offices = {office.code: office.office_id for office in campaign_offices(session, campaign.id)}
            common = {
                "campaign_id": campaign.id,
                "questionnaire_version_id": campaign.questionnaire_version_id,
                "received_hour": hour_of(now),
            }
            _store(session, list(_people(questionnaire, offices)), common)
        if weight_set(session, campaign.id, WEIGHTS) is None:
            add_weight_set(
                session, code=FIELDED.code, name=WEIGHTS, document=weight_document(questionnaire), now=now
            )

    database.write(store)


def _store(
    session: Session, people: list[tuple[dict[str, Any], dict[str, Any]]], common: dict[str, Any]
) -> None:
    rows = [response | common for response, _design in people]
    ids = session.scalars(insert(Response).returning(Response.id, sort_by_parameter_order=True), rows)
    designs = [design | {"response_id": id_} for id_, (_response, design) in zip(ids, people, strict=True)]
    session.execute(insert(ResponseDesign), designs)


def _people(
    questionnaire: Questionnaire, offices: dict[str, int]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield each respondent's response and design; the same ones each time."""
    rng = random.Random(f"{SEED} {FIELDED.code}")  # noqa: S311  (invented data, no secret)
    for stratum, villages in VILLAGES.items():
        for village in sorted(rng.sample(range(villages), DRAWN_VILLAGES)):
            effect = rng.gauss(0, VILLAGE_SPREAD)
            clients = Clients({code: one + effect for code, one in CLIENTS.effects.items()}, CLIENTS.shares)
            design = {
                "stratum": stratum,
                "psu1": f"{stratum}-{village:03}",
                "fpc1": villages,
                "weight": villages / DRAWN_VILLAGES * ADULTS / DRAWN_PEOPLE,
            }
            for office in rng.choices(list(CLIENTS.effects), OFFICES_USED[stratum], k=DRAWN_PEOPLE):
                yield _response(questionnaire, clients, office, offices, rng), design


def _response(
    questionnaire: Questionnaire, clients: Clients, office: str, offices: dict[str, int], rng: random.Random
) -> dict[str, Any]:
    answers = clients.answer(questionnaire, office, rng)
    return {
        "office_id": offices[office],
        "service_point_id": None,
        "channel": FIELDED.channel,
        "instrument": "in_person",
        "language": "vi",
        "flags": "",
        "answers": answers,
        "codes": encode(questionnaire, answers),
    }


def weight_document(questionnaire: Questionnaire) -> WeightDocument:
    """Return the steps that rake the design weights to the adult population by sex and age."""
    adults = ADULTS * sum(VILLAGES.values())
    margins = tuple(
        Margin(name, _totals(questionnaire, name, shares, adults)) for name, shares in PEOPLE.items()
    )
    return WeightDocument(
        (Base(), Rake(margins)), "Dân số từ đủ 18 tuổi theo giới tính và tuổi (số liệu bịa)"
    )


def _totals(
    questionnaire: Questionnaire, name: str, shares: tuple[float, ...], adults: int
) -> dict[str, float]:
    options = questionnaire.item(name).options
    return {str(option.code): round(share * adults, 6) for option, share in zip(options, shares, strict=True)}

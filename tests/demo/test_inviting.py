"""The campaign of the sample that invites by message."""

from __future__ import annotations

import time

import pytest
from flask import Flask
from sqlalchemy import func, select

from survey_app.campaigns.queries import campaign_by_code
from survey_app.demo.building import build_campaign, build_places, publish_questionnaires
from survey_app.demo.inviting import ANSWERING, INVITED, PEOPLE, invite, is_invited
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import Database
from survey_app.messaging.models import SimulatorMessage
from survey_app.responses.models import Response
from survey_app.texting.queries import LiveCounts, count_to_read, live_counts

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def sample(app: Flask) -> Database:
    """The places of the sample, and its invitations."""
    database: Database = app.extensions["survey_app.database"]
    build_places(database, now())
    publish_questionnaires(database, now())
    build_campaign(database, INVITED, now())
    return database


def counts(database: Database) -> LiveCounts:
    """Return how the invitations stand."""
    with database.read() as session:
        campaign = campaign_by_code(session, INVITED.code, today=local_date(now()))
        assert campaign is not None
        return live_counts(session, campaign.id)


def test_everybody_is_invited_and_most_have_answered(sample: Database, app: Flask) -> None:
    key = app.config["SETTINGS"].contact_key
    begun = time.perf_counter()
    invite(sample, now(), key=key, public_url="https://dg.example.vn")
    found = counts(sample)

    assert time.perf_counter() - begun < 5
    assert (found.listed, found.invited, found.accepted) == (PEOPLE, PEOPLE, PEOPLE)
    assert ANSWERING * 0.8 < found.replied <= ANSWERING
    assert found.opted_out > 0
    with sample.read() as session:
        assert is_invited(session, now())
        assert count_to_read(session, unit_paths=[""]) > 3
        assert (session.scalar(select(func.count()).select_from(Response)) or 0) > 5


def test_nothing_is_done_twice(sample: Database, app: Flask) -> None:
    key = app.config["SETTINGS"].contact_key
    for _ in range(2):
        invite(sample, now(), key=key, public_url="https://dg.example.vn")
    with sample.read() as session:
        messages = session.scalar(select(func.count()).select_from(SimulatorMessage))

    assert messages == PEOPLE

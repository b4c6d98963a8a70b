"""`survey-app campaigns status`, `survey-app responses purge` and `roll-up`."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from survey_app import cli
from survey_app.foundation.clock import now
from survey_app.offices.operations import revoke_code
from survey_app.responses.models import ArrivalDay
from survey_app.responses.operations import arrivals
from tests.responses.conftest import Citizen
from tests.responses.places import Office


@pytest.fixture
def run(app: Flask):
    """Return a function that runs `survey-app` on the application of the test."""

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(cli.main, list(arguments), obj={"app": app})

    return invoke


class TestStatus:
    def test_counts_by_office_counter_and_channel(self, run, citizen: Citizen):
        citizen.send({"overall": "4"})
        report = json.loads(run("campaigns", "status", "thu", "--json").output)
        (place,) = report["places"]
        assert (report["responses"], report["channels"]) == (1, {"qr": 1})
        assert (place["office"], place["counter"], place["channel"]) == ("ttpvhcc", "Quầy 1", "qr")
        assert (place["code"], place["responses"]) == (citizen.code, 1)

    def test_keeps_the_place_of_a_withdrawn_code(self, app: Flask, run, citizen: Citizen):
        citizen.send({"overall": "4"})
        database = app.extensions["survey_app.database"]
        database.write(lambda session: revoke_code(session, code=citizen.code, now=now()))
        (place,) = json.loads(run("campaigns", "status", "--all", "--json").output)[0]["places"]
        assert (place["office"], place["counter"], place["code"]) == ("ttpvhcc", "Quầy 1", None)
        assert place["responses"] == 1

    def test_prints_a_table_for_people(self, run, citizen: Citizen):
        citizen.send({"overall": "4"})
        output = run("campaigns", "status").output
        assert "thu (open): 1 responses" in output
        assert citizen.code in output

    def test_says_what_to_do_about_an_unknown_campaign(self, run, citizen: Citizen):
        result = run("campaigns", "status", "nope")
        assert result.exit_code == 1
        assert "campaigns list" in result.output


class TestPurge:
    def test_says_how_many_digests_it_forgot(self, run, citizen: Citizen):
        citizen.send({"overall": "4"})
        assert run("responses", "purge").output == "Forgot 0 digests.\n"


class TestRollUp:
    def test_counts_in_parts_until_nothing_is_due(self, app: Flask, run, monkeypatch):
        monkeypatch.setattr(arrivals, "RESPONSES_AT_ONCE", 3)
        database = app.extensions["survey_app.database"]
        office = Office(database, opens_on=now().date(), now=now())
        office.arrive(now() - timedelta(days=1), count=7)
        lines = run("responses", "roll-up").output.splitlines()
        assert lines[-1] == "All settled responses are counted."
        with database.read() as session:
            assert session.scalar(select(func.sum(ArrivalDay.responses))) == 7
        assert len(lines) == 3

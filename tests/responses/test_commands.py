"""`survey-app campaigns status` and `survey-app responses purge`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from survey_app import cli
from survey_app.foundation.clock import now
from survey_app.offices.operations import revoke_code
from tests.responses.conftest import Citizen


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

"""The example file of a fielded sample."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from survey_app import cli
from survey_app.campaigns.operations import create_campaign, open_campaign
from survey_app.demo import building
from survey_app.foundation.clock import local_date, now
from survey_app.foundation.database import Database
from survey_app.offices.queries import find_office
from survey_app.questionnaires.queries import id_by_name

EXAMPLE = Path(building.__file__).with_name("fielded_sample.csv")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_comes_in_as_it_is_described(app: Flask) -> None:
    database: Database = app.extensions["survey_app.database"]
    building.build_places(database, now())
    building.publish_questionnaires(database, now())

    def create(session: Any) -> None:
        offices = [find_office(session, code) for code, *_ in building.OFFICES]
        create_campaign(
            session,
            code="mau-nguoi-dan",
            title="Mẫu điều tra",
            title_en="Sample survey",
            questionnaire_version_id=id_by_name(session, "one_stop"),
            opens_on=local_date(now()),
            closes_on=local_date(now()) + timedelta(days=9),
            office_ids=[office.id for office in offices if office],
            channels=["interview"],
            now=now(),
        )
        open_campaign(session, code="mau-nguoi-dan", now=now())

    database.write(create)
    arguments = ["responses", "import", str(EXAMPLE), "--campaign", "mau-nguoi-dan"]
    result = CliRunner().invoke(cli.main, arguments, obj={"app": app})

    assert "42 responses stored" in result.output
    assert "Design: fpc1, psu1, stratum, weight." in result.output

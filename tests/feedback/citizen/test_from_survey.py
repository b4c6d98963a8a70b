"""The thanks page of a survey leads to the form by choice, and nothing leads back to the anonymous answers."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from survey_app.foundation.clock import local_date
from survey_app.foundation.clock import now as clock_now
from tests.responses.places import Office

RECEIPT = "7K3F-9M2X"


def test_the_link_names_the_counter_and_nothing_else(app: Flask, client: FlaskClient) -> None:
    instant: datetime = clock_now()
    opens_on = local_date(instant) - timedelta(days=1)
    code = Office(app.extensions["survey_app.database"], opens_on=opens_on, now=instant).codes[0]
    answer = client.get(f"/{code}/thanks?receipt={RECEIPT}")
    links = re.findall(r'href="(/feedback[^"]*)"', answer.text.split("<footer")[0])
    assert links == [f"/feedback?at={code}"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert RECEIPT not in client.get(links[0]).text

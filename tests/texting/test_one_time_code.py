"""The link in an invitation: one form, one answer, nothing that says whose."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from survey_app.campaigns.models import InvitationCode
from survey_app.campaigns.queries import find_entry
from survey_app.campaigns.rules import Channel, EntryStatus
from survey_app.foundation.database import Database
from survey_app.texting.rules.conversation import Say
from survey_app.texting.rules.words import TEXTS
from tests.texting.conftest import KEY, PHONES, Desk, furnish

ANNA = PHONES[0]


@pytest.fixture
def desk(app: Flask, now: datetime) -> Desk:
    """The desk on the database of the application."""
    return furnish(app.extensions["survey_app.database"], now)


@pytest.fixture
def code(invited: Desk) -> str:
    """The code in the message to the first phone."""
    return invited.code_of(ANNA)


@pytest.fixture(autouse=True)
def _today(now: datetime) -> Any:
    with time_machine.travel(now, tick=False):
        yield


def fill_in(client: FlaskClient, code: str) -> dict[str, str]:
    """Return a filled form as a browser sends it."""
    fields = dict(
        re.findall(r'name="(submission_id|form_token)" value="([^"]+)"', client.get(f"/{code}").text)
    )
    return fields | {"satisfaction": "4"}


def entry(database: Database, code: str, now: datetime, key: str = KEY) -> Any:
    """Return what stands behind a code."""
    with database.read() as session:
        return find_entry(session, code=code, now=now, key=key)


def test_leads_to_the_form_of_the_office_where_the_person_was(invited: Desk, code: str) -> None:
    found = entry(invited.database, code, invited.now)

    assert (found.status, found.channel, found.office_name) == (
        EntryStatus.OPEN,
        Channel.SMS,
        "Trung tâm hành chính công",
    )


def test_leads_nowhere_without_the_key_of_this_installation(invited: Desk, code: str) -> None:
    assert entry(invited.database, code, invited.now, key="") is None
    assert entry(invited.database, code, invited.now, key="another key of at least 32 characters") is None


def test_stores_one_answer_of_channel_sms_given_on_the_web(
    invited: Desk, code: str, client: FlaskClient
) -> None:
    answer = client.post(f"/{code}", data=fill_in(client, code))

    assert answer.status_code == 303
    assert [(one.channel, one.instrument) for one in invited.responses] == [("sms", "web")]


def test_is_deleted_with_the_answer_and_nothing_else_is_written(
    invited: Desk, code: str, client: FlaskClient
) -> None:
    before = [(one.state, one.last_reply_at, one.response_id, one.thread) for one in invited.conversations]
    client.post(f"/{code}", data=fill_in(client, code))

    assert len(invited.rows(InvitationCode)) == 2
    assert [
        (one.state, one.last_reply_at, one.response_id, one.thread) for one in invited.conversations
    ] == before


def test_gives_the_same_receipt_when_the_form_is_sent_again(
    invited: Desk, code: str, client: FlaskClient
) -> None:
    form = fill_in(client, code)
    sent = [client.post(f"/{code}", data=form) for _again in range(2)]
    receipts = {one.headers["Location"] for one in sent}

    assert [one.status_code for one in sent] == [303, 303]
    assert len(receipts) == len(invited.responses) == 1
    assert client.get(receipts.pop()).status_code == 200


def test_takes_no_second_form(invited: Desk, code: str, client: FlaskClient) -> None:
    first, second = fill_in(client, code), fill_in(client, code)
    client.post(f"/{code}", data=first)

    assert client.post(f"/{code}", data=second).status_code == 410
    assert len(invited.responses) == 1


def test_takes_no_form_after_a_rating_by_text(invited: Desk, code: str, client: FlaskClient) -> None:
    form = fill_in(client, code)
    invited.text(ANNA, "5")

    assert client.post(f"/{code}", data=form).status_code == 410
    assert [one.answers for one in invited.responses] == [{"satisfaction": 5}]


def test_lets_no_text_count_after_the_form(invited: Desk, code: str, client: FlaskClient) -> None:
    client.post(f"/{code}", data=fill_in(client, code))

    assert invited.text(ANNA, f"DG {code} 1") == [TEXTS[Say.ALREADY]]
    assert [one.answers for one in invited.responses] == [{"satisfaction": 4}]


def test_reminds_nobody_who_has_sent_the_form(invited: Desk, code: str, client: FlaskClient) -> None:
    client.post(f"/{code}", data=fill_in(client, code))
    invited.later(days=3)

    assert invited.remind().taken == 2

"""Where carriers call: forged calls leave nothing, repeated ones change nothing, the rest is answered."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from hmac import digest
from pathlib import Path
from unicodedata import normalize

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey_app.config import Settings
from survey_app.factory import create_app
from survey_app.foundation.database import Database
from survey_app.messaging.gateway.simulator import SIGNATURE, MemoryMailbox, SimulatorGateway
from survey_app.messaging.models import InboundMessage
from survey_app.messaging.rules.contract import Accepted
from tests.messaging.post import begun, end, phone, row

TOKEN = "twilio token"
FORM = {
    "MessageSid": "SM00000000000000000000000000000001",
    "From": "+84901234567",
    "To": "+18005551212",
    "Body": "Rất hài lòng",
    "NumMedia": "0",
}


class _Room:
    """The room above."""

    def __init__(self) -> None:
        self.heard = 0

    def __call__(self, session: Session, event: object, inbound_id: int, now: datetime) -> Sequence[str]:
        self.heard += 1
        return [f"Cam on & hen gap lai {self.heard}"]


@pytest.fixture
def room() -> _Room:
    """The room above."""
    return _Room()


@pytest.fixture
def app(settings_of: Callable[[str], Settings], database_url: str, room: _Room) -> Iterator[Flask]:
    """The application with carriers that have keys."""
    settings = replace(
        settings_of(database_url),
        public_url="https://dg.example.gov.vn",
        twilio_account_sid="AC1",
        twilio_auth_token=TOKEN,
        esms_cpid="1001",
        esms_private_key="PRIVATEKEY",
        esms_callback_key="unguessable",
        zalo_app_id="42",
        zalo_oa_secret_key="OASECRET",
    )
    app = create_app(settings)
    app.extensions["survey_app.inbound"] = room
    yield app
    app.extensions["survey_app.database"].dispose()


def _signature(form: dict[str, str], path: str = "/webhooks/twilio/sms") -> str:
    """Sign as Twilio publishes it: address, then names and values in order of names."""
    words = f"https://dg.example.gov.vn{path}" + "".join(f"{name}{form[name]}" for name in sorted(form))
    return b64encode(digest(TOKEN.encode(), words.encode(), "sha1")).decode()


def _twilio(client: FlaskClient, form: dict[str, str], signature: str | None) -> TestResponse:
    headers = {} if signature is None else {"X-Twilio-Signature": signature}
    return client.post("/webhooks/twilio/sms", data=form, headers=headers)


def _stored(app: Flask) -> int:
    database: Database = app.extensions["survey_app.database"]
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(InboundMessage)) or 0


class TestTwilio:
    """`/webhooks/twilio/…`."""

    def test_answers_a_text_inline_and_three_repeats_alike(
        self, app: Flask, client: FlaskClient, room: _Room
    ) -> None:
        answers = [_twilio(client, FORM, _signature(FORM)) for _ in range(3)]

        assert [one.status_code for one in answers] == [200] * 3
        assert {one.text for one in answers} == {answers[0].text}
        assert "<Message>Cam on &amp; hen gap lai 1</Message>" in answers[0].text
        assert (_stored(app), room.heard) == (1, 1)

    @pytest.mark.parametrize(
        ("form", "signature"),
        [
            (FORM, None),
            (FORM, ""),
            (FORM, "AAAA"),
            (FORM | {"Body": "Rất hài lòng "}, _signature(FORM)),
            (FORM | {"Body": normalize("NFD", FORM["Body"])}, _signature(FORM)),
            (FORM, _signature(FORM, "/webhooks/twilio/status")),
        ],
    )
    def test_refuses_what_is_forged_trimmed_or_re_encoded_and_stores_nothing(
        self, app: Flask, client: FlaskClient, form: dict[str, str], signature: str | None
    ) -> None:
        assert _twilio(client, form, signature).status_code == 403
        assert _stored(app) == 0

    def test_refuses_a_signed_call_without_its_parts(self, app: Flask, client: FlaskClient) -> None:
        form = {"MessageSid": "SM1"}

        assert _twilio(client, form, _signature(form)).status_code == 400
        assert _stored(app) == 0

    def test_refuses_bodies_larger_than_any_message(self, app: Flask, client: FlaskClient) -> None:
        form = FORM | {"Body": "x" * 70_000}

        assert _twilio(client, form, _signature(form)).status_code in (400, 413)
        assert _stored(app) == 0

    def test_takes_receipts(self, app: Flask, client: FlaskClient) -> None:
        database: Database = app.extensions["survey_app.database"]
        message_id = begun(database, gateway="twilio")
        end(database, message_id, Accepted("SM9"))
        form = {"MessageSid": "SM9", "MessageStatus": "delivered"}
        headers = {"X-Twilio-Signature": _signature(form, "/webhooks/twilio/status")}

        assert client.post("/webhooks/twilio/status", data=form, headers=headers).status_code == 200
        assert row(database, message_id).state == "delivered"

    def test_keeps_a_text_that_the_room_above_fails_on(self, app: Flask, client: FlaskClient) -> None:
        def failing(*_: object) -> Sequence[str]:
            raise ZeroDivisionError

        app.extensions["survey_app.inbound"] = failing
        answer = _twilio(client, FORM, _signature(FORM))

        assert (answer.status_code, _stored(app)) == (200, 1)
        assert "<Message>" not in answer.text

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    def test_asks_the_carrier_to_call_again_while_the_database_is_away(
        self, app: Flask, client: FlaskClient
    ) -> None:
        database: Database = app.extensions["survey_app.database"]
        assert _twilio(client, FORM, _signature(FORM)).status_code == 200
        path = Path(database.engine.url.database or "")
        path.rename(f"{path}.away")
        other = FORM | {"MessageSid": "SM2"}

        assert _twilio(client, other, _signature(other)).status_code == 503


class TestEsms:
    """`/webhooks/esms`."""

    @staticmethod
    def _call(client: FlaskClient, content: str, signed: str | None = None) -> TestResponse:
        words = f"1001S0001{signed or content}20261121171500PRIVATEKEY"
        query = {
            "cpid": "1001",
            "smsid": "S0001",
            "content": content,
            "receiverTime": "20261121171500",
            "sender": "84901234567",
            "serviceNumber": "8079",
            "keyword": "DG",
            "sign": hashlib.md5(words.encode(), usedforsecurity=False).hexdigest(),
        }
        return client.get("/webhooks/esms", query_string=query)

    def test_answers_a_text_in_xml(self, app: Flask, client: FlaskClient) -> None:
        answers = [self._call(client, "DG 7K3F9M2X 5") for _ in range(2)]

        assert "<Message>Cam on &amp; hen gap lai 1</Message><Smsid>S0001</Smsid>" in answers[0].text
        assert (answers[0].text, _stored(app)) == (answers[1].text, 1)

    def test_refuses_what_is_forged(self, app: Flask, client: FlaskClient) -> None:
        assert self._call(client, "DG 7K3F9M2X 5", signed="DG 7K3F9M2X 1").status_code == 403
        assert _stored(app) == 0

    def test_takes_receipts_behind_the_secret_path_only(self, client: FlaskClient) -> None:
        query = {"SMSID": "1", "SendStatus": "5", "SendSuccess": "1"}

        assert client.get("/webhooks/esms", query_string=query).status_code == 403
        assert client.get("/webhooks/esms/unguessable", query_string=query).status_code == 200


class TestZalo:
    """`/webhooks/zalo`."""

    BODY = (
        '{"event_name":"user_feedback","app_id":"42","timestamp":"1763700000000","oa_id":"7","message":{"rate":5,'
        '"note":"","feedbacks":[],"tracking_id":"7K3F9M2X","msg_id":"a1"}}'
    )
    MAC = "620e23a2ac3690cc556490ea111584beb276c30d009b4f80c12e6e7c79190bbb"

    def test_keeps_stars_for_the_worker_and_answers_at_once(
        self, app: Flask, client: FlaskClient, room: _Room
    ) -> None:
        headers = {"X-ZEvent-Signature": f"mac={self.MAC}", "Content-Type": "application/json"}
        answers = [client.post("/webhooks/zalo", data=self.BODY, headers=headers) for _ in range(2)]

        assert [one.status_code for one in answers] == [200, 200]
        assert (_stored(app), room.heard) == (1, 0)

    def test_refuses_another_serialisation_of_the_same_json(self, app: Flask, client: FlaskClient) -> None:
        headers = {"X-ZEvent-Signature": f"mac={self.MAC}", "Content-Type": "application/json"}
        other = json.dumps(json.loads(self.BODY))

        assert client.post("/webhooks/zalo", data=other, headers=headers).status_code == 403
        assert _stored(app) == 0


class TestOtherCarriers:
    """`/webhooks/gateway/<name>`."""

    def test_takes_what_the_phone_on_screen_sends(self, app: Flask, client: FlaskClient, room: _Room) -> None:
        body = json.dumps({"id": "1", "kind": "text", "from": phone(1), "to": "8079", "text": "5"}).encode()
        gateway = SimulatorGateway(app.config["SETTINGS"], MemoryMailbox())
        answer = client.post(
            "/webhooks/gateway/simulator", data=body, headers={SIGNATURE: gateway.sign(body)}
        )

        assert (answer.status_code, answer.text) == (200, "Cam on & hen gap lai 1")
        assert room.heard == 1

    def test_knows_no_other_names(self, client: FlaskClient) -> None:
        assert client.post("/webhooks/gateway/nobody").status_code == 404

    def test_refuses_ids_that_no_column_holds(self, app: Flask, client: FlaskClient) -> None:
        body = json.dumps({"id": "1" * 200, "kind": "text", "from": "1", "to": "8079", "text": "5"}).encode()
        gateway = SimulatorGateway(app.config["SETTINGS"], MemoryMailbox())
        headers = {SIGNATURE: gateway.sign(body)}

        assert client.post("/webhooks/gateway/simulator", data=body, headers=headers).status_code == 400
        assert _stored(app) == 0

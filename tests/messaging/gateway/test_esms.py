"""eSMS: orders as published, the short code's signature, callbacks without one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from survey_app.config import InvalidSettings, Settings
from survey_app.foundation.clock import VIETNAM
from survey_app.messaging.gateway.esms import EsmsGateway
from survey_app.messaging.rules.contract import (
    Accepted,
    Cause,
    Forged,
    Found,
    InboundText,
    InDoubt,
    Permanent,
    Status,
    StatusUpdate,
    Unreadable,
    WebhookRequest,
)
from tests.messaging.gateway import webhooks
from tests.messaging.gateway.carriers import Esms, standing
from tests.messaging.gateway.messages import SINCE, Make, message

# messaging.md section 5, by the formula of developers.esms.vn (ket-noi-dau-so-ngan).
VECTOR = "33767f995cb2b216ea87a5ae32416ccf"
MO = [
    ("sender", "84901234567"),
    ("content", "DG 7K3F9M2X 5"),
    ("serviceNumber", "8079"),
    ("keyword", "DG"),
    ("cpid", "1001"),
    ("smsid", "S0001"),
    ("receiverTime", "20261121171500"),
]


@pytest.fixture
def carrier() -> Iterator[Esms]:
    carrier = Esms()
    with standing(carrier):
        yield carrier


@pytest.fixture
def gateway(settings_to: Make) -> EsmsGateway:
    return EsmsGateway(settings_to())


def _mo(sign: str = VECTOR, **changes: str) -> WebhookRequest:
    fields = dict(MO) | changes | {"sign": sign}
    return webhooks.webhook("/webhooks/esms", method="GET", query=list(fields.items()))


def _callback(path: str = f"/webhooks/esms/{webhooks.ESMS_KEY}", **changes: str) -> WebhookRequest:
    # The sample of developers.esms.vn/esms-api/callback-url, one phone, with a reference.
    fields = {
        "SMSID": "dc712784-9c5f-4c69-b9a8-ea69d56adc9a87",
        "SendFailed": "0",
        "SendStatus": "5",
        "SendSuccess": "1",
        "TotalPrice": "0.0000",
        "TotalReceiver": "1",
        "TotalSent": "1",
        "RequestId": "out-1",
        "TypeId": "2",
        "telcoid": "1",
        "phonenumber": "0901888484",
        "switchsmsid": "",
    }
    return webhooks.webhook(path, method="GET", query=list((fields | changes).items()))


class TestShortCode:
    """Texts to the short code."""

    @pytest.mark.parametrize("sign", [VECTOR, VECTOR.upper()])
    def test_reads_the_vector(self, gateway: EsmsGateway, sign: str) -> None:
        assert gateway.read(_mo(sign)) == [
            InboundText(
                provider_id="S0001",
                sender="+84901234567",
                to="8079",
                text="DG 7K3F9M2X 5",
                received_at=datetime(2026, 11, 21, 17, 15, tzinfo=VIETNAM),
            )
        ]

    @pytest.mark.parametrize(
        "change",
        [
            {"content": "DG 7K3F9M2X 1"},
            {"content": "DG 7K3F9M2X 5 "},
            {"smsid": "S0002"},
            {"receiverTime": "20261121171501"},
            {"cpid": "1002"},
        ],
    )
    def test_is_forged_when_anything_signed_was_changed(
        self, gateway: EsmsGateway, change: dict[str, str]
    ) -> None:
        with pytest.raises(Forged):
            gateway.read(_mo(**change))

    def test_is_forged_when_signed_for_another_customer(self, gateway: EsmsGateway) -> None:
        sign = hashlib.md5(b"1002S0001DG 7K3F9M2X 520261121171500PRIVATEKEY").hexdigest()

        with pytest.raises(Forged):
            gateway.read(_mo(sign, cpid="1002"))

    def test_is_forged_where_no_key_is_set(self, settings_to: Make) -> None:
        sign = hashlib.md5(b"1001S0001DG 7K3F9M2X 520261121171500").hexdigest()

        with pytest.raises(Forged):
            EsmsGateway(settings_to(esms_private_key="")).read(_mo(sign))

    @pytest.mark.parametrize("remote", ["198.51.100.1", "", "unknown", "::ffff:198.51.100.1"])
    def test_is_forged_from_an_address_that_is_not_on_the_list(
        self, gateway: EsmsGateway, remote: str
    ) -> None:
        with pytest.raises(Forged):
            gateway.read(replace(_mo(), remote_address=remote))

    @pytest.mark.parametrize("remote", ["203.0.113.200", "2001:db8::1", "::ffff:203.0.113.7"])
    def test_is_read_from_a_network_on_the_list(self, gateway: EsmsGateway, remote: str) -> None:
        assert gateway.read(replace(_mo(), remote_address=remote))

    @pytest.mark.parametrize(
        "missing", ["sign", "smsid", "content", "sender", "serviceNumber", "receiverTime"]
    )
    def test_cannot_be_read_without_what_it_must_hold(self, gateway: EsmsGateway, missing: str) -> None:
        request = _mo()
        fewer = [one for one in request.query if one[0] != missing]

        with pytest.raises(Unreadable, match=missing):
            gateway.read(replace(request, query=fewer))

    def test_is_read_with_an_impossible_time(self, gateway: EsmsGateway) -> None:
        sign = hashlib.md5(b"1001S0001DG 7K3F9M2X 5yesterdayPRIVATEKEY").hexdigest()

        (event,) = gateway.read(_mo(sign, receiverTime="yesterday"))
        assert isinstance(event, InboundText)
        assert event.received_at is None

    def test_is_answered_in_the_published_xml(self, gateway: EsmsGateway) -> None:
        answer = gateway.acknowledge(gateway.read(_mo()), ['Cảm ơn "ông/bà" <&> \x02'])

        root = ET.fromstring(answer.body)
        found = [(one.tag, one.text) for one in root]
        assert root.tag == "ClientResponse"
        assert found == [
            ("Message", 'Cảm ơn "ông/bà" <&> '),
            ("Smsid", "S0001"),
            ("Receiver", "84901234567"),
        ]


class TestCallback:
    """Status callbacks, which nobody signs."""

    @pytest.mark.parametrize(
        ("changes", "status"),
        [
            ({}, Status.DELIVERED),
            ({"SendSuccess": "0", "SendFailed": "1"}, Status.FAILED),
            ({"SendSuccess": "0"}, Status.SENT),
            ({"SendStatus": "7"}, Status.SENT),
            ({"SendStatus": "1"}, Status.ACCEPTED),
        ],
    )
    def test_is_read_with_our_reference(
        self, gateway: EsmsGateway, changes: dict[str, str], status: Status
    ) -> None:
        state = changes.get("SendStatus", "5")
        identity = "dc712784-9c5f-4c69-b9a8-ea69d56adc9a87"

        assert gateway.read(_callback(**changes)) == [
            StatusUpdate(identity, status, state, reference="out-1")
        ]

    def test_says_that_a_rejected_text_needs_a_person(self, gateway: EsmsGateway) -> None:
        (event,) = gateway.read(_callback(SendStatus="4"))

        assert isinstance(event, StatusUpdate)
        assert (event.status, event.cause) == (Status.FAILED, Cause.CONTENT)

    @pytest.mark.parametrize("path", ["/webhooks/esms", "/webhooks/esms/", "/webhooks/esms/guessed"])
    def test_is_forged_without_the_secret_address(self, gateway: EsmsGateway, path: str) -> None:
        with pytest.raises(Forged):
            gateway.read(_callback(path))

    def test_is_forged_where_no_secret_address_is_set(self, settings_to: Make) -> None:
        with pytest.raises(Forged):
            EsmsGateway(settings_to(esms_callback_key="")).read(_callback("/webhooks/esms/"))

    def test_cannot_be_read_with_a_status_nobody_published(self, gateway: EsmsGateway) -> None:
        with pytest.raises(Unreadable):
            gateway.read(_callback(SendStatus="77"))

    def test_is_answered_plainly(self, gateway: EsmsGateway) -> None:
        assert gateway.acknowledge(gateway.read(_callback()), []).body == "OK"


class TestSend:
    """Orders."""

    def test_sends_what_the_page_asks_for(self, carrier: Esms, settings_to: Make) -> None:
        outcome = EsmsGateway(settings_to(carrier.address)).send(message())

        assert outcome == Accepted(carrier.taken[0]["id"])
        given = carrier.asked[0].json
        assert given["RequestId"] == "out-1"
        assert given["CallbackUrl"] == f"https://dg.example.gov.vn/webhooks/esms/{webhooks.ESMS_KEY}"
        assert (given["Phone"], given["Brandname"], given["IsUnicode"]) == ("0901234567", "UBND CB", "0")

    # developers.esms.vn/en/esms-api/table-of-error-codes
    @pytest.mark.parametrize(
        ("code", "cause"),
        [
            ("99", Cause.NUMBER),
            ("103", Cause.CONFIGURATION),
            ("140", Cause.CONFIGURATION),
            ("146", Cause.CONTENT),
            ("177", Cause.ROUTE),
            ("110", Cause.OURS),
        ],
    )
    def test_says_why_nothing_was_sent(
        self, carrier: Esms, settings_to: Make, code: str, cause: Cause
    ) -> None:
        carrier.code = code

        assert EsmsGateway(settings_to(carrier.address)).send(message()) == Permanent(code, cause)

    def test_is_not_taken_twice_with_the_same_reference(self, carrier: Esms, settings_to: Make) -> None:
        gateway = EsmsGateway(settings_to(carrier.address))
        carrier.fault = "reset"
        first = gateway.send(message())
        carrier.fault = ""
        second = gateway.send(message())

        assert (type(first), second) == (InDoubt, InDoubt("124"))
        assert len(carrier.taken) == 1
        assert gateway.look_up(message(), SINCE) == Found(carrier.taken[0]["id"], Status.DELIVERED)

    def test_says_when_the_keys_are_wrong(self, carrier: Esms, settings_to: Make) -> None:
        gateway = EsmsGateway(settings_to(carrier.address, esms_secret_key="wrong"))

        assert gateway.send(message()) == Permanent("101", Cause.CONFIGURATION)
        assert gateway.look_up(message(), SINCE) is None


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SURVEY_ESMS_ADDRESSES", "203.0.113.0/24, esms.vn"),
        ("SURVEY_MESSAGES_TO", "nobody"),
        ("SURVEY_GENERIC_FORMAT", "yaml"),
        ("SURVEY_GENERIC_METHOD", "DELETE"),
    ],
)
def test_a_setting_that_cannot_be_read_is_refused_at_the_start(
    variable: str, value: str, tmp_path: Path
) -> None:
    with pytest.raises(InvalidSettings, match=variable):
        Settings.from_environment({"SURVEY_INSTANCE": str(tmp_path), variable: value})

"""Any other carrier: every body it may want, every name it may use."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from survey_app.messaging.gateway.generic_http import GenericHttpGateway
from survey_app.messaging.rules.contract import (
    Accepted,
    Forged,
    InboundText,
    InDoubt,
    Status,
    StatusUpdate,
    Unreadable,
    WebhookRequest,
)
from tests.messaging.gateway import webhooks
from tests.messaging.gateway.carriers import Anybody, standing
from tests.messaging.gateway.messages import Make, message


@pytest.fixture
def carrier() -> Iterator[Anybody]:
    carrier = Anybody()
    with standing(carrier):
        yield carrier


@pytest.fixture
def gateway(settings_to: Make) -> GenericHttpGateway:
    return GenericHttpGateway(settings_to())


def _posted(
    body: bytes,
    kind: str,
    *,
    path: str = "/webhooks/gateway/generic_http",
    secret: str = webhooks.GENERIC_SECRET,
) -> WebhookRequest:
    return webhooks.webhook(path, body=body, headers={"x-secret": secret, "Content-Type": kind})


def _form(path: str = "/webhooks/gateway/generic_http", **fields: str) -> WebhookRequest:
    headers = {"X-Secret": webhooks.GENERIC_SECRET}
    return webhooks.webhook(path, form=list(fields.items()), headers=headers)


class TestSend:
    """Requests to the carrier."""

    @pytest.mark.parametrize(
        "how",
        [
            {"generic_format": "form"},
            {"generic_format": "json"},
            {"generic_format": "xml"},
            {"generic_format": "json", "generic_method": "PUT"},
            {"generic_method": "GET"},
        ],
    )
    def test_writes_the_body_the_carrier_wants(
        self, carrier: Anybody, settings_to: Make, how: dict[str, Any]
    ) -> None:
        words = "Cảm ơn <ông/bà> & 100% +1\n⭐"

        outcome = GenericHttpGateway(settings_to(carrier.address, **how)).send(message(text=words))

        taken = carrier.taken[0]
        assert outcome == Accepted(taken["id"])
        assert (taken["to"], taken["text"], taken["reference"]) == ("+84901234567", words, "out-1")

    @pytest.mark.parametrize(
        ("style", "phone"), [("+84", "+84901234567"), ("84", "84901234567"), ("0", "0901234567")]
    )
    def test_writes_phones_as_the_carrier_does(
        self, carrier: Anybody, settings_to: Make, style: str, phone: str
    ) -> None:
        GenericHttpGateway(settings_to(carrier.address, generic_phone=style)).send(message())

        assert carrier.taken[0]["to"] == phone

    def test_signs_in_by_a_header_of_its_own(self, carrier: Anybody, settings_to: Make) -> None:
        made = settings_to(carrier.address, generic_authorization="Bearer xyz")

        GenericHttpGateway(made).send(message())

        assert carrier.asked[0].headers["authorization"] == "Bearer xyz"

    def test_leaves_an_answer_without_the_agreed_words_in_doubt(
        self, carrier: Anybody, settings_to: Make
    ) -> None:
        taken = GenericHttpGateway(settings_to(carrier.address, generic_answer_check='"ok": true'))
        other = GenericHttpGateway(settings_to(carrier.address, generic_answer_check="ACCEPTED"))

        assert isinstance(taken.send(message()), Accepted)
        assert isinstance(other.send(message()), InDoubt)

    def test_knows_a_message_by_our_reference_where_the_carrier_gives_no_id(
        self, carrier: Anybody, settings_to: Make
    ) -> None:
        gateway = GenericHttpGateway(settings_to(carrier.address, generic_answer_id=""))

        assert gateway.send(message()) == Accepted("out-1")


class TestSecret:
    """How the carrier proves itself."""

    @pytest.mark.parametrize("secret", ["", "another", webhooks.GENERIC_SECRET + " ", "bí mật"])
    def test_that_is_wrong_is_forged(self, gateway: GenericHttpGateway, secret: str) -> None:
        with pytest.raises(Forged):
            gateway.read(_posted(b"{}", "application/json", secret=secret))

    def test_may_stand_in_the_address(self, settings_to: Make) -> None:
        gateway = GenericHttpGateway(settings_to(generic_secret_in="query:token"))
        fields = [("from", "0901234567"), ("text", "5"), ("token", webhooks.GENERIC_SECRET)]
        request = webhooks.webhook("/webhooks/gateway/generic_http", method="GET", query=fields)

        assert gateway.read(request)
        with pytest.raises(Forged):
            gateway.read(replace(request, query=fields[:-1]))

    def test_in_a_header_does_not_count_in_the_address(self, gateway: GenericHttpGateway) -> None:
        request = _form(**{"from": "0901234567", "text": "5"})
        query = [("X-Secret", webhooks.GENERIC_SECRET)]

        with pytest.raises(Forged):
            gateway.read(replace(request, headers={}, query=query))

    def test_that_nobody_set_lets_nobody_in(self, settings_to: Make) -> None:
        with pytest.raises(Forged):
            GenericHttpGateway(settings_to(generic_secret="")).read(_posted(b"{}", "text/plain", secret=""))


TEXT = {
    "id": "1",
    "from": "0901 234 567",
    "to": "8079",
    "text": "Rất hài lòng",
    "date": "2026-11-21T09:30:00+07:00",
}


class TestRead:
    """What comes in."""

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (json.dumps(TEXT).encode(), "application/json"),
            (json.dumps(TEXT, ensure_ascii=False).encode("utf-16"), "application/json; charset=UTF-16"),
            (
                "<?xml version='1.0' encoding='utf-8'?><m><id>1</id><from>84901234567</from><to>8079</to>"
                "<text>Rất hài lòng</text><date>2026-11-21T09:30:00+07:00</date></m>".encode(),
                "text/xml",
            ),
        ],
    )
    def test_is_read_from_the_body_the_carrier_sends(
        self, gateway: GenericHttpGateway, body: bytes, kind: str
    ) -> None:
        assert gateway.read(_posted(body, kind)) == [
            InboundText(
                provider_id="1",
                sender="+84901234567",
                to="8079",
                text="Rất hài lòng",
                received_at=datetime(2026, 11, 21, 9, 30, tzinfo=timezone(timedelta(hours=7))),
            )
        ]

    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (b'{"from": "1", "text": "\xe3"}', "application/json"),
            ("Rất".encode("utf-16"), "application/json; charset=utf-8"),
            (b"{}", "application/json; charset=klingon"),
            (b"{}", "application/json; charset=rot13"),
            (b"[1]", "application/json"),
            (b"{" * 60_000, "application/json"),
            (b"<m><text>", "text/xml"),
            (
                b'<!DOCTYPE m [<!ENTITY a "aaaa">]><m><from>0901234567</from><text>&a;</text></m>',
                "application/xml",
            ),
            (b'{"text": "5"}', "application/json"),
            (b'{"from": "0901234567"}', "application/json"),
            (b'{"from": "0901234567", "text": "5", "kind": "other"}', "application/json"),
        ],
    )
    def test_is_unreadable_in_another_charset_or_without_its_parts(
        self, gateway: GenericHttpGateway, body: bytes, kind: str
    ) -> None:
        with pytest.raises(Unreadable):
            gateway.read(_posted(body, kind))

    def test_goes_by_the_names_of_the_carrier(self, settings_to: Make) -> None:
        gateway = GenericHttpGateway(settings_to(generic_inbound_fields="sender=msisdn, text = msg,id=mo_id"))

        (event,) = gateway.read(_form(msisdn="84901234567", msg="5", mo_id="77", text="1"))

        assert isinstance(event, InboundText)
        assert (event.provider_id, event.text) == ("77", "5")

    @pytest.mark.parametrize("kind", ["sent", "delivered", "failed"])
    def test_tells_kinds_apart_by_address_or_field(self, gateway: GenericHttpGateway, kind: str) -> None:
        by_address = gateway.read(_form(f"/webhooks/gateway/generic_http/{kind}", id="7", reference="out-1"))
        by_field = gateway.read(_form(kind=kind.upper(), id="7", reference="out-1"))

        assert by_address == by_field == [StatusUpdate("7", Status(kind), kind, reference="out-1")]

    def test_takes_a_stop_for_the_word_itself(self, gateway: GenericHttpGateway) -> None:
        (event,) = gateway.read(_form("/webhooks/gateway/generic_http/stopped", **{"from": "84901234567"}))

        assert isinstance(event, InboundText)
        assert (event.sender, event.text) == ("+84901234567", "STOP")

    def test_counts_each_arrival_without_an_id(self, gateway: GenericHttpGateway) -> None:
        request = _form(**{"from": "84901234567", "text": "5"})

        (one,), (other,) = gateway.read(request), gateway.read(request)

        assert isinstance(one, InboundText)
        assert one.provider_id != getattr(other, "provider_id", "")

    def test_needs_an_id_for_a_status(self, gateway: GenericHttpGateway) -> None:
        with pytest.raises(Unreadable):
            gateway.read(_form(kind="sent"))

    @pytest.mark.parametrize(
        ("text", "read"),
        [
            (
                base64.b64encode(("Cán bộ rất nhiệt tình, " * 5).encode()).decode(),
                "Cán bộ rất nhiệt tình, " * 5,
            ),
            ("AAAA" * 20, "AAAA" * 20),  # zero bytes inside
            ("a" * 60, "a" * 60),  # letters of base64, but nothing readable inside
            (base64.b64encode(b"rat hai long").decode(), "cmF0IGhhaSBsb25n"),  # short: what somebody wrote
        ],
    )
    def test_unwraps_only_long_readable_base64(
        self, gateway: GenericHttpGateway, text: str, read: str
    ) -> None:
        (event,) = gateway.read(_form(**{"from": "84901234567", "text": text}))

        assert isinstance(event, InboundText)
        assert event.text == read

    @pytest.mark.parametrize(
        ("text", "instant"),
        [("2026-11-21T02:30:00", datetime(2026, 11, 21, 2, 30, tzinfo=UTC)), ("hôm qua", None)],
    )
    def test_reads_a_time_or_none(
        self, gateway: GenericHttpGateway, text: str, instant: datetime | None
    ) -> None:
        (event,) = gateway.read(_form(**{"from": "84901234567", "text": "5", "date": text}))

        assert isinstance(event, InboundText)
        assert event.received_at == instant


@pytest.mark.parametrize(
    ("body", "kind", "answer"),
    [
        ("OK", "text/plain", "OK"),
        ("{reply}", "text/plain", 'Cảm ơn "<b>" &'),
        ("<sms>{reply}</sms>", "application/xml", "<sms>Cảm ơn &quot;&lt;b&gt;&quot; &amp;</sms>"),
        ('{"text": "{reply}"}', "application/json", '{"text": "Cảm ơn \\"<b>\\" &"}'),
    ],
)
def test_an_answer_is_what_the_settings_say(settings_to: Make, body: str, kind: str, answer: str) -> None:
    gateway = GenericHttpGateway(settings_to(generic_reply_body=body, generic_reply_type=kind))

    found = gateway.acknowledge([], ['Cảm ơn "<b>" &'])

    assert (found.body, found.content_type) == (answer, kind)
    assert gateway.capabilities.answers_inline == ("{reply}" in body)

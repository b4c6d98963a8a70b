"""What every gateway and every console twin keeps to, against servers that keep to the carriers' rules."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

import pytest

from survey_app.messaging.gateway.console import ConsoleTwin
from survey_app.messaging.gateway.registry import NAMES, gateway_of
from survey_app.messaging.gateway.simulator import SIGNATURE, SimulatorGateway
from survey_app.messaging.rules.contract import (
    Accepted,
    Cause,
    Forged,
    Found,
    Gateway,
    InboundText,
    InDoubt,
    Permanent,
    Retryable,
    Unreadable,
    WebhookRequest,
)
from tests.messaging.gateway import webhooks
from tests.messaging.gateway.carriers import Anybody, Carrier, Esms, Twilio, Zalo, standing
from tests.messaging.gateway.messages import SINCE, Make, message

CARRIERS: dict[str, type[Carrier]] = {
    "simulator": Carrier,
    "twilio": Twilio,
    "esms": Esms,
    "zalo": Zalo,
    "generic_http": Anybody,
}
VENDORS = [name for name in NAMES if name != "simulator"]


@dataclass
class Line:
    """A gateway, the carrier behind it, and how a text comes in through it."""

    gateway: Gateway
    carrier: Carrier
    text: Callable[[str, str, str, str], WebhookRequest]
    sender: str = "+84901234567"

    @property
    def calls_out(self) -> bool:
        return not isinstance(self.gateway, ConsoleTwin | SimulatorGateway)


def _simulated(gateway: Gateway) -> Callable[[str, str, str, str], WebhookRequest]:
    def text(identity: str, sender: str, to: str, words: str) -> WebhookRequest:
        given = {"kind": "text", "id": identity, "from": sender, "to": to, "text": words}
        body = json.dumps(given).encode()
        real = gateway if isinstance(gateway, SimulatorGateway) else gateway._gateway  # type: ignore[attr-defined]
        return webhooks.webhook(
            "/webhooks/gateway/simulator", body=body, headers={SIGNATURE: real.sign(body)}
        )

    return text


_TEXTS = {
    "twilio": webhooks.twilio_text,
    "esms": webhooks.esms_text,
    "zalo": webhooks.zalo_text,
    "generic_http": webhooks.generic_text,
}


@pytest.fixture(params=[*NAMES, *(f"{name} on the console" for name in NAMES)])
def line(request: pytest.FixtureRequest, settings_to: Make) -> Iterator[Line]:
    """Each gateway, and each twin, with its carrier standing by."""
    name = request.param.split()[0]
    carrier = CARRIERS[name]()
    with ExitStack() as stack:
        if name != "simulator":
            stack.enter_context(standing(carrier))
        gateway = gateway_of(name, settings_to(carrier.address or "http://127.0.0.1:9"))
        if "console" in request.param:
            gateway = ConsoleTwin(gateway, io.StringIO())
        sender = "zalo:3456789012345678901" if name == "zalo" else "+84901234567"
        yield Line(gateway, carrier, _TEXTS.get(name) or _simulated(gateway), sender)


class TestAnyGateway:
    """All five, and the twin of each."""

    def test_hands_a_message_over_and_gives_its_id(self, line: Line) -> None:
        outcome = line.gateway.send(message())

        assert isinstance(outcome, Accepted)
        assert outcome.provider_id
        if line.calls_out:
            assert [one["id"] for one in line.carrier.taken] == [outcome.provider_id]
        else:
            assert line.carrier.asked == []

    def test_carries_every_letter_unchanged(self, line: Line) -> None:
        words = 'Ông/bà "Ngọc" & <con> — chấm 1-5 ⭐\nCảm ơn! 100% +84'

        outcome = line.gateway.send(message(text=words, parameters={"ten": words}))

        assert isinstance(outcome, Accepted)
        if line.calls_out:
            sent = line.carrier.taken[0]["text"]
            assert (json.loads(sent)["ten"] if line.gateway.name == "zalo" else sent) == words

    def test_refuses_what_no_carrier_takes_as_our_own_fault(self, line: Line) -> None:
        outcome = line.gateway.send(message(text="x" * 1601))

        if line.gateway.name == "zalo":  # a template is filled; the text is not sent
            assert isinstance(outcome, Accepted)
        else:
            assert isinstance(outcome, Permanent)
            assert outcome.cause is Cause.OURS
            assert line.carrier.taken == []

    def test_looks_up_a_message_where_it_says_so(self, line: Line) -> None:
        before = line.gateway.look_up(message(), SINCE)
        sent = line.gateway.send(message())
        after = line.gateway.look_up(message(), SINCE)

        assert isinstance(sent, Accepted)
        if line.gateway.capabilities.looks_up:
            assert before == Found(None)
            assert isinstance(after, Found)
            assert after.provider_id == sent.provider_id
        else:
            assert (before, after) == (None, None)

    def test_reads_a_text(self, line: Line) -> None:
        (event,) = line.gateway.read(line.text("in-1", line.sender, "8079", "DG 7K3F9M2X 5"))

        assert isinstance(event, InboundText)
        assert (event.provider_id, event.sender, event.to) == ("in-1", line.sender, "8079")
        assert event.text == "DG 7K3F9M2X 5"

    def test_reads_the_same_event_again_the_same(self, line: Line) -> None:
        request = line.text("in-1", line.sender, "8079", "5")

        assert line.gateway.read(request) == line.gateway.read(request)

    @pytest.mark.parametrize(
        "text", [" 5 \n", "Rất hài lòng", "Ra\u0302\u0301t ha\u0300i lo\u0300ng", "", "⭐️", "5+5 & 1"]
    )
    def test_changes_no_letter_of_a_text(self, line: Line, text: str) -> None:
        (event,) = line.gateway.read(line.text("in-1", line.sender, "8079", text))

        assert isinstance(event, InboundText)
        assert event.text == text

    def test_reads_texts_longer_than_any_message(self, line: Line) -> None:
        (event,) = line.gateway.read(line.text("in-1", line.sender, "8079", "tốt " * 1000))

        assert isinstance(event, InboundText)
        assert len(event.text) == 4000

    def test_refuses_a_huge_body(self, line: Line) -> None:
        huge = replace(line.text("in-1", line.sender, "8079", "5"), body=b"x" * 70_000)

        with pytest.raises(Unreadable):
            line.gateway.read(huge)

    def test_refuses_a_webhook_without_any_proof(self, line: Line) -> None:
        request = line.text("in-1", line.sender, "8079", "5")
        unsigned = replace(request, headers={}, query=[one for one in request.query if one[0] != "sign"])

        with pytest.raises((Forged, Unreadable)):
            line.gateway.read(unsigned)

    def test_answers_a_text_in_the_carriers_own_form(self, line: Line) -> None:
        events = line.gateway.read(line.text("in-1", line.sender, "8079", "5"))

        answer = line.gateway.acknowledge(events, ["Cảm ơn <ông/bà> & gia đình"])

        assert answer.status == 200
        assert ("Cảm ơn" in answer.body) == line.gateway.capabilities.answers_inline
        if "xml" in answer.content_type:
            assert "&lt;ông/bà&gt; &amp; gia đình" in answer.body

    def test_keeps_silent_with_200(self, line: Line) -> None:
        events = line.gateway.read(line.text("in-1", line.sender, "8079", "5"))

        assert line.gateway.acknowledge(events, []).status == 200


@pytest.mark.parametrize("name", VENDORS)
class TestTrouble:
    """A carrier that does not answer as it should."""

    @pytest.fixture
    def carrier(self, name: str) -> Iterator[Carrier]:
        carrier = CARRIERS[name]()
        with standing(carrier):
            yield carrier

    @pytest.mark.parametrize(
        ("fault", "outcome"), [("reset", "ConnectionError"), ("silent", "ReadTimeout"), ("crash", "500")]
    )
    def test_after_the_request_leaves_the_message_in_doubt(
        self, name: str, carrier: Carrier, settings_to: Make, fault: str, outcome: str
    ) -> None:
        carrier.fault = fault

        found = gateway_of(name, settings_to(carrier.address)).send(message())

        assert isinstance(found, InDoubt)
        assert outcome in found.code
        assert len(carrier.asked) == 1

    def test_with_an_answer_that_makes_no_sense_leaves_it_in_doubt(
        self, name: str, carrier: Carrier, settings_to: Make
    ) -> None:
        carrier.fault = "garbage"

        assert isinstance(gateway_of(name, settings_to(carrier.address)).send(message()), InDoubt)

    @pytest.mark.parametrize(("fault", "seconds"), [("busy", 30), ("down", 60)])
    def test_that_comes_before_it_is_tried_later(
        self, name: str, carrier: Carrier, settings_to: Make, fault: str, seconds: int
    ) -> None:
        carrier.fault = fault

        found = gateway_of(name, settings_to(carrier.address)).send(message())

        assert isinstance(found, Retryable)
        assert found.after is not None
        assert found.after.total_seconds() == seconds

    @pytest.mark.parametrize(
        ("fault", "cause"), [("forbidden", "configuration"), ("moved", "configuration"), ("teapot", "ours")]
    )
    def test_that_never_passes_is_permanent(
        self, name: str, carrier: Carrier, settings_to: Make, fault: str, cause: str
    ) -> None:
        carrier.fault = fault

        found = gateway_of(name, settings_to(carrier.address)).send(message())

        assert isinstance(found, Permanent)
        assert found.cause == cause

    @pytest.mark.parametrize("address", ["http://127.0.0.1:9", "http://no-such-host.invalid"])
    def test_before_the_request_means_nothing_was_sent(
        self, name: str, settings_to: Make, address: str
    ) -> None:
        assert isinstance(gateway_of(name, settings_to(address)).send(message()), Retryable)

    def test_of_the_address_is_a_matter_of_configuration(self, name: str, settings_to: Make) -> None:
        found = gateway_of(name, settings_to("htp://nowhere")).send(message())

        assert isinstance(found, Permanent)
        assert found.cause is Cause.CONFIGURATION

    @pytest.mark.parametrize("fault", ["reset", "garbage", "crash", "forbidden"])
    def test_makes_a_look_up_say_nothing(
        self, name: str, carrier: Carrier, settings_to: Make, fault: str
    ) -> None:
        carrier.fault = fault

        assert gateway_of(name, settings_to(carrier.address)).look_up(message(), SINCE) is None

    def test_never_shows_the_phone_or_the_text(self, name: str, carrier: Carrier, settings_to: Make) -> None:
        for fault in ("reset", "garbage", "busy", "crash", "teapot"):
            carrier.fault = fault
            found = repr(gateway_of(name, settings_to(carrier.address)).send(message()))
            assert "901234567" not in found
            assert "7K3F9M2X" not in found

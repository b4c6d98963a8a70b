"""Twilio: signatures as published, the real package against a server that enforces the rules, errors, receipts."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.config import Settings
from survey_app.messaging.gateway.twilio import CAUSES, LATER, TwilioGateway
from survey_app.messaging.rules.contract import (
    Accepted,
    Cause,
    Forged,
    Found,
    InboundText,
    InDoubt,
    Permanent,
    Retryable,
    Status,
    StatusUpdate,
    Unreadable,
    WebhookRequest,
)
from tests.messaging.gateway import webhooks
from tests.messaging.gateway.carriers import Twilio, standing
from tests.messaging.gateway.messages import SINCE, Make, message

# Computed with Twilio's RequestValidator 9.13.0; the first is the example of its documentation.
SECURITY_EXAMPLE = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Caller", "+14158675309"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
]
REPLY = [
    ("MessageSid", "SM00000000000000000000000000000001"),
    ("From", "+84901234567"),
    ("To", "+18005551212"),
    ("Body", "Rất hài lòng"),
    ("NumMedia", "0"),
]
REPLY_URL = "https://dg.example.gov.vn/sms/twilio"


@pytest.fixture
def carrier() -> Iterator[Twilio]:
    carrier = Twilio()
    with standing(carrier):
        yield carrier


@pytest.fixture
def gateway(settings_to: Make) -> TwilioGateway:
    return TwilioGateway(settings_to())


def _signed(url: str, form: webhooks.Pairs, signature: str) -> WebhookRequest:
    request = webhooks.webhook("", form=form, headers={"X-Twilio-Signature": signature})
    return replace(request, url=url)


class TestSignature:
    """The published vectors, and what must not pass."""

    def test_of_the_documentation_passes(self, gateway: TwilioGateway) -> None:
        url = "https://mycompany.com/myapp.php?foo=1&bar=2"
        request = _signed(url, SECURITY_EXAMPLE, "RSOYDt4T1cUTdK1PDd93/VVr8B8=")

        with pytest.raises(Unreadable, match="without MessageSid, MessageStatus"):
            gateway.read(request)  # signed rightly; a call is no message

    def test_of_a_vietnamese_reply_passes(self, gateway: TwilioGateway) -> None:
        (event,) = gateway.read(_signed(REPLY_URL, REPLY, "X+fYPHZG0e+5cOSrnkGMuAspCRE="))

        assert isinstance(event, InboundText)
        assert event.text == "Rất hài lòng"

    def test_of_decomposed_letters_belongs_to_them_alone(self, gateway: TwilioGateway) -> None:
        decomposed = [(name, unicodedata.normalize("NFD", value)) for name, value in REPLY]
        signature = "GQDyGFRyUTzgzexWcjTPVN225Lw="

        assert gateway.read(_signed(REPLY_URL, decomposed, signature))
        with pytest.raises(Forged):
            gateway.read(_signed(REPLY_URL, REPLY, signature))

    @pytest.mark.parametrize(
        "change",
        [
            {"headers": {}},
            {"headers": {"X-Twilio-Signature": ""}},
            {"headers": {"X-Twilio-Signature": "ảo"}},
            {"url": "https://elsewhere.example/webhooks/twilio/sms"},
            {"url": "http://dg.example.gov.vn/webhooks/twilio/sms"},
            {"url": "https://dg.example.gov.vn/webhooks/twilio/sms?more=1"},
            {"url": "https://dg.example.gov.vn/webhooks/twilio/status"},
        ],
    )
    def test_missing_or_of_another_address_is_forged(
        self, gateway: TwilioGateway, change: dict[str, object]
    ) -> None:
        request = webhooks.twilio_text("SM1", "+84901234567", "8079", "5")

        with pytest.raises(Forged):
            gateway.read(replace(request, **change))  # type: ignore[arg-type]

    def test_of_a_trimmed_form_is_forged(self, gateway: TwilioGateway) -> None:
        request = webhooks.twilio_text("SM1", "+84901234567", "8079", " 5 ")
        trimmed = [(name, value.strip()) for name, value in request.form]

        assert gateway.read(request)
        with pytest.raises(Forged):
            gateway.read(replace(request, form=trimmed))

    @settings(max_examples=40, deadline=None)
    @given(position=st.integers(0, 6), text=st.text(min_size=1, max_size=5))
    def test_covers_every_parameter(self, position: int, text: str, shared_gateway: TwilioGateway) -> None:
        request = webhooks.twilio_text("SM1", "+84901234567", "8079", "5")
        name, value = request.form[position]
        changed = [*request.form[:position], (name, value + text), *request.form[position + 1 :]]

        with pytest.raises(Forged):
            shared_gateway.read(replace(request, form=changed))

    def test_may_be_made_with_the_second_token_while_it_is_changed(self, settings_to: Make) -> None:
        request = webhooks.twilio([("MessageSid", "SM1"), ("MessageStatus", "sent")], token="the next token")

        with pytest.raises(Forged):
            TwilioGateway(settings_to()).read(request)
        assert TwilioGateway(settings_to(twilio_auth_token_secondary="the next token")).read(request)

    def test_never_passes_where_no_token_is_set(self, settings_to: Make) -> None:
        request = webhooks.twilio([("MessageSid", "SM1"), ("MessageStatus", "sent")], token="")

        with pytest.raises(Forged):
            TwilioGateway(settings_to(twilio_auth_token="")).read(request)

    def test_covers_a_json_body_by_its_hash(self, gateway: TwilioGateway) -> None:
        body = '{"MessageSid": "SM1", "From": "+84901234567", "To": "8079", "Body": "tốt"}'.encode()
        query = [("bodySHA256", hashlib.sha256(body).hexdigest())]
        unsigned = webhooks.webhook("/webhooks/twilio/sms", query=query, body=body)
        headers = {"X-Twilio-Signature": webhooks.twilio_signature(unsigned.url, [])}
        request = replace(unsigned, headers=headers)

        assert gateway.read(request)
        for other in (body + b" ", body.decode().encode("utf-16")):
            with pytest.raises(Forged):
                gateway.read(replace(request, body=other))


@pytest.fixture(scope="module")
def shared_gateway(tmp_path_factory: pytest.TempPathFactory) -> TwilioGateway:
    instance = tmp_path_factory.mktemp("instance")
    return TwilioGateway(Settings(instance=instance, twilio_account_sid="AC1", twilio_auth_token="12345"))


class TestSend:
    """The real package, over a wire that leads here."""

    def test_sends_what_the_message_resource_asks_for(self, carrier: Twilio, settings_to: Make) -> None:
        gateway = TwilioGateway(settings_to(carrier.address))

        assert isinstance(gateway.send(message()), Accepted)

        callback = "https://dg.example.gov.vn/webhooks/twilio/status?reference=out-1"
        assert carrier.asked[0].form == {
            "To": "+84901234567",
            "From": "UBND CB",
            "Body": message().text,
            "StatusCallback": callback,
        }

    def test_sends_through_the_messaging_service_when_there_is_one(
        self, carrier: Twilio, settings_to: Make
    ) -> None:
        service = "MG" + "a" * 32
        more = {"twilio_messaging_service_sid": service}

        TwilioGateway(settings_to(carrier.address, **more)).send(message())

        assert carrier.asked[0].form["MessagingServiceSid"] == service
        assert "From" not in carrier.asked[0].form

    # The table of error codes in messaging.md section 4, after nyaruka/courier's errors.json.
    @pytest.mark.parametrize(
        ("code", "cause"),
        [
            (21211, Cause.NUMBER),
            (21614, Cause.NUMBER),
            (21610, Cause.OPTED_OUT),
            (21408, Cause.CONFIGURATION),
            (21606, Cause.CONFIGURATION),
            (21612, Cause.ROUTE),
            (99999, Cause.OURS),
        ],
    )
    def test_says_why_a_message_can_never_be_sent(
        self, carrier: Twilio, settings_to: Make, code: int, cause: Cause
    ) -> None:
        outcome = TwilioGateway(settings_to(carrier.address)).send(message(to=f"+1500{code:07}"))

        assert outcome == Permanent(str(code), cause)

    @pytest.mark.parametrize(("code", "seconds"), [(20429, 7), (21611, None)])
    def test_says_when_it_is_tried_later(
        self, carrier: Twilio, settings_to: Make, code: int, seconds: int | None
    ) -> None:
        outcome = TwilioGateway(settings_to(carrier.address)).send(message(to=f"+1500{code:07}"))

        assert isinstance(outcome, Retryable)
        assert (outcome.after.total_seconds() if outcome.after else None) == seconds

    def test_takes_a_wrong_token_for_a_matter_of_configuration(
        self, carrier: Twilio, settings_to: Make
    ) -> None:
        outcome = TwilioGateway(settings_to(carrier.address, twilio_auth_token="wrong")).send(message())

        assert outcome == Permanent("20003", Cause.CONFIGURATION)

    def test_signs_in_with_the_first_token(self, carrier: Twilio, settings_to: Make) -> None:
        more = {"twilio_auth_token_secondary": "the next token"}

        assert isinstance(TwilioGateway(settings_to(carrier.address, **more)).send(message()), Accepted)

    def test_leaves_the_published_limit_to_twilio(self, carrier: Twilio, settings_to: Make) -> None:
        gateway = TwilioGateway(settings_to(carrier.address))

        assert gateway.send(message(text="x" * 1601)) == Permanent("21617", Cause.OURS)
        assert isinstance(gateway.send(message(text="x" * 1600)), Accepted)

    def test_finds_a_message_that_was_taken_though_the_line_broke(
        self, carrier: Twilio, settings_to: Make
    ) -> None:
        gateway = TwilioGateway(settings_to(carrier.address))
        carrier.fault = "reset"
        outcome = gateway.send(message())
        carrier.fault = ""

        assert isinstance(outcome, InDoubt)
        assert gateway.look_up(message(), SINCE) == Found(carrier.taken[0]["id"], Status.ACCEPTED)
        assert gateway.look_up(message(text="another"), SINCE) == Found(None)
        assert gateway.look_up(message(), SINCE.replace(hour=5)) == Found(None)  # an older one, same text

    def test_does_not_load_the_package_before_it_is_used(self) -> None:
        code = "import sys, survey_app.messaging.gateway.registry; print('twilio' in sys.modules)"

        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "False"


class TestRead:
    """Replies and status callbacks."""

    def test_welcomes_parameters_it_does_not_know(self, gateway: TwilioGateway) -> None:
        form = [("MessageSid", "SM1"), ("From", "+84901234567"), ("To", "+18005551212"), ("Body", "5")]

        assert gateway.read(webhooks.twilio([*form, ("NewIn2027", "x"), ("FromCity", "")]))

    @pytest.mark.parametrize("missing", ["MessageSid", "From", "To"])
    def test_cannot_read_a_reply_that_lacks_what_it_must_hold(
        self, gateway: TwilioGateway, missing: str
    ) -> None:
        form = [(name, value) for name, value in REPLY if name != missing]

        with pytest.raises(Unreadable, match=f"without {missing}"):
            gateway.read(webhooks.twilio(form))

    def test_unwraps_a_long_reply_that_came_in_base64(self, gateway: TwilioGateway) -> None:
        # "Tôi rất hài lòng …" by `base64`; courier notes that concatenated messages arrive so.
        packed = (
            "VMO0aSBy4bqldCBow6BpIGzDsm5nIHbhu5tpIGPDoW4gYuG7mSDhu58gcXXhuqd5IHPhu5EgMywgY+G6o20gxqFuIHJ"
            "hIG5oaeG7gXU="
        )

        (event,) = gateway.read(webhooks.twilio_text("SM1", "+84901234567", "8079", packed))

        assert isinstance(event, InboundText)
        assert event.text == "Tôi rất hài lòng với cán bộ ở quầy số 3, cảm ơn ra nhiều"

    @pytest.mark.parametrize(
        ("named", "status"),
        [
            ("queued", Status.ACCEPTED),
            ("sent", Status.SENT),
            ("delivered", Status.DELIVERED),
            ("read", Status.READ),
            ("undelivered", Status.FAILED),
            ("failed", Status.FAILED),
        ],
    )
    def test_reads_a_status_with_our_reference(
        self, gateway: TwilioGateway, named: str, status: Status
    ) -> None:
        form = [("MessageSid", "SM1"), ("MessageStatus", named), ("To", "+84901234567")]

        (event,) = gateway.read(webhooks.twilio(form, query=[("reference", "out-1")]))

        assert event == StatusUpdate("SM1", status, reference="out-1")

    @pytest.mark.parametrize(
        ("code", "cause"), [("30005", Cause.NUMBER), ("30007", Cause.CONTENT), ("30003", None)]
    )
    def test_reads_why_a_message_failed(self, gateway: TwilioGateway, code: str, cause: Cause | None) -> None:
        form = [("MessageSid", "SM1"), ("MessageStatus", "undelivered"), ("ErrorCode", code)]

        assert gateway.read(webhooks.twilio(form)) == [StatusUpdate("SM1", Status.FAILED, code, cause)]

    def test_lets_a_status_of_the_future_pass(self, gateway: TwilioGateway) -> None:
        form = [("MessageSid", "SM1"), ("MessageStatus", "partially_delivered")]

        assert gateway.read(webhooks.twilio(form)) == []


class TestAcknowledge:
    """TwiML."""

    def test_is_an_empty_response_for_silence(self, gateway: TwilioGateway) -> None:
        answer = gateway.acknowledge([], [])

        # The builder's own words, twilio 9.13.0.
        assert answer.body == '<?xml version="1.0" encoding="UTF-8"?><Response />'
        assert answer.content_type == "text/xml"

    def test_holds_one_message_that_survives_xml(self, gateway: TwilioGateway) -> None:
        body = gateway.acknowledge([], ["Cảm ơn <b> & \x00\x0b5"]).body

        assert [one.text for one in ET.fromstring(body)] == ["Cảm ơn <b> & 5"]


def test_no_error_is_both_final_and_passing() -> None:
    assert not set(CAUSES) & set(LATER)

"""Zalo: templates, tokens that are used once, the signature over raw bytes, stars."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.config import Settings
from survey_app.messaging.gateway.zalo import CAUSES, LATER, ZaloGateway
from survey_app.messaging.rules.contract import (
    Accepted,
    Cause,
    Forged,
    InboundText,
    Permanent,
    ProviderRating,
    Retryable,
    Status,
    StatusUpdate,
    Unreadable,
    WebhookRequest,
)
from tests.messaging.gateway import webhooks
from tests.messaging.gateway.carriers import Zalo, standing
from tests.messaging.gateway.messages import Make, message

# messaging.md section 6: SHA256(app_id + raw body + timestamp + OA secret), app_id 42, secret OASECRET.
VECTOR_BODY = (
    b'{"event_name":"user_feedback","app_id":"42","timestamp":"1763700000000","oa_id":"7","message":{"rate":5,'
    b'"note":"","feedbacks":[],"tracking_id":"7K3F9M2X","msg_id":"a1"}}'
)
VECTOR_MAC = "620e23a2ac3690cc556490ea111584beb276c30d009b4f80c12e6e7c79190bbb"


@pytest.fixture
def carrier() -> Iterator[Zalo]:
    carrier = Zalo()
    with standing(carrier):
        yield carrier


@pytest.fixture
def gateway(settings_to: Make) -> ZaloGateway:
    return ZaloGateway(settings_to())


def _vector(body: bytes = VECTOR_BODY, mac: str = f"mac={VECTOR_MAC}") -> WebhookRequest:
    return webhooks.webhook("/webhooks/zalo", body=body, headers={"X-ZEvent-Signature": mac})


def _event(name: str = "user_feedback", **message: Any) -> dict[str, Any]:
    given: dict[str, Any] = {"rate": 4, "note": "", "feedbacks": [], "tracking_id": "out-1", "msg_id": "a1"}
    changed = {key: value for key, value in (given | message).items() if value is not None}
    return {
        "event_name": name,
        "app_id": "42",
        "oa_id": "7",
        "timestamp": "1763700000000",
        "message": changed,
    }


class TestSignature:
    """A plain hash over the bytes as they came."""

    def test_of_the_vector_passes(self, gateway: ZaloGateway) -> None:
        assert gateway.read(_vector()) == [
            ProviderRating(
                provider_id="a1",
                reference="7K3F9M2X",
                stars=5,
                received_at=datetime(2025, 11, 21, 4, 40, tzinfo=UTC),
            )
        ]

    @pytest.mark.parametrize("mac", ["", "mac=", "mac=é", VECTOR_MAC[:-1], f"mac={'0' * 64}", "None"])
    def test_that_is_missing_or_wrong_is_forged(self, gateway: ZaloGateway, mac: str) -> None:
        with pytest.raises(Forged):
            gateway.read(_vector(mac=mac))

    def test_belongs_to_the_bytes_and_not_to_the_meaning(self, gateway: ZaloGateway) -> None:
        rewritten = json.dumps(json.loads(VECTOR_BODY)).encode()

        assert json.loads(rewritten) == json.loads(VECTOR_BODY)
        with pytest.raises(Forged):
            gateway.read(_vector(rewritten))

    @settings(max_examples=40, deadline=None)
    @given(position=st.integers(0, len(VECTOR_BODY) - 1), bit=st.integers(0, 7))
    def test_covers_every_bit(self, position: int, bit: int) -> None:
        changed = bytearray(VECTOR_BODY)
        changed[position] ^= 1 << bit

        with pytest.raises(Forged):
            ZaloGateway(Settings(zalo_app_id="42", zalo_oa_secret_key="OASECRET")).read(
                _vector(bytes(changed))
            )

    @pytest.mark.parametrize("unset", ["zalo_app_id", "zalo_oa_secret_key"])
    def test_never_passes_where_nothing_is_set(self, settings_to: Make, unset: str) -> None:
        with pytest.raises(Forged):
            ZaloGateway(settings_to(**{unset: ""})).read(webhooks.zalo(_event(), secret=""))

    @pytest.mark.parametrize(
        "body", [b"", b"[]", b"null", b"\xff\xfe", b"{", b"[" * 60_000, b'{"timestamp": null}', b'{"a":1}']
    )
    def test_of_what_is_no_event_is_forged(self, gateway: ZaloGateway, body: bytes) -> None:
        with pytest.raises(Forged):
            gateway.read(webhooks.zalo_raw(body, ""))


class TestRead:
    """Events."""

    def test_reads_stars_with_everything_that_was_said(self, gateway: ZaloGateway) -> None:
        # The body of Zalo's page on user_feedback, second-hand.
        told = _event(
            rating_type="csat",
            option="five_emotions",
            note="Tôi rất hài lòng.",
            rate=5,
            submit_time="1616673095659",
            msg_id="7e4c33cfc20b05575c18",
            feedbacks=["Nhân viên vui vẻ", "Nhanh"],
            tracking_id="1956",
        )

        assert gateway.read(webhooks.zalo(told)) == [
            ProviderRating(
                provider_id="7e4c33cfc20b05575c18",
                reference="1956",
                stars=5,
                choices=("Nhân viên vui vẻ", "Nhanh"),
                note="Tôi rất hài lòng.",
                received_at=datetime(2021, 3, 25, 11, 51, 35, 659000, tzinfo=UTC),
            )
        ]

    def test_keeps_large_numbers_exact(self, gateway: ZaloGateway) -> None:
        told = _event(msg_id=9876543210987654321, tracking_id=12345678901234567890)

        (event,) = gateway.read(webhooks.zalo(told | {"timestamp": 1763700000000}))

        assert isinstance(event, ProviderRating)
        assert (event.provider_id, event.reference) == ("9876543210987654321", "12345678901234567890")

    @pytest.mark.parametrize("rate", [None, 0, 6, -1, 4.5, "rất tốt", "", [5], True])
    def test_never_guesses_stars(self, gateway: ZaloGateway, rate: object) -> None:
        with pytest.raises(Unreadable):
            gateway.read(webhooks.zalo(_event(rate=rate)))

    @pytest.mark.parametrize(
        "odd", [{"feedbacks": "nhanh"}, {"feedbacks": None}, {"note": None}, {"submit_time": "soon"}]
    )
    def test_bears_with_odd_parts(self, gateway: ZaloGateway, odd: dict[str, Any]) -> None:
        (event,) = gateway.read(webhooks.zalo(_event(**odd)))

        assert isinstance(event, ProviderRating)
        assert event.stars == 4

    def test_reads_a_receipt_with_our_reference(self, gateway: ZaloGateway) -> None:
        told = _event("user_received_message", delivery_time="1763700000100")

        assert gateway.read(webhooks.zalo(told)) == [StatusUpdate("a1", Status.DELIVERED, reference="out-1")]

    def test_names_a_chat_by_the_zalo_user_for_no_phone_is_told(self, gateway: ZaloGateway) -> None:
        (event,) = gateway.read(webhooks.zalo_text("m1", "3456789012345678901", "7", "5"))

        assert isinstance(event, InboundText)
        assert (event.sender, event.to) == ("zalo:3456789012345678901", "7")

    @pytest.mark.parametrize(
        "told",
        [
            _event("user_received_message"),
            _event("follow"),
            _event() | {"message": None},
            _event() | {"event_name": {}},
            {"timestamp": "1"},
        ],
    )
    def test_lets_other_events_pass(self, gateway: ZaloGateway, told: dict[str, Any]) -> None:
        assert gateway.read(webhooks.zalo(told)) == []


class TestSend:
    """Templates."""

    def test_sends_a_filled_template(self, carrier: Zalo, settings_to: Make) -> None:
        outcome = ZaloGateway(settings_to(carrier.address)).send(message())

        assert outcome == Accepted(carrier.taken[0]["id"])
        assert carrier.asked[0].json == {
            "phone": "84901234567",
            "template_id": "643118",
            "template_data": {"ho_so": "H-1"},
            "tracking_id": "out-1",
        }

    def test_needs_a_template(self, settings_to: Make) -> None:
        outcome = ZaloGateway(settings_to()).send(message(template=None))

        assert outcome == Permanent("no template", Cause.CONFIGURATION)

    # zalo.cloud/zns/guidelines/handle-error-code
    @pytest.mark.parametrize(
        ("error", "outcome"),
        [
            (-118, Permanent("-118", Cause.NUMBER)),
            (-139, Permanent("-139", Cause.OPTED_OUT)),
            (-115, Permanent("-115", Cause.CONFIGURATION)),
            (-116, Permanent("-116", Cause.CONTENT)),
            (-114, Permanent("-114", Cause.ROUTE)),
            (-132, Permanent("-132", Cause.OURS)),
            (-133, Retryable("-133", timedelta(hours=1))),
        ],
    )
    def test_says_why_nothing_was_sent(
        self, carrier: Zalo, settings_to: Make, error: int, outcome: object
    ) -> None:
        carrier.error = error

        assert ZaloGateway(settings_to(carrier.address)).send(message()) == outcome

    def test_sorts_each_error_once(self) -> None:
        assert not set(CAUSES) & set(LATER)


class TestTokens:
    """The access token lasts 25 hours, and each refresh token works once."""

    def test_are_renewed_when_zalo_no_longer_takes_them(self, carrier: Zalo, settings_to: Make) -> None:
        carrier.token = "another day"

        outcome = ZaloGateway(settings_to(carrier.address)).send(message())

        assert isinstance(outcome, Accepted)
        assert len(carrier.taken) == carrier.renewals == 1

    def test_that_were_renewed_are_kept_for_the_next_process(self, carrier: Zalo, settings_to: Make) -> None:
        for _day in range(3):
            carrier.token = "another day"
            assert isinstance(ZaloGateway(settings_to(carrier.address)).send(message()), Accepted)

        assert carrier.renewals == 3

    def test_are_renewed_once_by_workers_that_need_them_together(
        self, carrier: Zalo, settings_to: Make
    ) -> None:
        carrier.token = "another day"
        gateways = [ZaloGateway(settings_to(carrier.address)) for _worker in range(8)]

        with ThreadPoolExecutor(8) as pool:
            outcomes = list(pool.map(lambda one: one.send(message()), gateways))

        assert all(isinstance(one, Accepted) for one in outcomes)
        assert carrier.renewals == 1

    def test_are_readable_to_the_owner_only(self, carrier: Zalo, settings_to: Make) -> None:
        carrier.token = "another day"
        made = settings_to(carrier.address)

        ZaloGateway(made).send(message())

        assert stat.S_IMODE((made.instance / "zalo_tokens.json").stat().st_mode) == 0o600

    def test_set_anew_count_before_kept_ones(self, carrier: Zalo, settings_to: Make) -> None:
        carrier.token = "another day"
        ZaloGateway(settings_to(carrier.address)).send(message())
        carrier.token = "granted again"

        made = settings_to(carrier.address, zalo_access_token="granted again")

        assert isinstance(ZaloGateway(made).send(message()), Accepted)
        assert carrier.renewals == 1

    def test_that_cannot_be_renewed_are_a_matter_of_configuration(
        self, carrier: Zalo, settings_to: Make
    ) -> None:
        carrier.token = "another day"
        made = settings_to(carrier.address, zalo_refresh_token="used before")

        assert ZaloGateway(made).send(message()) == Permanent("-124", Cause.CONFIGURATION)
        assert carrier.taken == []

    def test_kept_in_a_spoilt_file_are_passed_over(self, carrier: Zalo, settings_to: Make) -> None:
        made = settings_to(carrier.address)
        made.instance.mkdir(parents=True)
        (made.instance / "zalo_tokens.json").write_text('{"origin"')

        assert isinstance(ZaloGateway(made).send(message()), Accepted)


def test_another_secret_signs_for_nobody(gateway: ZaloGateway) -> None:
    request = webhooks.zalo(_event())

    with pytest.raises(Forged):
        gateway.read(webhooks.zalo(_event(), secret="the app's secret"))
    assert gateway.read(replace(request, headers={key.upper(): one for key, one in request.headers.items()}))

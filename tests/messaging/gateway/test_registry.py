"""Which carriers there are, and what is said of their secrets."""

from __future__ import annotations

import io
from dataclasses import fields

import pytest

from survey_app.config import Settings
from survey_app.messaging.gateway.console import ConsoleTwin
from survey_app.messaging.gateway.registry import NAMES, UnknownGateway, gateway_of, listings
from survey_app.messaging.gateway.simulator import TROUBLE, MemoryMailbox
from survey_app.messaging.rules.contract import Accepted, Cause, Found, InDoubt, Permanent
from tests.messaging.gateway.messages import SINCE, Make, message


def test_the_simulator_comes_first_and_needs_nothing() -> None:
    listed = listings(Settings())

    assert tuple(one.name for one in listed) == NAMES
    assert [one.name for one in listed if one.is_ready] == ["simulator"]


def test_a_listing_says_what_is_set_and_never_what_it_is(settings_to: Make) -> None:
    made = settings_to(twilio_auth_token="")
    secrets = {
        str(getattr(made, one.name))
        for one in fields(made)
        if one.metadata["secret"] and getattr(made, one.name)
    }

    listed = {one.name: one for one in listings(made)}

    assert listed["twilio"].missing == ("SURVEY_TWILIO_AUTH_TOKEN",)
    assert {one.variable: one.is_set for one in listed["esms"].credentials} == {
        "SURVEY_ESMS_API_KEY": True,
        "SURVEY_ESMS_SECRET_KEY": True,
        "SURVEY_ESMS_PRIVATE_KEY": True,
        "SURVEY_ESMS_CALLBACK_KEY": True,
    }
    assert not [secret for secret in secrets if secret in repr(listed)]


def test_two_way_is_claimed_for_twilio_only_where_somebody_says_so(settings_to: Make) -> None:
    # twilio.com/en/guidelines/vn/sms: two-way SMS is not supported in Viet Nam.
    assert not gateway_of("twilio", settings_to()).capabilities.two_way
    assert gateway_of("twilio", settings_to(twilio_two_way=1)).capabilities.two_way


def test_an_unknown_name_is_refused(settings_to: Make) -> None:
    with pytest.raises(UnknownGateway):
        gateway_of("speedsms", settings_to())


@pytest.mark.parametrize("name", [name for name in NAMES if name != "simulator"])
class TestCarrier:
    """Each carrier that is not the simulator."""

    def test_without_credentials_sends_nothing_and_says_why(self, name: str) -> None:
        gateway = gateway_of(name, Settings())

        assert gateway.send(message()) == Permanent("not set up", Cause.CONFIGURATION)
        assert gateway.look_up(message(), SINCE) is None

    def test_prints_instead_where_the_settings_say_console(self, name: str, settings_to: Make) -> None:
        stream = io.StringIO()
        gateway = gateway_of(name, settings_to(messages_to="console"), stream=stream)

        gateway.send(message())
        gateway.send(message())

        assert isinstance(gateway, ConsoleTwin)
        assert stream.getvalue() == f"[{name}] UBND CB -> +84901234567: {message().text}\n"


class TestSimulator:
    """The phone on screen."""

    def test_keeps_messages_in_the_mailbox_it_is_given(self, settings_to: Make) -> None:
        mailbox = MemoryMailbox()

        gateway_of("simulator", settings_to(), mailbox=mailbox).send(message())

        assert mailbox.messages == {"out-1": message()}

    @pytest.mark.parametrize("phone", TROUBLE)
    def test_plays_the_trouble_of_carriers(self, settings_to: Make, phone: str) -> None:
        assert gateway_of("simulator", settings_to()).send(message(to=phone)) == TROUBLE[phone]

    def test_resolves_a_doubt_both_ways(self, settings_to: Make) -> None:
        gateway = gateway_of("simulator", settings_to())
        delivered, lost = message(to="+84900000004"), message(to="+84900000005", reference="out-2")

        assert isinstance(gateway.send(delivered), InDoubt)
        assert isinstance(gateway.send(lost), InDoubt)

        found = gateway.look_up(delivered, SINCE)
        assert isinstance(found, Found)
        assert found.provider_id == "sim-out-1"
        assert gateway.look_up(lost, SINCE) == Found(None)

    def test_delivers_the_same_reference_once(self, settings_to: Make) -> None:
        gateway = gateway_of("simulator", settings_to())

        assert gateway.send(message()) == gateway.send(message()) == Accepted("sim-out-1")

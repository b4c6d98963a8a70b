"""The phone on screen: gets messages, answers them, and nobody can write in a citizen's name with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from survey_app.foundation.clock import now as present
from survey_app.messaging.models import InboundMessage, Sender
from survey_app.messaging.operations import Begun, begin_sending, deliver_simulated, lease
from survey_app.staff.rules.permissions import Role
from survey_app.texting.models import Conversation, ReplyReading
from survey_app.texting.rules.conversation import State
from tests.staff_client import StaffClient
from tests.texting.conftest import KEY, PHONES, Desk

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Staff = Callable[..., StaffClient]


@pytest.fixture
def invited(desk: Desk, app: Flask) -> Desk:
    """A campaign whose three invitations have reached the phones on screen."""
    # Noon of yesterday in Việt Nam: an hour at which messages go, whenever the test runs.
    noon = desk.now = (present() - timedelta(days=1)).replace(hour=5)
    desk.campaign()
    desk.plan()
    desk.invite()
    desk.send()
    desk.database.write(
        lambda session: [
            deliver(session, id_, noon) for id_ in lease(session, owner="w", most=9, now=noon).ids
        ]
    )
    return desk


def deliver(session: Session, message_id: int, at: datetime) -> str:
    """Do what a worker does with one message; return its id on the phone."""
    begun = begin_sending(session, message_id=message_id, owner="w", key=KEY, now=at)
    assert isinstance(begun, Begun)
    return deliver_simulated(session, message=begun.message, key=KEY, now=at)


def phones_on(page: str) -> list[str]:
    """Return the addresses of the phones to pick from."""
    return [unescape(one) for one in re.findall(r'href="(/texting/simulator\?phone=[^"]+)"', page)]


def open_handset(staff: StaffClient) -> str:
    """Open the first phone; return its address."""
    return phones_on(staff.get("/texting/simulator").text)[0]


def test_shows_phones_masked_and_never_their_number(invited: Desk, staff_client: Staff) -> None:
    page = staff_client(Role.SURVEY_MANAGER).get("/texting/simulator").text

    assert len(phones_on(page)) == 3
    assert "+84 90• ••• •61" in page
    assert not any(phone.removeprefix("+84") in page for phone in PHONES)


def test_shows_the_invitation_and_a_sample_reply_with_its_code(invited: Desk, staff_client: Staff) -> None:
    staff = staff_client(Role.SURVEY_MANAGER)
    page = staff.get(open_handset(staff)).text
    code = re.search(r"Soan DG (\w{8}) diem", page)

    assert code is not None
    assert f'value="DG {code[1]} 5"' in page


def test_a_reply_is_heard_and_answered_at_once(invited: Desk, staff_client: Staff) -> None:
    staff = staff_client(Role.SURVEY_MANAGER)
    address = open_handset(staff)

    answer = staff.post(address.replace("?", "/write?"), {"text": "5"})

    assert answer.location.endswith(f"{address}#write")
    assert "Cam on ong/ba da danh gia" in staff.get(address).text
    assert [one.reading for one in invited.rows(ReplyReading)] == ["rating:5"]


def test_a_refusal_on_the_phone_ends_the_conversation(invited: Desk, staff_client: Staff) -> None:
    staff = staff_client(Role.SURVEY_MANAGER)

    staff.post(open_handset(staff).replace("?", "/write?"), {"text": "TC"})

    assert [one.state for one in invited.rows(Conversation)].count(State.OPTED_OUT) == 1


def test_the_screen_can_be_fetched_by_itself(invited: Desk, staff_client: Staff) -> None:
    staff = staff_client(Role.SURVEY_MANAGER)
    fetched = staff.get(open_handset(staff).replace("?", ".json?"))

    assert fetched.is_json
    assert "UBND tinh Cao Bang" in fetched.get_json()["page"]


def test_a_typed_number_opens_that_phone_without_standing_in_the_address(
    desk: Desk, staff_client: Staff
) -> None:
    staff = staff_client(Role.SURVEY_MANAGER)
    answer = staff.post("/texting/simulator", {"phone": "0912 345 678"})

    assert "912345678" not in answer.location
    assert "+84 91• ••• •78" in staff.get(answer.location).text


@pytest.mark.parametrize("typed", ["02063852136", "8079", "abc", ""])
def test_what_is_no_mobile_number_is_said_beside_the_field(
    desk: Desk, staff_client: Staff, typed: str
) -> None:
    answer = staff_client(Role.SURVEY_MANAGER).post("/texting/simulator", {"phone": typed})

    assert answer.status_code == 422
    assert 'id="phone-error"' in answer.text


def test_nobody_writes_as_a_phone_that_a_real_carrier_reaches(invited: Desk, staff_client: Staff) -> None:
    staff = staff_client(Role.SURVEY_MANAGER)
    address = open_handset(staff)

    def at_a_carrier(session: Session) -> None:
        for sender in session.query(Sender):
            sender.gateway = "esms"

    invited.database.write(at_a_carrier)

    assert staff.get(address).status_code == 404
    assert staff.post(address.replace("?", "/write?"), {"text": "5"}).status_code == 404
    assert invited.rows(InboundMessage) == []


def test_nobody_writes_as_a_phone_that_another_unit_invited(invited: Desk, staff_client: Staff) -> None:
    address = open_handset(staff_client(Role.SURVEY_MANAGER))
    stranger = staff_client((Role.SURVEY_MANAGER, "08"))

    assert phones_on(stranger.get("/texting/simulator").text) == []
    assert stranger.get(address).status_code == 404


@pytest.mark.parametrize("token", ["x", "gAAAAA", "é"])
def test_an_address_that_was_made_up_is_not_there(desk: Desk, staff_client: Staff, token: str) -> None:
    assert staff_client(Role.SURVEY_MANAGER).get(f"/texting/simulator?phone={token}").status_code == 404


def test_an_empty_text_is_not_sent(invited: Desk, staff_client: Staff) -> None:
    staff = staff_client(Role.SURVEY_MANAGER)
    answer = staff.post(open_handset(staff).replace("?", "/write?"), {"text": ""})

    assert answer.status_code == 422
    assert invited.rows(InboundMessage) == []

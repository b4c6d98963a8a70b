"""Messages that wait through the night, and what happens meanwhile."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from survey_app.campaigns.operations import close_campaign
from survey_app.campaigns.operations.invitations import spend_code
from survey_app.campaigns.queries.invitations import code_digest
from survey_app.messaging.models import OutboxMessage
from survey_app.messaging.operations import Leased, enqueue, lease, withdraw
from survey_app.messaging.operations.withdrawing import NOT_WANTED
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.limits import Purpose
from survey_app.messaging.rules.states import State as MessageState
from survey_app.messaging.tasks.courier import courier_of
from survey_app.texting.queries.wanted import unwanted
from survey_app.texting.rules.topics import campaign_of, topic_of
from tests.texting.conftest import KEY, PHONES, Desk

ANNA, BINH, CHI = PHONES


def leaving(desk: Desk) -> Leased:
    """Let a worker take what is due, a message at most for each person."""

    def take(session: Session) -> Leased:
        leased = lease(session, owner="a", most=10, now=desk.now)
        return withdraw(session, leased=leased, unwanted=unwanted, now=desk.now)

    return desk.database.write(take)


@pytest.fixture
def overnight(invited: Desk) -> Desk:
    """Three people who got their invitations; it is half past nine in the evening, and their reminders wait."""
    accepted = update(OutboxMessage).values(state=MessageState.ACCEPTED.value)
    invited.database.write(lambda session: session.execute(accepted))
    invited.later(days=3, hours=12)
    invited.remind()
    return invited


def reminders(desk: Desk) -> list[tuple[str, str]]:
    """Return state and code of the three reminders."""
    return [(one.state, one.code) for one in desk.outbox if one.purpose == Purpose.REMINDER]


def test_a_reminder_that_waited_through_the_night_goes_to_the_silent(overnight: Desk) -> None:
    assert list(leaving(overnight).ids) == []
    overnight.later(hours=11)

    assert len(leaving(overnight).ids) == 3


def test_it_does_not_go_to_whoever_has_replied_or_answered_on_the_web_meanwhile(overnight: Desk) -> None:
    digest = code_digest(KEY, overnight.code_of(BINH))
    overnight.text(ANNA, "5")
    overnight.database.write(lambda session: spend_code(session, digest=digest))
    overnight.later(hours=11)
    left = leaving(overnight)

    assert reminders(overnight) == [(MessageState.CANCELLED, NOT_WANTED)] * 2 + [(MessageState.LEASED, "")]
    assert (len(left.ids), left.more) == (1, True)


def test_it_does_not_go_to_whoever_wrote_what_a_person_must_read(overnight: Desk) -> None:
    overnight.text(CHI, "cho lau qua")
    overnight.later(hours=11)
    leaving(overnight)

    assert [state for state, _code in reminders(overnight)] == ["leased", "leased", "cancelled"]


def test_nobody_is_asked_once_the_campaign_is_over(overnight: Desk) -> None:
    overnight.run(close_campaign, code="moi")
    overnight.later(hours=11)

    assert list(leaving(overnight).ids) == []
    assert {state for state, _code in reminders(overnight)} == {MessageState.CANCELLED}


def test_neither_invitation_nor_reminder_goes_when_both_waited_until_then(invited: Desk) -> None:
    invited.later(days=3)
    invited.remind()
    invited.run(close_campaign, code="moi")

    assert list(leaving(invited).ids) == []
    assert [one.state for one in invited.outbox] == [MessageState.CANCELLED] * 6


def test_an_invitation_is_cancelled_with_the_phone_when_its_code_was_used(invited: Desk) -> None:
    digest = code_digest(KEY, invited.code_of(ANNA))
    invited.database.write(lambda session: spend_code(session, digest=digest))
    leaving(invited)
    first, *others = invited.outbox

    assert (first.state, first.phone_sealed) == (MessageState.CANCELLED, None)
    assert {one.state for one in others} == {MessageState.LEASED}


@pytest.mark.parametrize(
    ("topic", "purpose"),
    [("desk", Purpose.NOTICE), ("campaign:1", Purpose.NOTICE), ("campaign:1", Purpose.REPLY)],
)
def test_messages_about_something_else_are_left_alone(invited: Desk, topic: str, purpose: Purpose) -> None:
    invited.text(ANNA, "5")
    about = {"gateway": "simulator", "sender": "KHAC", "phone": ANNA, "text": "Tu choi: soan TC"}
    invited.run(enqueue, key=KEY, medium=Medium.SMS, purpose=purpose, topic=topic, **about)
    leaving(invited)

    assert invited.outbox[-1].state == MessageState.LEASED


def test_the_worker_asks_room_texting(app: Flask) -> None:
    assert courier_of(app).unwanted is unwanted


@pytest.mark.parametrize("topic", ["replies", "campaign:", "campaign:x", "other:1"])
def test_a_topic_of_another_kind_is_of_no_campaign(topic: str) -> None:
    assert campaign_of(topic) is None
    assert campaign_of(topic_of(17)) == 17

"""Inviting, reminding, holding back; each person once."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Invitation, InvitationCode
from survey_app.campaigns.operations.invitations import prepare_list, store_list
from survey_app.campaigns.rules.invitations import InvitationRow
from survey_app.foundation.privacy import FieldCipher
from survey_app.messaging.models import OutboxTopic, Sender
from survey_app.messaging.queries import phone_hash
from survey_app.messaging.rules.contract import Medium
from survey_app.messaging.rules.policy import policy_of
from survey_app.texting.operations import (
    UnableToPlan,
    UnableToSend,
    pause_batch,
    preview_batch,
    resume_batch,
)
from survey_app.texting.queries import live_counts
from survey_app.texting.rules import words
from survey_app.texting.rules.conversation import State
from tests.texting.conftest import KEY, PHONES, PUBLIC_URL, Desk


@pytest.fixture
def listed(desk: Desk) -> Desk:
    """A campaign whose list is imported and nobody invited yet."""
    desk.campaign()
    desk.plan()
    desk.invite()
    return desk


class TestImport:
    """Lists of people."""

    def test_stores_phones_as_a_keyed_hash_and_encrypted_only(self, listed: Desk) -> None:
        stored = listed.rows(Invitation)

        assert [one.phone_hash for one in stored] == [phone_hash(KEY, phone) for phone in PHONES]
        assert [FieldCipher(KEY).decrypt(one.phone_sealed) for one in stored] == list(PHONES)

    def test_draws_codes_that_the_table_does_not_show(self, listed: Desk) -> None:
        codes = {listed.code_of(phone) for phone in PHONES}
        digests = {one.digest for one in listed.rows(InvitationCode)}

        assert (len(codes), len(digests)) == (3, 3)
        assert not codes & digests

    def test_leaves_out_phones_of_the_same_list_and_of_the_campaign(self, listed: Desk) -> None:
        report = listed.invite(phones=("0901234561", "+84 907 654 321", "0907.654.321"))

        assert report.invited == 1
        assert [note.line for note in report.skipped] == [2, 4]

    def test_leaves_out_whom_another_list_brought_in_while_this_one_was_made_ready(self, desk: Desk) -> None:
        desk.campaign()
        rows = [InvitationRow(2, PHONES[0], "cao-bang")]
        with desk.database.read() as session:
            people = prepare_list(session, code="moi", rows=rows, key=KEY)
        desk.invite()
        report = desk.run(store_list, code="moi", people=people, key=KEY)

        assert (report.invited, [note.line for note in report.skipped]) == (0, [2])
        assert len(desk.rows(Invitation)) == 3

    def test_draws_another_code_instead_of_one_that_is_taken(self, listed: Desk) -> None:
        others = ("0907654321", "0907654322", "0907654323")
        before = {one.digest for one in listed.rows(InvitationCode)}
        # The same seed draws the same codes as for the first list.
        listed.invite(phones=others)

        assert len(listed.rows(InvitationCode)) == 6
        assert before < {one.digest for one in listed.rows(InvitationCode)}
        assert len({listed.code_of(phone) for phone in PHONES}) == 3

    def test_leaves_out_phones_that_another_campaign_invited_in_the_last_30_days(self, listed: Desk) -> None:
        listed.later(days=29)
        listed.campaign("hai")
        early = listed.invite("hai").invited
        listed.later(days=2)

        assert (early, listed.invite("hai").invited) == (0, 3)

    def test_stores_nothing_when_one_row_is_at_fault(self, listed: Desk) -> None:
        report = listed.invite(phones=("0907654321", "0243 123 4567", "12"))

        assert (report.invited, [note.line for note in report.faults]) == (0, [3, 4])
        assert len(listed.rows(Invitation)) == 3


class TestPreview:
    """What sending would cost."""

    def test_counts_people_segments_dong_and_time(self, listed: Desk) -> None:
        listed.send(most=1)

        def set_price(session: Session) -> None:
            sender = session.scalars(select(Sender)).one()
            sender.price, sender.segments_per_second = Decimal(300), 2

        listed.database.write(set_price)
        seen = listed.run(preview_batch, code="moi", public_url=PUBLIC_URL)

        assert (seen.people, seen.segments, seen.cost) == (2, 1, 600)
        assert seen.takes == timedelta(seconds=1)

    def test_shows_the_text_without_accents(self, listed: Desk) -> None:
        text = listed.run(preview_batch, code="moi", public_url=PUBLIC_URL).text

        assert text.startswith("UBND tinh Cao Bang: Ong/ba cham diem")


class TestSending:
    """Invitations."""

    def test_takes_each_person_once_however_often_it_is_called(self, listed: Desk) -> None:
        taken = [listed.send(most=2).taken for _again in range(3)]

        assert taken == [2, 1, 0]
        assert len({one.phone_hash for one in listed.outbox}) == len(listed.outbox) == 3

    def test_writes_each_persons_own_code_into_the_message(self, listed: Desk) -> None:
        listed.send()

        assert [
            listed.code_of(phone) in one.text for phone, one in zip(PHONES, listed.outbox, strict=True)
        ] == [
            True,
            True,
            True,
        ]

    def test_gives_the_outbox_a_hash_of_the_dossier(self, listed: Desk) -> None:
        listed.send()

        assert all(one.dossier and "H04" not in one.dossier for one in listed.outbox)

    def test_waits_for_whom_another_campaign_has_just_invited(self, listed: Desk) -> None:
        listed.later(days=31)
        listed.campaign("hai")
        listed.plan("hai")
        listed.invite("hai")
        listed.send("hai")

        assert listed.send("moi").taken == 0

    def test_is_refused_without_a_plan_or_a_campaign(self, desk: Desk) -> None:
        desk.campaign()
        desk.invite()

        with pytest.raises(UnableToSend):
            desk.send()
        with pytest.raises(UnableToSend):
            desk.send("unknown")

    def test_is_due_in_the_hours_of_this_installation(self, listed: Desk) -> None:
        # At 21:00 the usual hours are over until 08:00; here they last until 22:00.
        listed.later(hours=11, minutes=30)
        listed.send(most=1, policy=policy_of(opens="08:00", closes="22:00", kept_days=90))
        listed.send()

        assert [one.due_at - listed.now for one in listed.outbox] == [
            timedelta(),
            timedelta(hours=11),
            timedelta(hours=11),
        ]

    def test_can_be_held_back_and_go_on(self, listed: Desk) -> None:
        listed.send()
        listed.run(pause_batch, code="moi")
        held = [one.paused for one in listed.rows(OutboxTopic)]
        listed.run(resume_batch, code="moi")

        assert (held, [one.paused for one in listed.rows(OutboxTopic)]) == ([True], [False])


class TestReminding:
    """One reminder."""

    def test_reaches_the_silent_once_and_nobody_else(self, invited: Desk) -> None:
        invited.text(PHONES[0], "5")
        invited.text(PHONES[1], "TC")
        invited.later(days=3)
        first, again = invited.remind(), invited.remind()

        assert (first.taken, again.taken) == (1, 0)
        assert [one.state for one in invited.conversations][2] is State.REMINDED

    def test_does_not_come_before_three_days(self, invited: Desk) -> None:
        invited.later(days=2)

        assert invited.remind().taken == 0

    def test_carries_the_same_code(self, invited: Desk) -> None:
        code = invited.code_of(PHONES[2])
        invited.later(days=3)
        invited.remind()

        assert sum(code in one.text for one in invited.outbox) == 2


class TestPlan:
    """How a campaign invites."""

    @pytest.mark.parametrize(
        "other",
        [
            {"invitation": "Xin chao {ten}. Tu choi: soan TC"},
            {"invitation": "Xin chao, hay danh gia: {link}"},
            {"number": ""},
            {"unit": ""},
            {"follow_ups": 9},
            {"medium": Medium.ZALO, "template": "7", "reminder": ""},
            {"invitation": words.INVITATION + " x" * 160},
        ],
    )
    def test_refuses_what_could_not_be_sent(self, desk: Desk, other: dict[str, Any]) -> None:
        desk.campaign()

        with pytest.raises(UnableToPlan):
            desk.plan(**other)

    def test_can_be_changed(self, desk: Desk) -> None:
        desk.campaign()
        desk.plan()
        desk.plan(follow_ups=2)
        desk.invite()
        desk.send()

        assert desk.text(PHONES[0], "5")[0].startswith("(2/3)")


def test_live_counts_tell_what_became_of_the_list(invited: Desk) -> None:
    invited.text(PHONES[0], "5")
    invited.text(PHONES[1], "TC")
    with invited.database.read() as session:
        counts = live_counts(session, invited.conversations[0].campaign_id)

    assert (counts.listed, counts.invited, counts.waiting, counts.suppressed) == (3, 3, 2, 1)
    assert (counts.replied, counts.opted_out) == (2, 1)

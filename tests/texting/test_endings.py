"""What time ends: invitations, the link from phones to answers, texts; and what a person reads afterwards."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Invitation, InvitationCode
from survey_app.staff.models import Account
from survey_app.texting.models import ReplyReading
from survey_app.texting.operations import UnableToCode, code_reading, cut_links, expire, purge
from survey_app.texting.queries import count_to_read, readings_to_read
from survey_app.texting.rules.conversation import Say, State
from survey_app.texting.rules.words import TEXTS
from tests.texting.conftest import PHONES, Desk

ANNA, BINH, CHI = PHONES


class TestExpiry:
    """Seven days without an answer."""

    def test_ends_the_invitation_and_forgets_phone_and_code(self, invited: Desk) -> None:
        invited.later(days=7)

        assert invited.run(expire) == 3
        assert {one.state for one in invited.conversations} == {State.EXPIRED}
        assert invited.rows(InvitationCode) == []
        assert [one.phone_sealed for one in invited.rows(Invitation)] == [None, None, None]

    def test_leaves_answered_ones_alone(self, invited: Desk) -> None:
        invited.text(ANNA, "5")
        invited.later(days=6, hours=23)

        assert invited.run(expire) == 0

    def test_lets_a_late_rating_know_once_that_it_is_over(self, invited: Desk) -> None:
        invited.later(days=8)
        invited.run(expire)

        assert [invited.text(ANNA, "5") for _again in range(2)] == [[TEXTS[Say.OVER]], []]
        assert invited.responses == []


class TestCut:
    """Twenty-four hours after the last reply."""

    def test_leaves_nothing_that_leads_from_phone_to_answer(self, invited: Desk) -> None:
        invited.text(ANNA, "5")
        invited.later(hours=24)
        invited.run(cut_links)
        conversation, reading = invited.conversations[0], invited.readings[0]
        links = (
            conversation.response_id,
            conversation.thread,
            conversation.last_reply_at,
            conversation.rated_at,
            conversation.code_digest,
            conversation.reference,
            reading.inbound_id,
        )

        assert links == (None,) * 7
        assert conversation.state is State.CLOSED

    def test_leaves_no_code_that_leads_from_phone_to_text(self, invited: Desk) -> None:
        code = invited.code_of(ANNA)
        invited.text(ANNA, f"DG {code} 5")
        invited.later(hours=24)
        invited.run(cut_links)

        assert code in str(invited.readings[0].text)
        assert [code in one.text for one in invited.outbox] == [False, False, False]
        assert [one.state for one in invited.outbox] == ["cancelled", "queued", "queued"]

    def test_waits_a_day_from_the_last_reply(self, invited: Desk) -> None:
        invited.text(ANNA, "5")
        invited.later(hours=20)
        invited.text(ANNA, "4")
        invited.later(hours=23)

        assert invited.run(cut_links) == 0

    def test_lets_no_later_rating_count_again(self, invited: Desk) -> None:
        code = invited.code_of(ANNA)
        invited.text(ANNA, "5")
        invited.later(hours=25)
        invited.run(cut_links)
        invited.text(ANNA, f"DG {code} 1")
        invited.text(ANNA, "1")

        assert [one.answers for one in invited.responses] == [{"satisfaction": 5}]

    def test_keeps_a_refusal_a_refusal(self, invited: Desk) -> None:
        invited.text(ANNA, "TC")
        invited.later(days=2)
        invited.run(cut_links)

        assert invited.conversations[0].state is State.OPTED_OUT
        assert invited.text(ANNA, "HD") == []


class TestPurge:
    """Purge dates."""

    def test_forgets_raw_texts_and_keeps_what_was_read(self, invited: Desk) -> None:
        invited.text(ANNA, "5")
        invited.later(days=181)
        texts, _phones = invited.run(purge)

        assert (texts, invited.readings[0].text, invited.readings[0].reading) == (1, None, "rating:5")

    def test_forgets_phones_that_were_never_invited(self, desk: Desk) -> None:
        desk.campaign()
        desk.invite()
        desk.later(days=61)

        assert desk.run(purge) == (0, 3)
        assert desk.rows(InvitationCode) == []


class TestCoding:
    """A person reads what the parser left to people."""

    @pytest.fixture
    def reader(self, invited: Desk) -> int:
        def add(session: Session) -> int:
            account = Account(
                email="an@example.vn",
                name="An",
                search_text="an an@example.vn",
                created_at=invited.now,
            )
            session.add(account)
            session.flush()
            return account.id

        return invited.database.write(add)

    @staticmethod
    def code(desk: Desk, reader: int, place: int, rating: int | None) -> ReplyReading:
        """Code the reading at a place of the list."""
        reading_id = desk.readings[place].id
        coded: ReplyReading = desk.run(code_reading, reading_id=reading_id, rating=rating, account_id=reader)
        return coded

    def test_counts_the_rating_and_signs_it(self, invited: Desk, reader: int) -> None:
        invited.text(ANNA, "khong co gi khong hai long")
        coded = self.code(invited, reader, 0, 4)

        assert [one.answers for one in invited.responses] == [{"satisfaction": 4}]
        assert (coded.coded_as, coded.coded_by) == ("rating:4", reader)

    def test_counts_after_the_link_was_cut(self, invited: Desk, reader: int) -> None:
        invited.text(ANNA, "4,5")
        invited.later(days=2)
        invited.run(cut_links)
        self.code(invited, reader, 0, 4)

        assert [one.channel for one in invited.responses] == ["sms"]

    def test_counts_once_for_all_replies_of_one_person(self, invited: Desk, reader: int) -> None:
        for text in ("4,5", "4 hoac 5"):
            invited.text(ANNA, text)
        invited.later(days=2)
        invited.run(cut_links)
        self.code(invited, reader, 0, 4)

        with pytest.raises(UnableToCode):
            self.code(invited, reader, 1, 5)
        assert len(invited.responses) == 1

    def test_is_refused_where_the_person_rated_anyway(self, invited: Desk, reader: int) -> None:
        invited.text(ANNA, "4,5")
        invited.text(ANNA, "4")
        invited.later(days=2)
        invited.run(cut_links)

        with pytest.raises(UnableToCode):
            self.code(invited, reader, 0, 5)

    def test_as_a_comment_takes_it_off_the_list_and_counts_nothing(self, invited: Desk, reader: int) -> None:
        invited.text(ANNA, "Cán bộ rất nhiệt tình hướng dẫn")
        self.code(invited, reader, 0, None)

        assert invited.responses == []
        with pytest.raises(UnableToCode):
            self.code(invited, reader, 0, 3)

    def test_is_refused_for_a_reply_to_no_invitation(self, invited: Desk, reader: int) -> None:
        invited.text("+84987654321", "4,5")

        with pytest.raises(UnableToCode):
            self.code(invited, reader, 0, 4)


def test_the_reading_list_shows_everybody_the_replies_of_their_units(invited: Desk) -> None:
    invited.text(ANNA, "cho qua lau, khong ai huong dan")
    invited.text("+84987654321", "alo")
    with invited.database.read() as session:
        everywhere = readings_to_read(session, unit_paths=[""], most=10)
        elsewhere = count_to_read(session, unit_paths=["01"])

    assert [line.campaign for line in everywhere] == ["", "moi"]
    assert elsewhere == 0

"""What people text back, and what becomes of it."""

from __future__ import annotations

import json

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Invitation, InvitationCode
from survey_app.campaigns.operations import UnableToCreateCampaign
from survey_app.campaigns.operations.invitations import spend_code_of
from survey_app.campaigns.queries import campaign_by_code
from survey_app.foundation.clock import local_date
from survey_app.messaging.operations import receive
from survey_app.messaging.rules.contract import InboundText
from survey_app.questionnaires.rules import build
from survey_app.responses.rules.answers import encode
from survey_app.results.queries.figures import compute
from survey_app.texting.operations import hear
from survey_app.texting.rules.conversation import Say, State
from survey_app.texting.rules.words import TEXTS
from tests.texting.conftest import KEY, PHONES, Desk

ANNA, BINH, CHI = PHONES
CLARIFY, THANKS, CHANGED = TEXTS[Say.CLARIFY], TEXTS[Say.THANKS], TEXTS[Say.CHANGED]


class TestRating:
    """A clean rating."""

    def test_becomes_a_response_of_channel_and_instrument_sms(self, invited: Desk) -> None:
        answered = invited.text(ANNA, "5")
        (response,) = invited.responses

        assert answered == [THANKS]
        assert (response.channel, response.instrument, response.service_point_id) == ("sms", "sms", None)
        assert response.answers == {"satisfaction": 5}

    def test_is_found_by_its_code_from_another_phone(self, invited: Desk) -> None:
        answered = invited.text("+84987654321", f"DG {invited.code_of(BINH)} 4")

        assert answered == [THANKS]
        assert [one.state for one in invited.conversations] == [State.INVITED, State.RATED, State.INVITED]

    def test_with_words_keeps_them_as_the_comment_for_a_person_to_read(self, invited: Desk) -> None:
        invited.text(ANNA, "4 nhung cho lau")

        assert invited.responses[0].answers["comment"].endswith("cho lau")
        assert invited.readings[0].waits_for_person

    def test_within_a_day_replaces_the_first_and_both_stay_in_the_history(self, invited: Desk) -> None:
        code = invited.code_of(ANNA)
        invited.text(ANNA, "5")
        invited.later(hours=3)
        answered = invited.text(ANNA, f"DG {code} 2")

        assert answered == [CHANGED]
        assert [one.answers for one in invited.responses] == [{"satisfaction": 2}]
        assert [one.reading for one in invited.readings] == ["rating:5", f"rating:2;ref={code}"]

    def test_that_replaces_another_changes_what_estimation_reads(self, invited: Desk) -> None:
        from survey_app.questionnaires.gateway.files import read, shipped_file

        invited.text(ANNA, "5")
        invited.text(ANNA, "1")
        path = shipped_file("counter_pulse")
        assert path is not None

        assert invited.responses[0].codes == encode(build(read(path).document), {"satisfaction": 1})

    def test_after_a_day_changes_nothing_and_waits_for_a_person(self, invited: Desk) -> None:
        invited.text(ANNA, "5")
        invited.later(hours=23)
        invited.text(ANNA, "cam on")
        invited.later(hours=2)
        invited.text(ANNA, "1")

        assert [one.answers for one in invited.responses] == [{"satisfaction": 5}]
        assert invited.readings[-1].event == "late_rating"
        assert invited.readings[-1].waits_for_person

    def test_heard_twice_by_mistake_is_refused_by_the_database(self, invited: Desk) -> None:
        event = InboundText(provider_id="same", sender=ANNA, to="8079", text="3")
        invited.run(hear, event=event, inbound_id=77, key=KEY)

        with pytest.raises(IntegrityError):
            invited.run(hear, event=event, inbound_id=77, key=KEY)
        assert len(invited.responses) == len(invited.readings) == 1

    def test_after_the_form_was_sent_on_the_web_counts_no_second_time(self, invited: Desk) -> None:
        invitation = invited.rows(Invitation)[0]
        invited.database.write(lambda session: spend_code_of(session, invitation_id=invitation.id))
        answered = invited.text(ANNA, "5")

        assert answered == [TEXTS[Say.ALREADY]]
        assert invited.responses == []

    def test_takes_the_code_and_the_phone_away(self, invited: Desk) -> None:
        invited.text(ANNA, "5")

        assert len(invited.rows(InvitationCode)) == 2
        assert [one.phone_sealed is None for one in invited.rows(Invitation)] == [True, False, False]


class TestFurtherQuestions:
    """Questions after the overall one."""

    @pytest.fixture
    def asked(self, desk: Desk) -> Desk:
        desk.campaign()
        desk.plan(follow_ups=2)
        desk.invite()
        desk.send()
        return desk

    def test_are_asked_one_by_one_in_the_words_of_the_questionnaire(self, asked: Desk) -> None:
        first, second, end = (asked.text(ANNA, text) for text in ("5", "4", "3"))

        assert first == ["(2/3) Thai do cua can bo? Tra loi 1-5 (5=rat hai long, 1=rat khong hai long)."]
        assert second[0].startswith("(3/3) Huong dan ro rang")
        assert end == [THANKS]

    def test_complete_the_same_response(self, asked: Desk) -> None:
        for text in ("5", "4", "3"):
            asked.text(ANNA, text)

        assert [one.answers for one in asked.responses] == [{"satisfaction": 5, "attitude": 4, "guidance": 3}]

    def test_may_all_be_answered_at_once(self, asked: Desk) -> None:
        answered = asked.text(ANNA, "5 4 3")

        assert answered == [THANKS]
        assert asked.responses[0].answers == {"satisfaction": 5, "attitude": 4, "guidance": 3}

    def test_left_open_by_an_unclear_reply_are_not_asked_again(self, asked: Desk) -> None:
        asked.text(ANNA, "5")
        answered = asked.text(ANNA, "4 hoac 5")

        assert answered == [THANKS]
        assert asked.responses[0].answers == {"satisfaction": 5}

    def test_let_a_code_rate_anew_in_between(self, asked: Desk) -> None:
        code = asked.code_of(ANNA)
        asked.text(ANNA, "5")
        again = asked.text(ANNA, f"DG {code} 1")

        assert again[0].startswith("(2/3)")
        assert asked.responses[0].answers == {"satisfaction": 1}


class TestUnclear:
    """Replies that are no clean rating."""

    def test_are_asked_about_once_and_then_wait_for_a_person(self, invited: Desk) -> None:
        answers = [invited.text(ANNA, text) for text in ("ok", "4,5", "??")]

        assert answers == [[CLARIFY], [], []]
        assert [one.waits_for_person for one in invited.readings] == [True, True, True]

    def test_still_let_a_clean_rating_count(self, invited: Desk) -> None:
        invited.text(ANNA, "ok")
        invited.text(ANNA, "0")
        invited.text(ANNA, "rất hài lòng")

        assert [one.answers for one in invited.responses] == [{"satisfaction": 5}]

    def test_of_a_complaint_say_where_complaints_belong(self, invited: Desk) -> None:
        answered = invited.text(ANNA, "Tôi muốn khiếu nại cán bộ tiếp nhận")

        assert answered == [TEXTS[Say.COMPLAINT]]
        assert (invited.readings[0].event, invited.readings[0].waits_for_person) == ("complaint", True)

    def test_of_a_phone_with_two_open_invitations_is_a_rating_without_its_code(self, invited: Desk) -> None:
        invited.later(days=0)
        _second_campaign(invited)
        first, code = invited.text(ANNA, "5"), invited.code_of(ANNA)
        second = invited.text(ANNA, f"DG {code} 5")

        assert first == [TEXTS[Say.WHICH]]
        assert second == [THANKS]
        assert len(invited.responses) == 1

    def test_from_a_stranger_are_kept_and_not_answered(self, invited: Desk) -> None:
        answered = invited.text("+84987654321", "5")

        assert answered == []
        assert (invited.readings[0].campaign_id, invited.readings[0].waits_for_person) == (None, True)


def _second_campaign(desk: Desk) -> None:
    """Open a second conversation with the first phone, as if the limits of another product allowed it."""
    campaign_id = desk.campaign("hai")
    desk.plan("hai")
    first = desk.rows(Invitation)[0]

    def store(session: Session) -> None:
        from survey_app.texting.models import Conversation

        twin = Invitation(
            campaign_id=campaign_id,
            office_id=first.office_id,
            phone_hash=first.phone_hash,
            procedure="",
            created_at=desk.now,
            purge_on=first.purge_on,
        )
        session.add(twin)
        session.flush()
        session.add(
            Conversation(
                campaign_id=campaign_id,
                office_id=first.office_id,
                invitation_id=twin.id,
                phone_hash=first.phone_hash,
                state=State.INVITED,
                invited_at=desk.now,
            )
        )

    desk.database.write(store)


class TestRefusal:
    """Opt-outs and wrong numbers."""

    def test_is_never_answered_however_often_it_comes(self, invited: Desk) -> None:
        assert [invited.text(ANNA, text) for text in ("TC", "STOP", "HD", "5", "ok")] == [[]] * 5

    def test_stores_no_rating_afterwards(self, invited: Desk) -> None:
        invited.text(ANNA, "TC")
        invited.text(ANNA, "5")

        assert invited.responses == []
        assert invited.readings[-1].waits_for_person

    def test_suppresses_what_waits_for_the_phone(self, invited: Desk) -> None:
        invited.text(ANNA, "Tu choi")

        assert [one.state for one in invited.outbox] == ["suppressed", "queued", "queued"]

    def test_keeps_later_campaigns_from_writing(self, invited: Desk) -> None:
        invited.text(ANNA, "TC")
        invited.later(days=31)
        invited.campaign("sau")
        invited.plan("sau")
        invited.invite("sau")
        sent = invited.send("sau")

        assert (sent.taken, sent.suppressed) == (3, 1)

    def test_is_lifted_by_the_phone_itself(self, invited: Desk) -> None:
        invited.text(ANNA, "TC")

        assert invited.text(ANNA, "DK") == [TEXTS[Say.WELCOME]]

    def test_of_a_wrong_number_ends_the_conversation_without_a_word(self, invited: Desk) -> None:
        assert invited.text(ANNA, "nham so roi") == []
        assert invited.conversations[0].state is State.WRONG_NUMBER

    def test_does_not_begin_a_sentence_that_goes_on(self, invited: Desk) -> None:
        invited.text(ANNA, "Toi tu choi nop them tien vi can bo doi phi")

        assert invited.conversations[0].state is State.TO_READ


class TestStars:
    """Stars given in Zalo's own form."""

    @pytest.fixture
    def rated(self, desk: Desk) -> Desk:
        from survey_app.messaging.rules.contract import Medium

        desk.campaign(channels=("zalo",))
        desk.plan(
            medium=Medium.ZALO,
            gateway="zalo",
            sender="OA",
            template="7",
            number="",
            invitation="{unit} mời Ông/Bà đánh giá hồ sơ {code}",
            reminder="",
        )
        desk.invite()
        desk.send()
        return desk

    def test_are_another_instrument_of_channel_zalo(self, rated: Desk) -> None:
        rated.stars(rated.conversations[1].reference or "", 5)

        assert [(one.channel, one.instrument) for one in rated.responses] == [("zalo", "zalo_stars")]

    def test_are_found_by_the_code_too(self, rated: Desk) -> None:
        rated.stars(rated.code_of(CHI), 2, "Chờ lâu")

        assert rated.responses[0].answers == {"satisfaction": 2, "comment": "Chờ lâu"}
        assert rated.conversations[2].state is State.RATED

    @pytest.mark.parametrize("stars", [0, 6])
    def test_outside_one_to_five_are_no_rating(self, rated: Desk, stars: int) -> None:
        rated.stars(rated.conversations[0].reference or "", stars)

        assert rated.responses == []


class TestIndex:
    """What the index says of ratings by message."""

    def test_shows_channel_sms_and_people_who_were_invited(self, desk: Desk) -> None:
        phones = [f"+8490123456{digit}" for digit in range(10)]
        desk.campaign()
        desk.plan()
        desk.invite(phones=phones)
        desk.send()
        for phone in phones:
            desk.text(phone, "4")
        with desk.database.read() as session:
            campaign = campaign_by_code(session, "moi", today=local_date(desk.now))
            assert campaign is not None
            document = json.loads(compute(session, campaign=campaign).text)
        people = document["population"]

        assert people["kind"] == "invited"
        assert [(one["channel"], one["responses"]) for one in people["channels"]] == [("sms", 10)]

    @pytest.mark.parametrize("other", ["qr", "web", "interview"])
    def test_never_pools_invited_people_with_others(self, desk: Desk, other: str) -> None:
        with pytest.raises(UnableToCreateCampaign):
            desk.campaign(channels=("sms", other))


def test_a_carriers_repetition_is_answered_alike_and_counted_once(invited: Desk) -> None:
    answers = [
        invited.run(
            receive,
            gateway="simulator",
            event=InboundText(provider_id=provider_id, sender=ANNA, to="8079", text="5"),
            handler=lambda session, event, inbound_id, now: hear(
                session, event=event, inbound_id=inbound_id, key=KEY, now=now
            ),
            key=KEY,
        ).replies
        for provider_id in ("a", "a", "b")
    ]

    assert answers == [[THANKS]] * 3
    assert len(invited.responses) == 1

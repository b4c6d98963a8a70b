"""Who must not be written to."""

from __future__ import annotations

import pytest

from survey_app.messaging.rules.contract import Cause, Medium
from survey_app.messaging.rules.optouts import (
    Block,
    Lifter,
    Reason,
    covered,
    may_lift,
    may_write,
    opt_out_wording,
    reason_for,
    reason_label,
    says_how_to_refuse,
)
from survey_app.messaging.rules.texts import unaccented

REFUSALS = (Reason.CITIZEN, Reason.CARRIER, Reason.STAFF, Reason.WRONG_NUMBER)


class TestMayWrite:
    """What a block covers."""

    def test_is_yes_without_a_block(self) -> None:
        assert all(may_write([], medium) for medium in Medium)

    @pytest.mark.parametrize("reason", REFUSALS)
    @pytest.mark.parametrize("arose", list(Medium))
    @pytest.mark.parametrize("medium", list(Medium))
    def test_is_no_on_every_medium_after_a_refusal_on_any(
        self, reason: Reason, arose: Medium, medium: Medium
    ) -> None:
        assert not may_write([Block(reason, arose)], medium)

    def test_is_no_only_where_the_number_cannot_be_reached(self) -> None:
        unreachable = [Block(Reason.UNREACHABLE, Medium.SMS)]

        assert not may_write(unreachable, Medium.SMS)
        assert may_write(unreachable, Medium.ZALO)

    def test_is_no_for_sms_where_the_national_register_lists_the_number(self) -> None:
        assert covered(Block(Reason.REGISTER, Medium.SMS)) == {Medium.SMS}

    def test_adds_blocks_up(self) -> None:
        blocks = [Block(Reason.UNREACHABLE, Medium.SMS), Block(Reason.CITIZEN, Medium.SMS)]

        assert not may_write(blocks, Medium.ZALO)


class TestMayLift:
    """Opting in again."""

    @pytest.mark.parametrize("reason", list(Reason))
    def test_is_always_possible_from_the_phone_itself(self, reason: Reason) -> None:
        assert may_lift(reason, Lifter.PHONE)

    @pytest.mark.parametrize("reason", [Reason.CITIZEN, Reason.CARRIER])
    def test_is_not_for_staff_against_a_citizen(self, reason: Reason) -> None:
        assert not may_lift(reason, Lifter.STAFF)

    @pytest.mark.parametrize(
        "reason", [Reason.STAFF, Reason.UNREACHABLE, Reason.REGISTER, Reason.WRONG_NUMBER]
    )
    def test_lets_staff_mend_their_own_entries(self, reason: Reason) -> None:
        assert may_lift(reason, Lifter.STAFF)


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        (Cause.NUMBER, Reason.UNREACHABLE),
        (Cause.OPTED_OUT, Reason.CARRIER),
        (Cause.CONTENT, None),
        (Cause.CONFIGURATION, None),
        (Cause.ROUTE, None),
        (Cause.OURS, None),
    ],
)
def test_only_what_is_about_the_phone_blocks_it(cause: Cause, reason: Reason | None) -> None:
    assert reason_for(cause) is reason


class TestWording:
    """How a first message says "no more"."""

    @pytest.mark.parametrize("number", [None, "8079"])
    def test_is_recognised_with_and_without_accents(self, number: str | None) -> None:
        words = opt_out_wording(number)

        assert says_how_to_refuse(words)
        assert says_how_to_refuse(unaccented(words))

    @pytest.mark.parametrize(
        "text",
        ["Tu choi: TC gui 8079", "Soan TC gui 8079 de tu choi nhan tin", "Ong/ba co the TỪ CHỐI, soan TC."],
    )
    def test_is_recognised_in_any_order(self, text: str) -> None:
        assert says_how_to_refuse(text)

    @pytest.mark.parametrize(
        "text", ["", "Tu choi: goi 1022", "Ho so TC 123", "Tu choi: soan TCX", "Cục TCĐLCL từ chối"]
    )
    def test_is_missed_where_the_word_or_its_meaning_is_missing(self, text: str) -> None:
        assert not says_how_to_refuse(text)


def test_every_reason_has_a_label_of_its_own() -> None:
    assert len({reason_label(reason) for reason in Reason}) == len(Reason)

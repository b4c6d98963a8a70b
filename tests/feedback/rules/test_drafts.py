"""What is typed is cleaned without losing a letter, and law's contact data are asked for where they must be."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.feedback.rules.drafts import (
    SUMMARY_LENGTH,
    CaseDraft,
    SenderDraft,
    lacks_contact,
    plain_line,
    plain_text,
    summary_of,
)
from survey_app.feedback.rules.kinds import Anonymity, Channel, Kind

few = settings(max_examples=60, deadline=None)


def draft(**other: object) -> CaseDraft:
    usual: dict[str, object] = {"submission_id": "1", "kind": Kind.PETITION, "unit_path": "04", "text": "x"}
    return CaseDraft(**(usual | other))  # type: ignore[arg-type]


class TestPlainText:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("Hòa\u0300\x00", "Hòà"),
            ("a\u202eb\u2066c\u2069", "abc"),
            ("một\r\nhai\rba\u2028bốn", "một\nhai\nba\nbốn"),
            ("\ufeff  x \u200b", "x"),
            ("ƀơ\u0306 ê\u0306", "ƀơ\u0306 ê\u0306"),
            ("a\ufffeb\uffff\U0001ffffc", "abc"),
            ("👩\u200d⚕️", "👩\u200d⚕️"),
        ],
    )
    def test_keeps_letters_and_drops_what_hides(self, typed: str, kept: str) -> None:
        assert plain_text(typed) == kept

    @few
    @given(st.text())
    def test_holds_nothing_that_reorders(self, typed: str) -> None:
        assert not {unicodedata.bidirectional(one) for one in plain_text(typed)} & {
            "RLO",
            "LRO",
            "RLI",
            "LRI",
        }

    @few
    @given(st.text())
    def test_is_one_line_for_a_name(self, typed: str) -> None:
        assert "\n" not in plain_line(typed)


class TestSummary:
    @few
    @given(st.text())
    def test_fits_into_a_list(self, text: str) -> None:
        assert len(summary_of(text)) <= SUMMARY_LENGTH

    def test_ends_at_a_word(self) -> None:
        assert summary_of("đèn hỏng " * 30).endswith("hỏng…")


class TestLacksContact:
    REQUIRED = (Kind.PETITION,)

    @pytest.mark.parametrize(
        ("sender", "lacks"),
        [
            (SenderDraft(), True),
            (SenderDraft(name="Lan"), True),
            (SenderDraft(phone="0912345678"), True),
            (SenderDraft(name="Lan", phone="0912345678"), False),
            (SenderDraft(name="Lan", address="Tổ 5"), False),
        ],
    )
    def test_asks_name_and_telephone_or_address(self, sender: SenderDraft, lacks: bool) -> None:
        # NĐ 20/2008/NĐ-CP Đ7: name, address, telephone or mailing address.
        assert lacks_contact(draft(sender=sender), self.REQUIRED) is lacks

    def test_asks_nothing_for_other_kinds(self) -> None:
        assert not lacks_contact(draft(kind=Kind.SUGGESTION), self.REQUIRED)

    def test_does_not_take_a_name_that_will_not_be_kept(self) -> None:
        sender = SenderDraft(name="Lan", phone="0912345678")
        assert lacks_contact(draft(sender=sender, anonymity=Anonymity.ANONYMOUS), self.REQUIRED)

    @pytest.mark.parametrize("channel", [Channel.LETTER, Channel.EMAIL, Channel.PORTAL])
    def test_enters_a_letter_as_it_came(self, channel: Channel) -> None:
        assert not lacks_contact(draft(channel=channel), self.REQUIRED)

"""What is suggested to be covered, and what is left alone."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.feedback.rules.publication import CopyDraft, as_typed, suspicions, with_covered
from survey_app.feedback.rules.redaction import MARKS, Secret, covered, findings, readable
from tests.feedback.answers.redaction_sentences import HIDDEN, LEFT

SENTENCES = st.lists(st.sampled_from([*(one for one, _ in HIDDEN), *LEFT]), max_size=12).map(" \n".join)


@pytest.mark.parametrize(("sentence", "secrets"), HIDDEN)
def test_what_leads_to_a_person_is_found(sentence: str, secrets: tuple[str, ...]) -> None:
    assert tuple(one.text for one in findings(readable(sentence))) == secrets


@pytest.mark.parametrize("sentence", LEFT)
def test_what_leads_to_nobody_is_left_alone(sentence: str) -> None:
    assert findings(readable(sentence)) == []


@settings(max_examples=40, deadline=None)
@given(SENTENCES)
def test_findings_are_places_in_the_text_that_do_not_overlap(text: str) -> None:
    found = findings(readable(text))

    assert all(readable(text)[one.start : one.end] == one.text for one in found)
    assert all(one.end <= next_.start for one, next_ in pairwise(found))


@settings(max_examples=40, deadline=None)
@given(SENTENCES)
def test_nothing_that_was_chosen_is_left_and_nothing_is_found_anew(text: str) -> None:
    plain = readable(text)
    found = findings(plain)
    safe = covered(plain, found, {one.text for one in found})

    assert safe.count("[đã che: ") == len(found)
    assert not {one.text for one in findings(safe)} - {one.text for one in found}


def test_only_what_was_chosen_is_covered() -> None:
    text = "Gọi 0912345678 hoặc 0987654321."

    assert covered(text, findings(text), {"0912345678"}) == f"Gọi {MARKS[Secret.PHONE]} hoặc 0987654321."


class TestKnownSenders:
    """The sender's own data are looked for without a form of address."""

    def test_a_name_is_found_in_any_case(self) -> None:
        (found,) = findings("người báo là nông thị hoa ở gần đó", names=["Nông Thị Hoa"])

        assert (found.secret, found.text) == (Secret.NAME, "nông thị hoa")

    def test_a_telephone_is_found_with_any_gaps(self) -> None:
        (found,) = findings("số 09-12-34-56-78 nhé", names=["0912345678"])

        assert found.text == "09-12-34-56-78"

    def test_a_name_inside_of_another_word_is_none(self) -> None:
        assert findings("đã lan rộng khắp lanh lợi", names=["an"]) == []

    def test_the_telephone_of_the_unit_is_public(self) -> None:
        text = "Hỏi tại số 0206 3852 234."

        assert findings(text, spared=["+84 206.3852.234"]) == []


@pytest.mark.parametrize(
    "text",
    ["0" * 200_000, "Nguyễn " * 30_000, "ông " * 50_000, "a@" * 100_000, "tổ 5, " * 30_000, "12A" * 60_000],
    ids=["digits", "names", "addresses", "mails", "places", "plates"],
)
def test_no_text_makes_the_search_crawl(text: str) -> None:
    begun = time.perf_counter()
    findings(text)

    assert time.perf_counter() - begun < 10


class TestReadable:
    """Disguises are taken off before anything is looked for."""

    @pytest.mark.parametrize(
        "typed", ["０９１２３４５６７８", "٠٩١٢٣٤٥٦٧٨", "0912\u200b345678", "\u202e0912345678"]
    )
    def test_digits_become_plain(self, typed: str) -> None:
        assert readable(typed) == "0912345678"

    def test_vietnamese_stays_and_is_composed(self) -> None:
        assert readable("Nguye\u0302\u0303n\r\n\tm²") == "Nguyễn\n\tm²"

    @pytest.mark.parametrize("bad", ["\x00", "\x0b", "\ufffe", "\uffff"])
    def test_what_no_xml_may_hold_is_dropped(self, bad: str) -> None:
        assert readable(f"a{bad}b") == "ab"


class TestCopies:
    """The three texts of a public copy."""

    COPY = CopyDraft("Gọi 0912345678", "Tôi là Lý A Páo, 0912345678.", "Chào ông Lý A Páo.")

    def test_each_different_text_is_shown_once_with_its_count(self) -> None:
        found = suspicions(self.COPY, names=(), spared=())

        assert [(one.finding.text, one.count) for one in found] == [("0912345678", 2), ("Lý A Páo", 2)]

    def test_a_chosen_text_is_covered_in_all_three(self) -> None:
        copy = with_covered(self.COPY, {"0912345678", "Lý A Páo"}, names=(), spared=())

        assert suspicions(copy, names=(), spared=()) == []
        assert copy.answer == "Chào ông [đã che: tên]."

    def test_a_title_stands_on_one_line(self) -> None:
        assert as_typed(" Đèn\n hỏng ", "", "").title == "Đèn hỏng"

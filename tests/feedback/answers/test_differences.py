"""What changed between two texts, and three brought together."""

from __future__ import annotations

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from survey_app.feedback.rules.answers import LONGEST_PART, Part
from survey_app.feedback.rules.differences import Change, Meeting, difference, meetings

WORDS = st.lists(st.sampled_from(["đèn", "hỏng", "đã", "sửa.", "\n", "  "]), max_size=20).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(WORDS, WORDS)
def test_both_texts_can_be_read_from_their_difference(old: str, new: str) -> None:
    pieces = difference(old, new)

    assert "".join(one.text for one in pieces if one.change is not Change.ADDED) == old
    assert "".join(one.text for one in pieces if one.change is not Change.REMOVED) == new


def test_one_changed_word_is_one_removed_and_one_added() -> None:
    pieces = difference("Sửa trước thứ Hai tuần sau.", "Sửa trước thứ Ba tuần sau.")

    assert [(one.change, one.text) for one in pieces] == [
        (Change.SAME, "Sửa trước thứ "),
        (Change.REMOVED, "Hai "),
        (Change.ADDED, "Ba "),
        (Change.SAME, "tuần sau."),
    ]


def test_the_longest_parts_are_compared_without_a_wait() -> None:
    old, new = "đèn hỏng " * (LONGEST_PART // 9), "hỏng đèn " * (LONGEST_PART // 9)
    begun = time.perf_counter()
    difference(old, new)

    assert time.perf_counter() - begun < 2


class TestMeetings:
    """Two people wrote from the same text."""

    def test_what_only_one_changed_is_taken_from_that_one(self) -> None:
        base, mine, theirs = {Part.FOUND: "a", Part.DONE: "b"}, {Part.FOUND: "A", Part.DONE: "b"}, {}
        theirs = {Part.FOUND: "a", Part.DONE: "B"}
        found = {one.part: one for one in meetings(base, mine, theirs)}

        assert (found[Part.FOUND].proposed, found[Part.DONE].proposed) == ("A", "B")
        assert not any(one.is_conflict for one in found.values())

    def test_what_both_changed_differently_is_for_a_person(self) -> None:
        meeting = Meeting(Part.FOUND, "a", "mine", "theirs")

        assert meeting.is_conflict
        assert meeting.proposed == "mine"

    def test_what_both_changed_alike_is_agreed(self) -> None:
        assert not Meeting(Part.FOUND, "a", "b", "b").is_conflict

"""Pages of long lists."""

from __future__ import annotations

import pytest

from survey_app.foundation.paging import LAST_PAGE, page_number, paged


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1), ("17", 17), (str(LAST_PAGE), LAST_PAGE), ("007", 7)],
)
def test_a_page_is_what_was_asked_for(text: str, number: int) -> None:
    assert page_number(text) == number


@pytest.mark.parametrize(
    "text", [None, "", "0", "-1", "x", "1.5", "٣", "100001", "9" * 40, "0000000019" + "9" * 20]
)
def test_a_page_that_cannot_be_is_the_first(text: str | None) -> None:
    assert page_number(text) == 1


def test_a_page_says_whether_another_follows() -> None:
    whole = paged([1, 2, 3], number=1, size=2)

    assert (list(whole.items), whole.more) == ([1, 2], True)
    assert not paged([1, 2], number=1, size=2).more

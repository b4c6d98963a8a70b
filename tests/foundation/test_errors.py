"""References that a citizen can read out and an operator can find in the log."""

from __future__ import annotations

import re

from survey_app.foundation.errors import Refused, new_reference


def test_makes_references_without_letters_that_look_alike() -> None:
    references = [new_reference() for _ in range(500)]

    assert all(re.fullmatch(r"[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}", one) for one in references)


def test_makes_a_new_reference_each_time() -> None:
    assert len({new_reference() for _ in range(2_000)}) == 2_000


def test_a_refusal_keeps_its_words() -> None:
    assert str(Refused("Cuộc khảo sát này đã đóng.")) == "Cuộc khảo sát này đã đóng."

"""What must be true of every questionnaire that ships."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from survey_app.foundation.resources import resource_folder
from survey_app.questionnaires.gateway import read, shipped
from survey_app.questionnaires.rules import Questionnaire, Text, build
from survey_app.questionnaires.schemas import check

FILES = shipped()
WORDS_PER_MINUTE = 238
"""Silent reading of English (Brysbaert 2019); for Vietnamese taken as syllables, which is on the slow side."""
SECONDS_PER_ANSWER = 3
"""Our own assumption for deciding and tapping."""
ASKS_FOR_A_PERSON = re.compile(r"họ và tên|ngày sinh|e-?mail|CCCD|your name|date of birth", re.IGNORECASE)


@pytest.fixture(scope="module", params=FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def path(request: pytest.FixtureRequest) -> Path:
    """Each file in turn."""
    given: Path = request.param
    return given


@pytest.fixture(scope="module")
def document(path: Path) -> dict[str, Any]:
    """Its plain document."""
    return read(path).document


@pytest.fixture(scope="module")
def questionnaire(document: dict[str, Any]) -> Questionnaire:
    """The questionnaire made of it."""
    return build(document)


def wordings(value: Any) -> Iterator[Text]:
    """Every group of words by language."""
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict) and "vi" in value:
        yield value
    for part in below:
        yield from wordings(part)


def test_three_ship() -> None:
    assert {path.parent.name for path in FILES} >= {"sipas_2022", "one_stop", "counter_pulse"}


def test_is_sound(path: Path) -> None:
    assert check(path) == []


def test_fits_the_json_schema(document: dict[str, Any]) -> None:
    schema = json.loads((resource_folder("questionnaires") / "schema.json").read_text(encoding="utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(document)) == []


def test_is_complete_in_vietnamese_and_english(document: dict[str, Any]) -> None:
    assert document["languages"] == ["vi", "en"]
    assert all(set(text) == {"vi", "en"} and all(text.values()) for text in wordings(document))


def test_is_written_in_composed_unicode(path: Path) -> None:
    assert unicodedata.is_normalized("NFC", path.read_text(encoding="utf-8"))


def test_has_no_language_in_the_other_ones_place(document: dict[str, Any]) -> None:
    marks = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
    names = re.compile("Thừa Thiên Huế")
    texts = list(wordings(document))
    assert not [text["en"] for text in texts if marks.search(names.sub("", text["en"]))]
    same = {text["vi"] for text in texts if text["vi"] == text["en"]}
    assert same <= {"Kinh"}


def test_writes_vietnamese_with_its_marks(document: dict[str, Any]) -> None:
    # A Vietnamese phrase of three words or more has at least one mark; without any, the marks were lost.
    plain = [
        text["vi"] for text in wordings(document) if text["vi"].isascii() and len(text["vi"].split()) > 2
    ]
    assert plain == []


def test_addresses_people_politely(document: dict[str, Any]) -> None:
    assert not [
        text["vi"]
        for text in wordings(document)
        if re.search(r"\b(bạn(?! bè)|anh/chị|quý khách)\b", text["vi"].lower())
    ]


def test_says_in_one_sentence_who_collects_and_why(questionnaire: Questionnaire) -> None:
    assert questionnaire.purpose["vi"].startswith("Cơ quan")
    assert "ẩn danh" in questionnaire.purpose["vi"]
    assert questionnaire.purpose["en"].count(".") == 1


def test_asks_for_no_personal_data(questionnaire: Questionnaire) -> None:
    asked = [text for item in questionnaire.items for text in (item.text["vi"], item.text["en"])]
    assert not [text for text in asked if ASKS_FOR_A_PERSON.search(text)]


def test_warns_against_names_wherever_people_write_freely(questionnaire: Questionnaire) -> None:
    long = [question for question in questionnaire.questions if question.type == "long_text"]
    assert all(question.help and "đừng ghi họ tên" in question.help["vi"] for question in long)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_states_an_honest_time(questionnaire: Questionnaire, language: str) -> None:
    read_once: dict[str, int] = {}
    for section in questionnaire.sections:
        heard = [section.title, section.help]
        for question in section.questions:
            heard += [question.text, question.help, *(row.text for row in question.rows)]
            heard += [option.label for option in question.options]
        read_once |= {text[language]: len(text[language].split()) for text in heard if text}
    reading = sum(read_once.values()) / WORDS_PER_MINUTE * 60
    estimate = reading + SECONDS_PER_ANSWER * len(questionnaire.coded_items)
    assert 0.7 * questionnaire.seconds <= estimate <= 1.05 * questionnaire.seconds

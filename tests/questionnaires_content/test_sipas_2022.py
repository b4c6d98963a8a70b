"""The form of 2022 is whole and word for word; what departs from the copy is listed here and in its `source`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from survey_app.questionnaires.rules import (
    Aggregation,
    BlankRule,
    Item,
    Level,
    MissingCode,
    Questionnaire,
    QuestionType,
    ScoreMethod,
    nodes,
)

Printed = Callable[[str], list[dict[str, str]]]

ADDRESS = {"A.addr.province", "A.addr.district", "A.addr.commune", "A.addr.village"}
UNKNOWN = {"Q10.8"}
OPTION_SETS = {
    **{f"Q1.{row}": "INT3" for row in range(1, 9)},
    "Q2": "Q2",
    "Q3": "Q3",
    "Q4": "Q4",
    "Q5": "Q5",
    "Q6": "MODE3",
    "Q7": "MODE3",
    **{f"Q8.{row}": "EXP2" for row in range(1, 8)},
    **{f"Q10.{row}": "NEED3" for row in range(1, 11) if row != 8},
    "A.sex": "SEX",
    "A.age": "AGE",
    "A.education": "EDU",
    "A.occupation": "OCC",
    "A.ethnicity": "ETH",
    "A.area": "AREA",
    "A.terrain": "TERRAIN",
}
RELABELLED = {("AGE", "1"): "18 - 24 tuổi", ("ETH", "2"): "Dân tộc khác"}
"""Age 25 is in two printed bands; a bare "Khác" needs the space to specify, which is not offered."""


def test_has_the_33_criteria_word_for_word(sipas: Questionnaire, printed: Printed) -> None:
    rows = printed("sipas_2022_criteria")
    assert len(rows) == 33
    assert [row["criterion_vi"] for row in rows] == [
        sipas.item(row["criterion_id"]).text["vi"] for row in rows
    ]


def test_asks_the_criteria_in_the_printed_order(sipas: Questionnaire, printed: Printed) -> None:
    asked = [item.id for item in sipas.items if item.question.type is QuestionType.SCALE]
    assert asked == [row["criterion_id"] for row in printed("sipas_2022_criteria")]


def test_gives_the_printed_explanations_as_help(sipas: Questionnaire, printed: Printed) -> None:
    for row in printed("sipas_2022_criteria"):
        help_text = sipas.item(row["criterion_id"]).question.help
        assert (help_text["vi"] if help_text else "") == row["explanation_vi"]


def test_puts_each_criterion_under_its_printed_factor_and_content(
    sipas: Questionnaire, printed: Printed
) -> None:
    assert sipas.recipe is not None
    found = [
        (content.id, factor.id, factor.label["vi"], criterion.item)
        for content in sipas.recipe.contents
        for factor in content.factors
        for criterion in factor.criteria
    ]
    keys = ("content_id", "factor_id", "factor_vi", "criterion_id")
    assert found == [tuple(row[key] for key in keys) for row in printed("sipas_2022_criteria")]


def test_has_every_printed_question_and_row_word_for_word(sipas: Questionnaire, printed: Printed) -> None:
    texts = {item.id: item.text["vi"] for item in sipas.items}
    texts |= {question.id: question.text["vi"] for question in sipas.questions}
    expected = {
        row["question_id"]: row["text_vi"]
        for row in printed("sipas_2022_form_questions")
        if not row["question_id"].startswith("Q9") and row["question_id"] not in ADDRESS | UNKNOWN
    }
    assert {id: texts.get(id) for id in expected} == expected  # noqa: A001


def test_heads_the_criteria_with_the_printed_question_9(sipas: Questionnaire, printed: Printed) -> None:
    stem = next(row["text_vi"] for row in printed("sipas_2022_form_questions") if row["question_id"] == "Q9")
    helps = [section.help for section in sipas.sections if section.id.startswith("satisfaction_")]
    assert [text and text["vi"] for text in helps] == [stem] * 9


def test_does_not_invent_the_unknown_row(sipas: Questionnaire) -> None:
    rows = [item.id for item in sipas.items if item.question.id == "Q10"]
    assert rows == [f"Q10.{row}" for row in (1, 2, 3, 4, 5, 6, 7, 9, 10)]
    assert "dòng 8" in sipas.source["vi"]
    assert "row 8" in sipas.source["en"]


def answers(item: Item) -> list[tuple[str, str]]:
    return [(str(option.code), option.label["vi"]) for option in item.options]


@pytest.mark.parametrize(("item", "name"), OPTION_SETS.items())
def test_offers_the_printed_answers(sipas: Questionnaire, printed: Printed, item: str, name: str) -> None:
    rows = [row for row in printed("sipas_2022_form_options") if row["scale_id"] == name]
    expected = [(row["code"], RELABELLED.get((name, row["code"]), row["label_vi"])) for row in rows]
    assert answers(sipas.item(item)) == expected


def test_rates_on_the_printed_five_points(sipas: Questionnaire, printed: Printed) -> None:
    expected = [(row["code"], row["label_vi"]) for row in printed("sipas_2022_form_options")[:5]]
    assert all(answers(item) == expected for item in sipas.items if item.question.type is QuestionType.SCALE)


def test_stores_72_items_of_which_70_are_coded(sipas: Questionnaire) -> None:
    # 8 rows of Q1, Q2 and its text, Q3-Q7, 7 rows of Q8, 33 criteria, 9 rows of Q10, comments, 7 of general information
    assert len(sipas.items) == 8 + 2 + 5 + 7 + 33 + 9 + 1 + 7 == 72
    assert len(sipas.coded_items) == 70


def test_begins_with_a_question_of_substance_and_ends_with_general_information(sipas: Questionnaire) -> None:
    assert sipas.items[0].id == "Q1.1"
    assert [item.id for item in sipas.items if item.id.startswith("A.")] == [
        item.id for item in sipas.items[-7:]
    ]


def test_hides_nothing_behind_the_gate_items(sipas: Questionnaire) -> None:
    # The 2022 form asks question 9 of everyone, user of the services or not.
    assert not [question.id for question in sipas.questions if question.show_if]


def test_forces_no_answer(sipas: Questionnaire) -> None:
    assert not [item.id for item in sipas.items if item.required]


def test_offers_no_answer_that_the_form_has_not_but_for_ethnic_group(sipas: Questionnaire) -> None:
    offered = {question.id: question.missing for question in sipas.questions if question.missing}
    assert offered == {"A.ethnicity": (MissingCode.REFUSED,)}


def test_opens_one_text_only(sipas: Questionnaire) -> None:
    assert [item.id for item in sipas.items if item.opened_by] == ["Q2_text"]


def test_asks_each_age_in_one_band(sipas: Questionnaire) -> None:
    labels = [option.label["vi"] for option in sipas.item("A.age").options]
    assert labels == ["18 - 24 tuổi", "25 - 34 tuổi", "35 - 49 tuổi", "50 - 60 tuổi", "Trên 60 tuổi"]


class TestRecipe:
    """The index: a default that fits what is known, and labelled alternatives."""

    def test_publishes_45_values_as_the_ministry_did(self, sipas: Questionnaire) -> None:
        # 45 satisfaction indices were reported for 2022; 33 criteria + 9 factors + 2 contents + 1 overall.
        assert sipas.recipe is not None
        levels = Counter(node.level for node in nodes(sipas.recipe))
        assert levels == {Level.CRITERION: 33, Level.FACTOR: 9, Level.CONTENT: 2, Level.OVERALL: 1}

    def test_gives_every_criterion_one_thirtythird(self, sipas: Questionnaire) -> None:
        assert sipas.recipe is not None
        overall = nodes(sipas.recipe)[0]
        assert set(overall.coefficients.values()) == {1 / 33}

    def test_is_by_default_what_fits_the_published_figures(self, sipas: Questionnaire) -> None:
        assert sipas.recipe is not None
        assert sipas.recipe.score is ScoreMethod.TOP2BOX
        assert sipas.recipe.aggregation is Aggregation.EQUAL_CRITERIA
        assert sipas.recipe.blanks is BlankRule.DROP_PER_CRITERION

    def test_says_that_it_is_secondary(self, sipas: Questionnaire) -> None:
        assert sipas.recipe is not None
        assert sipas.recipe.status_note["vi"].startswith("Thứ cấp; chưa đối chiếu văn bản gốc.")
        assert sipas.recipe.status_note["en"].startswith("Secondary; not compared with the original text.")

    def test_labels_every_alternative_as_another_way(self, sipas: Questionnaire) -> None:
        assert sipas.recipe is not None
        labels = [other.label for other in sipas.recipe.alternatives]
        assert len(labels) == 4
        assert all("khác" in label["vi"] or "Chỉ" in label["vi"] for label in labels)
        assert all("another" in label["en"] for label in labels)

"""The two forms for people who have just been served."""

from __future__ import annotations

from collections.abc import Callable

from survey_app.questionnaires.rules import (
    ItemKind,
    Level,
    MissingCode,
    Questionnaire,
    QuestionType,
    nodes,
)


class TestOneStop:
    """Twelve printed items, asked in plain words."""

    def test_keeps_the_printed_names_as_labels(
        self, one_stop: Questionnaire, printed: Callable[[str], list[dict[str, str]]]
    ) -> None:
        assert one_stop.recipe is not None
        labels = [node.label for node in nodes(one_stop.recipe) if node.level is Level.CRITERION]
        names = [row["criterion_vi"] for row in printed("onestop_items_hue_portal")]
        assert [label and label["vi"] for label in labels] == names
        assert len(names) == 12

    def test_requires_the_overall_rating_only(self, one_stop: Questionnaire) -> None:
        assert [item.id for item in one_stop.items if item.required] == ["O1"]

    def test_lets_people_pass_over_what_they_did_not_meet(self, one_stop: Questionnaire) -> None:
        rated = [question for question in one_stop.questions if question.type is QuestionType.SCALE]
        assert all(question.missing for question in rated[1:])
        assert not rated[0].missing

    def test_asks_for_field_and_comment_without_requiring_them(self, one_stop: Questionnaire) -> None:
        others = [item.id for item in one_stop.items if item.question.type is not QuestionType.SCALE]
        assert others == ["field", "field_text", "comment"]

    def test_does_not_pass_for_the_official_scoring(self, one_stop: Questionnaire) -> None:
        assert one_stop.recipe is not None
        assert "chưa xác minh" in one_stop.recipe.status_note["vi"]
        assert "not verified" in one_stop.recipe.status_note["en"]


class TestCounterPulse:
    """Less than a minute."""

    def test_asks_overall_satisfaction_four_short_items_and_a_comment(
        self, counter_pulse: Questionnaire
    ) -> None:
        kinds = [(item.id, item.kind) for item in counter_pulse.items]
        rated = ("satisfaction", "attitude", "guidance", "time", "result")
        assert kinds == [*((id, ItemKind.CODED) for id in rated), ("comment", ItemKind.TEXT)]  # noqa: A001

    def test_requires_the_first_question_only(self, counter_pulse: Questionnaire) -> None:
        assert [item.required for item in counter_pulse.items] == [True, False, False, False, False, False]

    def test_offers_not_applicable_for_the_four_short_items(self, counter_pulse: Questionnaire) -> None:
        offered = [item.question.missing for item in counter_pulse.coded_items]
        assert offered == [(), *[(MissingCode.NOT_APPLICABLE,)] * 4]

    def test_makes_one_index_of_five_equal_criteria(self, counter_pulse: Questionnaire) -> None:
        assert counter_pulse.recipe is not None
        overall, content, *criteria = nodes(counter_pulse.recipe)
        assert (content.level, len(criteria)) == (Level.CONTENT, 5)
        assert set(overall.coefficients.values()) == {1 / 5}

    def test_takes_less_than_45_seconds(self, counter_pulse: Questionnaire) -> None:
        assert counter_pulse.seconds < 45

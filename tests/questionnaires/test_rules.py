"""Parts, items, path, recipe and hash of a questionnaire."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Any

import pytest

from survey_app.questionnaires.rules import (
    Aggregation,
    BlankRule,
    ItemKind,
    Level,
    MissingCode,
    MissingWeight,
    Questionnaire,
    Recipe,
    ScoreMethod,
    alternative,
    build,
    canonical_json,
    content_hash,
    nodes,
    on_path,
)


class TestItems:
    """What is stored."""

    def test_are_questions_rows_and_specified_texts_in_file_order(self, questionnaire: Questionnaire) -> None:
        assert [item.id for item in questionnaire.items] == [
            *("used.1", "used.2", "quality", "speed", "channel", "channel_text", "reasons", "reasons_text"),
            *("fast_how", "visits", "visited_on", "comment"),
        ]

    def test_have_the_kind_of_their_question(self, questionnaire: Questionnaire) -> None:
        kinds = {item.id: item.kind for item in questionnaire.items}
        assert kinds["used.1"] is kinds["quality"] is kinds["channel"] is ItemKind.CODED
        assert kinds["reasons"] is ItemKind.MULTIPLE
        assert kinds["channel_text"] is kinds["fast_how"] is kinds["comment"] is ItemKind.TEXT
        assert (kinds["visits"], kinds["visited_on"]) == (ItemKind.NUMBER, ItemKind.DATE)

    def test_that_are_coded_leave_out_multiple_choices_and_texts(self, questionnaire: Questionnaire) -> None:
        coded = [item.id for item in questionnaire.coded_items]
        assert coded == ["used.1", "used.2", "quality", "speed", "channel"]

    def test_accept_their_options_and_the_missing_codes_offered(self, questionnaire: Questionnaire) -> None:
        assert questionnaire.item("quality").codes == {1, 2, 3, 4, 5, -1}
        assert questionnaire.item("channel").codes == {1, 9, -9}
        assert questionnaire.item("comment").codes == frozenset()

    def test_fit_into_one_signed_byte(self, questionnaire: Questionnaire) -> None:
        codes = {code for item in questionnaire.coded_items for code in item.codes}
        assert all(-128 <= code <= 100 and code != 0 for code in codes)

    def test_know_their_limits(self, questionnaire: Questionnaire) -> None:
        lengths = {item.id: item.max_length for item in questionnaire.items if item.kind is ItemKind.TEXT}
        assert lengths == {"channel_text": 200, "reasons_text": 200, "fast_how": 100, "comment": 2000}
        visits = questionnaire.item("visits").question
        assert (visits.minimum, visits.maximum) == (0, 99)

    def test_of_rows_carry_the_words_of_their_row(self, questionnaire: Questionnaire) -> None:
        assert questionnaire.item("used.2").text["vi"] == "Góp ý"
        assert questionnaire.item("used.2").question.text["vi"] == "Trải nghiệm"

    def test_say_whether_they_are_required(self, questionnaire: Questionnaire) -> None:
        assert [item.id for item in questionnaire.items if item.required] == ["quality"]

    def test_are_unknown_by_other_ids(self, questionnaire: Questionnaire) -> None:
        with pytest.raises(KeyError):
            questionnaire.item("used")


class TestPath:
    """Which items are shown."""

    def test_begins_with_everything_that_has_no_gate(self, questionnaire: Questionnaire) -> None:
        hidden = {item.id for item in questionnaire.items} - on_path(questionnaire, {})
        assert hidden == {"quality", "fast_how"}

    def test_opens_a_gate_by_its_code(self, questionnaire: Questionnaire) -> None:
        assert "quality" in on_path(questionnaire, {"used.1": 1})
        assert "quality" not in on_path(questionnaire, {"used.1": 2})

    @pytest.mark.parametrize("chosen", [[2], [1, 3], (2, 3), frozenset({3})])
    def test_opens_a_gate_by_any_chosen_answer(self, questionnaire: Questionnaire, chosen: object) -> None:
        assert "fast_how" in on_path(questionnaire, {"used.1": 1, "quality": 5, "reasons": chosen})

    def test_needs_every_condition(self, questionnaire: Questionnaire) -> None:
        assert "fast_how" not in on_path(questionnaire, {"used.1": 1, "quality": 3, "reasons": [2]})
        assert "fast_how" not in on_path(questionnaire, {"used.1": 1, "quality": 5, "reasons": [1]})

    def test_takes_a_hidden_gate_as_unanswered(self, questionnaire: Questionnaire) -> None:
        assert "fast_how" not in on_path(questionnaire, {"used.1": 2, "quality": 5, "reasons": [2]})

    @pytest.mark.parametrize("nothing", [None, 0, [], "", "45"])
    def test_takes_no_answer_as_no_answer(self, questionnaire: Questionnaire, nothing: object) -> None:
        assert "fast_how" not in on_path(questionnaire, {"used.1": 1, "quality": nothing, "reasons": [2]})

    def test_drops_a_specified_text_when_something_else_is_chosen(self, questionnaire: Questionnaire) -> None:
        assert "channel_text" in on_path(questionnaire, {"channel": 9})
        assert "channel_text" not in on_path(questionnaire, {"channel": 1})
        assert "reasons_text" in on_path(questionnaire, {"reasons": [1, 3]})

    def test_keeps_a_specified_text_when_its_option_was_not_ticked(
        self, questionnaire: Questionnaire
    ) -> None:
        assert {"channel_text", "reasons_text"} <= on_path(questionnaire, {})


class TestHash:
    """The content, nothing else."""

    def test_does_not_see_the_order_of_keys(self, document: dict[str, Any]) -> None:
        assert content_hash(dict(reversed(document.items()))) == content_hash(document)

    def test_does_not_see_how_a_number_is_written(self, document: dict[str, Any]) -> None:
        assert content_hash({"weight": 2}) == content_hash({"weight": 2.0})

    def test_does_not_see_unicode_forms(self) -> None:
        composed = "Tiếng Việt"
        assert content_hash({"vi": unicodedata.normalize("NFD", composed)}) == content_hash({"vi": composed})

    def test_sees_a_comma(self, document: dict[str, Any]) -> None:
        before = content_hash(document)
        document["title"]["vi"] += ","
        assert content_hash(document) != before

    def test_sees_the_order_of_options(self, document: dict[str, Any]) -> None:
        before = content_hash(document)
        document["scales"]["SAT5"].reverse()
        assert content_hash(document) != before

    def test_is_the_sha256_of_the_canonical_text(self) -> None:
        # printf '{"a":"ệ","b":[1]}' | sha256sum
        expected = "401b4e9dedb1d84d3696eeecce4e5a99d685f1588883bce069d41f051d81a77d"
        assert canonical_json({"b": [1.0], "a": "ệ"}) == '{"a":"ệ","b":[1]}'
        assert content_hash({"b": [1.0], "a": "ệ"}) == expected

    def test_refuses_what_is_not_a_number(self) -> None:
        with pytest.raises(ValueError, match="JSON"):
            content_hash({"weight": float("nan")})


class TestQuestionnaire:
    """The frozen value."""

    def test_is_equal_and_hashable_by_content(self, document: dict[str, Any]) -> None:
        assert build(document) == build(document)
        assert len({build(document), build(document)}) == 1

    def test_cannot_be_changed(self, questionnaire: Questionnaire) -> None:
        with pytest.raises(AttributeError):
            questionnaire.seconds = 1  # type: ignore[misc]
        with pytest.raises(TypeError):
            questionnaire.title["vi"] = ""  # type: ignore[index]

    def test_is_called_by_instrument_and_version(self, questionnaire: Questionnaire) -> None:
        assert questionnaire.name == "sample@1"

    def test_words_its_missing_answers(self, questionnaire: Questionnaire) -> None:
        assert questionnaire.missing_labels[MissingCode.REFUSED]["vi"] == "Không muốn trả lời"

    def test_shares_one_set_of_options_among_questions(self, questionnaire: Questionnaire) -> None:
        assert questionnaire.item("quality").options is questionnaire.item("speed").options

    def test_may_have_no_index(self, document: dict[str, Any]) -> None:
        del document["recipe"]
        assert build(document).recipe is None


@pytest.fixture
def uneven(document: dict[str, Any]) -> Recipe:
    """Contents A (3) and B (1); A has factors F (1) of a (1), b (4) and G (3) of c (5); B has d (1)."""
    label = {"vi": "Nhãn", "en": "Label"}

    def criterion(item: str, weight: float) -> dict[str, Any]:
        return {"item": item, "label": label, "weight": weight}

    first = {"id": "F", "label": label, "weight": 1, "criteria": [criterion("a", 1), criterion("b", 4)]}
    second = {"id": "G", "label": label, "weight": 3, "criteria": [criterion("c", 5)]}
    document["recipe"]["contents"] = [
        {"id": "A", "label": label, "weight": 3, "factors": [first, second]},
        {"id": "B", "label": label, "weight": 1, "criteria": [criterion("d", 1)]},
    ]
    recipe = build(document).recipe
    assert recipe is not None
    return recipe


def coefficients(recipe: Recipe, aggregation: Aggregation, id: str) -> dict[str, float]:  # noqa: A002
    found = {node.id: node for node in nodes(replace(recipe, aggregation=aggregation))}
    return dict(found[id].coefficients)


class TestRecipe:
    """Coefficients worked out by hand."""

    def test_lists_the_nodes_from_the_top_with_their_levels(self, uneven: Recipe) -> None:
        found = [(node.id, node.level) for node in nodes(uneven)]
        assert found == [
            ("overall", Level.OVERALL),
            ("A", Level.CONTENT),
            ("F", Level.FACTOR),
            ("a", Level.CRITERION),
            ("b", Level.CRITERION),
            ("G", Level.FACTOR),
            ("c", Level.CRITERION),
            ("B", Level.CONTENT),
            ("d", Level.CRITERION),
        ]

    def test_gives_all_criteria_below_a_node_equal_shares(self, uneven: Recipe) -> None:
        equal = Aggregation.EQUAL_CRITERIA
        assert coefficients(uneven, equal, "overall") == {"a": 1 / 4, "b": 1 / 4, "c": 1 / 4, "d": 1 / 4}
        assert coefficients(uneven, equal, "A") == {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}
        assert coefficients(uneven, equal, "c") == {"c": 1}

    def test_takes_the_mean_of_the_next_lower_level(self, uneven: Recipe) -> None:
        means = Aggregation.MEAN_OF_CONTENTS
        assert coefficients(uneven, means, "overall") == {"a": 1 / 8, "b": 1 / 8, "c": 1 / 4, "d": 1 / 2}
        assert coefficients(uneven, means, "A") == {"a": 1 / 4, "b": 1 / 4, "c": 1 / 2}

    def test_normalises_weights_at_each_level(self, uneven: Recipe) -> None:
        weights = Aggregation.WEIGHTS
        assert coefficients(uneven, weights, "F") == pytest.approx({"a": 1 / 5, "b": 4 / 5})
        assert coefficients(uneven, weights, "A") == pytest.approx({"a": 1 / 20, "b": 4 / 20, "c": 3 / 4})
        expected = {"a": 3 / 80, "b": 12 / 80, "c": 9 / 16, "d": 1 / 4}
        assert coefficients(uneven, weights, "overall") == pytest.approx(expected)

    def test_never_invents_a_weight(self, questionnaire: Questionnaire) -> None:
        assert questionnaire.recipe is not None
        with pytest.raises(MissingWeight, match="SERVICE, TIME"):
            nodes(replace(questionnaire.recipe, aggregation=Aggregation.WEIGHTS))

    def test_labels_a_criterion_by_its_question_unless_told(self, questionnaire: Questionnaire) -> None:
        assert questionnaire.recipe is not None
        labels = {node.id: node.label and node.label["vi"] for node in nodes(questionnaire.recipe)}
        assert labels["quality"] == "Chất lượng phục vụ"
        assert labels["speed"] == "Tốc độ"
        assert labels["overall"] is None

    def test_offers_alternatives_that_change_only_what_they_name(self, questionnaire: Questionnaire) -> None:
        assert questionnaire.recipe is not None
        other = alternative(questionnaire.recipe, "mean")
        assert (other.score, other.aggregation) == (ScoreMethod.MEAN_SCALED, Aggregation.EQUAL_CRITERIA)
        assert other.blanks is BlankRule.DROP_PER_CRITERION
        assert other.contents == questionnaire.recipe.contents

    def test_knows_no_other_alternatives(self, questionnaire: Questionnaire) -> None:
        assert questionnaire.recipe is not None
        with pytest.raises(KeyError):
            alternative(questionnaire.recipe, "median")

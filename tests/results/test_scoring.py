"""Codes to scores, and recipes to matrices."""

from __future__ import annotations

import numpy as np
import pytest

from survey_app.questionnaires.rules import build, nodes
from survey_app.results.rules.scoring import coefficient_matrix, criteria_of, score

NAN = float("nan")


@pytest.fixture
def scored(trial):
    """Return a function: codes of q1, q2, q3, gate, q4 to their scores under a recipe."""

    def of(rows, **recipe):
        questionnaire = build(trial(**recipe))
        return score(np.array(rows, dtype=np.int8), questionnaire, questionnaire.recipe)

    return of


class TestScore:
    def test_counts_answers_4_and_5_as_satisfied(self, scored):
        np.testing.assert_array_equal(
            scored([[1, 2, 3, 1, 4], [5, 4, 1, 1, 5]]), [[0, 0, 0, 1], [1, 1, 0, 1]]
        )

    def test_rescales_the_five_points_to_0_and_1(self, scored):
        found = scored([[1, 2, 3, 1, 4], [5, 5, 5, 1, 5]], score="mean_scaled")
        np.testing.assert_array_equal(found, [[0, 0.25, 0.5, 0.75], [1, 1, 1, 1]])

    def test_leaves_out_blanks_and_coded_missing_answers_by_criterion(self, scored):
        np.testing.assert_array_equal(
            scored([[0, -1, -8, 1, -9], [4, 1, 0, 1, 5]]), [[NAN] * 4, [1, 0, NAN, 1]]
        )

    def test_ignores_codes_that_are_no_point_of_the_scale(self, scored):
        np.testing.assert_array_equal(scored([[6, 100, 99, 1, 4]]), [[NAN, NAN, NAN, 1]])

    def test_drops_the_whole_form_when_a_criterion_is_blank(self, scored):
        found = scored([[5, 0, 4, 1, 4], [5, 4, 4, 1, 2]], blanks="drop_form")
        np.testing.assert_array_equal(found, [[NAN] * 4, [1, 1, 1, 0]])

    def test_counts_a_blank_as_not_satisfied_when_told_so(self, scored):
        found = scored([[5, 0, 4, 1, 0]], blanks="not_satisfied")
        np.testing.assert_array_equal(found, [[1, 0, 1, 0]])

    @pytest.mark.parametrize("rule", ["drop_form", "not_satisfied"])
    def test_does_not_take_a_question_off_the_path_for_a_blank(self, scored, rule):
        np.testing.assert_array_equal(scored([[5, 4, 4, 2, 0]], blanks=rule), [[1, 1, 1, NAN]])

    @pytest.mark.parametrize("rule", ["drop_form", "not_satisfied"])
    def test_does_not_take_not_applicable_for_a_blank(self, scored, rule):
        np.testing.assert_array_equal(scored([[-1, 4, 4, 1, 5]], blanks=rule), [[NAN, 1, 1, 1]])


class TestCoefficientMatrix:
    def test_gives_every_node_shares_that_sum_to_one(self, trial):
        recipe = build(trial()).recipe
        matrix = coefficient_matrix(nodes(recipe), criteria_of(recipe))
        assert matrix.shape == (9, 4)  # overall, A, F1, q1, q2, F2, q3, B, q4
        np.testing.assert_allclose(matrix.sum(axis=1), 1)

    def test_follows_the_aggregation(self, trial):
        equal, by_content = (
            build(trial(aggregation=how)).recipe for how in ("equal_criteria", "mean_of_contents")
        )
        np.testing.assert_allclose(coefficient_matrix(nodes(equal)[:1], criteria_of(equal)), [[0.25] * 4])
        # A counts a half, F1 and F2 a half of that each, q1 and q2 a half of F1 each
        found = coefficient_matrix(nodes(by_content)[:1], criteria_of(by_content))
        np.testing.assert_allclose(found, [[0.125, 0.125, 0.25, 0.5]])


def test_lists_criteria_in_the_order_of_the_tree(trial):
    assert criteria_of(build(trial()).recipe) == ("q1", "q2", "q3", "q4")

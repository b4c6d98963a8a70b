"""No published figure rests on fewer than 10 responses, and no hidden one can be worked out."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_app.questionnaires.rules import build, nodes
from survey_app.results.rules.cells import Reason, cells_to_hide
from survey_app.results.rules.disclosure import NUMBERS, suppress
from survey_app.results.rules.index import Answers, index_of

CRITERIA = ("q1", "q2", "q3", "q4")


@pytest.fixture(scope="module")
def questionnaire(trial):
    """The trial questionnaire."""
    return build(trial())


@pytest.fixture
def result_of(questionnaire):
    """Return a function: sizes of offices and share of blanks to a complete result document."""

    def make(sizes, blanks=0.0, flagged=0, channels=None, seed=1):
        rng = np.random.default_rng(seed)
        offices = np.repeat(np.arange(len(sizes)), sizes)
        codes = rng.integers(1, 6, size=(offices.size, 5)).astype(np.int8)
        codes[rng.random(codes.shape) < blanks] = 0
        codes[:, 3] = 1
        index = index_of(
            Answers(offices, np.arange(offices.size) < flagged, codes),
            questionnaire,
            questionnaire.recipe,
            len(sizes),
        )
        counts = channels or {"qr": offices.size}
        reasons = [{"flag": "burst", "responses": flagged}] if flagged else []
        return {
            "method": {"level": 0.95, "intervals": index.intervals, "data": {"responses": int(offices.size)}},
            "population": {
                "responses": int(offices.size),
                "channels": [{"channel": name, "responses": count} for name, count in counts.items()],
                "flagged": {"responses": flagged, "reasons": reasons},
            },
            **index.whole,
            "offices": [{"code": f"o{number}"} | scope for number, scope in enumerate(index.offices)],
            "sensitivity": index.sensitivity,
        }

    return make


def figures(scope):
    """Every figure of a scope by node id."""
    below = {node["id"]: node for level in ("contents", "factors", "criteria") for node in scope[level]}
    return {"overall": scope["overall"]} | below


def every_figure(published):
    """Every figure of a published document."""
    scopes = [published, *published["offices"]]
    extra = [published["sensitivity"][key]["overall"] for key in ("other_score", "without_flagged")]
    return [figure for scope in scopes for figure in figures(scope).values()] + extra


class TestCellsToHide:
    def test_shows_all_cells_of_10_and_more(self):
        assert set(cells_to_hide({"a": 10, "b": 500}).values()) == {None}

    def test_hides_a_second_cell_when_one_alone_would_follow_from_the_total(self):
        assert cells_to_hide({"a": 9, "b": 30, "c": 20}) == {"a": Reason.FEW, "b": None, "c": Reason.PROTECTS}

    def test_hides_cells_until_ten_responses_are_hidden_together(self):
        assert cells_to_hide({"a": 3, "b": 4, "c": 20, "d": 30})["c"] is Reason.PROTECTS

    def test_needs_no_more_when_the_small_cells_hold_ten_together(self):
        assert cells_to_hide({"a": 6, "b": 7, "c": 20}) == {"a": Reason.FEW, "b": Reason.FEW, "c": None}

    def test_does_not_count_an_empty_cell_as_cover(self):
        assert cells_to_hide({"a": 9, "empty": 0, "c": 20, "d": 30})["c"] is Reason.PROTECTS

    def test_shows_the_others_when_only_empty_cells_are_hidden(self):
        assert cells_to_hide({"empty": 0, "c": 20}) == {"empty": Reason.FEW, "c": None}

    @given(st.lists(st.integers(0, 40), min_size=1, max_size=12))
    def test_leaves_no_hidden_sum_that_tells_of_fewer_than_ten(self, sizes):
        cells = {str(number): size for number, size in enumerate(sizes)}
        hidden = [cells[name] for name, reason in cells_to_hide(cells).items() if reason and cells[name]]
        total_is_hidden_too = sum(sizes) < 10
        assert not hidden or total_is_hidden_too or (len(hidden) >= 2 and sum(hidden) >= 10)
        assert all(cells[name] >= 10 for name, reason in cells_to_hide(cells).items() if reason is None)


class TestSuppress:
    @pytest.mark.parametrize("sizes", [[30, 9, 40], [9, 3], [12], [5], [0, 40], [25, 25, 25, 8, 1, 0, 60]])
    def test_publishes_no_number_on_fewer_than_ten(self, result_of, sizes):
        for figure in every_figure(suppress(result_of(sizes, blanks=0.2))):
            shown = {key: figure[key] for key in NUMBERS if figure[key] is not None}
            assert not shown if figure["hidden"] else figure["n_min"] >= 10

    def test_leaves_the_complete_result_alone(self, result_of):
        result = result_of([30, 9, 40])
        before = copy.deepcopy(result)
        suppress(result)
        assert result == before

    def test_publishes_everything_of_a_large_survey_as_it_is(self, result_of):
        result = result_of([200, 300])
        published = suppress(result)
        assert {figure["hidden"] for figure in every_figure(published)} == {None}
        assert published["offices"][1]["overall"] == result["offices"][1]["overall"] | {"hidden": None}

    def test_hides_a_composite_with_any_of_its_criteria(self, result_of):
        published = suppress(result_of([12, 300, 300], blanks=0.35, seed=5))
        small = figures(published["offices"][0])
        hidden = {name for name in CRITERIA if small[name]["hidden"]}
        assert hidden
        assert bool(small["F1"]["hidden"]) == bool(hidden & {"q1", "q2"})
        assert small["overall"]["hidden"] == Reason.PART

    def test_does_not_call_a_larger_office_one_with_few_responses(self, result_of):
        offices = suppress(result_of([9, 20, 300, 300]))["offices"]
        reasons = [office["overall"]["hidden"] for office in offices]
        assert reasons == [Reason.FEW, Reason.PROTECTS, None, None]

    def test_hides_everything_when_there_are_fewer_than_ten_responses(self, result_of):
        published = suppress(result_of([4, 5]))
        assert all(figure["hidden"] for figure in every_figure(published))
        assert published["population"]["responses"] is None

    def test_hides_counts_by_channel_that_could_be_subtracted(self, result_of):
        rows = suppress(result_of([300], channels={"qr": 295, "web": 5}))["population"]["channels"]
        assert [row["responses"] for row in rows] == [None, None]

    @pytest.mark.parametrize(("flagged", "shown"), [(0, 0), (5, None), (15, 15), (296, None)])
    def test_shows_flags_only_when_ten_have_one_and_ten_have_none(self, result_of, flagged, shown):
        published = suppress(result_of([300], flagged=flagged))
        assert published["population"]["flagged"]["responses"] == shown
        assert published["sensitivity"]["without_flagged"]["left_out"] == shown
        assert (published["sensitivity"]["without_flagged"]["overall"]["hidden"] is None) == (
            shown is not None
        )

    def test_hides_a_second_flag_beside_a_rare_one(self, result_of):
        result = result_of([300], flagged=40)
        flags = {"burst": 3, "late": 25, "too_fast": 12}
        result["population"]["flagged"]["reasons"] = [
            {"flag": flag, "responses": count} for flag, count in flags.items()
        ]
        rows = suppress(result)["population"]["flagged"]["reasons"]
        assert {row["flag"]: row["responses"] for row in rows} == {
            "burst": None,
            "late": 25,
            "too_fast": None,
        }

    def test_counts_nothing_that_is_hidden_in_the_method(self, result_of):
        method = suppress(result_of([30, 9, 40]))["method"]
        assert "data" not in method
        assert sum(method["intervals"].values()) == 9 * 2  # nine nodes of the whole and of one office
        assert suppress(result_of([4, 3]))["method"]["intervals"] == {}

    def test_hides_the_index_without_flags_when_too_few_answers_are_left_out_or_left(self, result_of):
        result = result_of([30], flagged=12)
        unflagged = result["sensitivity"]["without_flagged"]["overall"]
        unflagged["n_min"] = 9
        few_left = suppress(result)["sensitivity"]["without_flagged"]
        unflagged["n_min"] = result["overall"]["n_min"] - 3
        few_left_out = suppress(result)["sensitivity"]["without_flagged"]
        assert few_left["overall"]["hidden"] == few_left_out["overall"]["hidden"] == "under_10"
        assert (few_left["left_out"], few_left_out["left_out"]) == (None, None)

    def test_can_be_written_as_json(self, result_of):
        assert '"hidden": "under_10"' in json.dumps(suppress(result_of([9, 50, 60])))


class TestReaderWhoSubtracts:
    """A reader who knows how many answered where, and solves for the values that are not published."""

    @pytest.mark.parametrize("seed", range(12))
    def test_cannot_work_out_any_hidden_value(self, result_of, questionnaire, seed):
        rng = np.random.default_rng(seed)
        sizes = [int(size) for size in rng.choice([2, 5, 8, 9, 11, 14, 20, 60, 150], size=rng.integers(2, 7))]
        result = result_of(sizes, blanks=0.25, seed=seed)
        published = suppress(result)
        equations = self.equations(result, published, nodes(questionnaire.recipe))
        rank = np.linalg.matrix_rank(equations)
        for office in range(len(sizes)):
            for position, criterion in enumerate(CRITERIA):
                answered = figures(result["offices"][office])[criterion]["n"]
                if figures(published["offices"][office])[criterion]["hidden"] and answered:
                    unknown = np.zeros(equations.shape[1])
                    unknown[office * len(CRITERIA) + position] = 1
                    assert np.linalg.matrix_rank(np.vstack([equations, unknown])) == rank + 1

    def test_would_succeed_without_complementary_suppression(self, result_of, questionnaire):
        result = result_of([9, 50, 60])
        published = suppress(result)
        published["offices"][1] = (
            {"code": "o1"}
            | {
                level: [node | {"hidden": None} for node in result["offices"][1][level]]
                for level in ("contents", "factors", "criteria")
            }
            | {"overall": result["offices"][1]["overall"] | {"hidden": None}}
        )
        equations = self.equations(result, published, nodes(questionnaire.recipe))
        assert np.linalg.matrix_rank(equations) == equations.shape[1]

    @staticmethod
    def equations(result, published, tree):
        """One row a published figure over the unknowns: the value of each criterion in each office."""
        offices = len(result["offices"])
        rows = []
        for node in tree:
            shares = np.array([node.coefficients.get(item, 0.0) for item in CRITERIA])
            for office in range(offices):
                if not figures(published["offices"][office])[node.id]["hidden"]:
                    rows.append(np.kron(np.eye(offices)[office], shares))
            if not figures(published)[node.id]["hidden"]:
                counts = np.array(
                    [[figures(scope)[item]["n"] for item in CRITERIA] for scope in result["offices"]],
                    dtype=float,
                )
                rows.append((shares * counts / counts.sum(axis=0)).ravel())
        return np.array(rows) if rows else np.zeros((1, offices * len(CRITERIA)))

"""A reader who compares sums of the same answers under different weights learns of no group of 1 to 9."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select

from survey_app.results.models import IndexRun
from survey_app.results.rules.disclosure import suppress
from survey_app.results.rules.release import Counts, Release, offices_to_keep
from survey_app.results.rules.small_changes import without_small_changes
from tests.results.test_weighting import RAKED, Sample, drawn, store, weigh

RARE = 4
"""Responses of the sample that say "no" at the gate."""

TOTALS = {"first": (1000.0, 40.0), "second": (1000.0, 80.0)}
OFFICE_SIZES, OFFICE_TOTALS = (60, 4, 8), (600.0, 20.0, 160.0)


def with_rare_class() -> Sample:
    """A sample in which four people said "no" at the gate, and are not satisfied with item 1."""
    sample = drawn()
    codes = sample.codes.copy()
    codes[:, 3] = 1
    rare = np.arange(0, 192, 192 // RARE)[:RARE]
    codes[rare, 3], codes[rare, 0] = 2, 1
    return replace(sample, codes=codes)


def by_gate(totals: tuple[float, float]) -> dict[str, Any]:
    return {"steps": [{"base": {"variable": "gate", "population": {"1": totals[0], "2": totals[1]}}}]}


def public(survey: Any) -> dict[str, Any]:
    """What everybody can read of a campaign now, without its offices."""
    with survey.database.read() as session:
        shown = session.scalar(select(IndexRun.shows).where(IndexRun.state == "published"))
        return dict(json.loads(session.scalar(select(IndexRun.public).where(IndexRun.id == shown))))


def first_item(result: dict[str, Any]) -> float:
    return float(result["criteria"][0]["estimate"])


@pytest.fixture
def twice(sqlite_survey: Any) -> Any:
    """A campaign with a rare class and two weight sets that weigh it differently."""
    store(sqlite_survey, with_rare_class())
    for name, totals in TOTALS.items():
        weigh(sqlite_survey, by_gate(totals), name)
    return sqlite_survey


def solve(first: float, second: float) -> float:
    """Solve two weighted means for the mean of the rare class, as a reader could."""
    equations = [[totals[0] / sum(totals), totals[1] / sum(totals)] for totals in TOTALS.values()]
    return float(np.linalg.solve(equations, [first, second])[1])


class TestTwoWeightSets:
    def test_give_away_a_small_class_to_who_has_both(self, twice: Any):
        found = [first_item(json.loads(twice.compute(weights=name).text)) for name in TOTALS]
        assert solve(*found) == pytest.approx(0, abs=0.01)
        assert min(found) > 50

    def test_on_the_same_responses_leave_the_published_figures_as_they_were(self, twice: Any):
        twice.publish(twice.run(weights="first"))
        before = public(twice)
        twice.publish(twice.run(weights="second"))
        assert public(twice) == before

    def test_let_the_second_in_once_every_office_has_ten_more(self, twice: Any):
        twice.publish(twice.run(weights="first"))
        before = first_item(public(twice))
        store(twice, with_rare_class())
        twice.publish(twice.run(weights="second"))
        assert public(twice)["population"]["responses"] == 384
        assert first_item(public(twice)) != before

    def test_with_the_same_steps_are_the_same_weights(self, twice: Any):
        weigh(twice, by_gate(TOTALS["first"]), "again")
        keys = {
            json.loads(twice.compute(weights=name).text)["method"]["data"]["weighting"]
            for name in ("first", "again")
        }
        assert len(keys) == 1

    def test_are_told_apart_in_nothing_that_is_published(self, twice: Any):
        twice.publish(twice.run(weights="first"))
        assert "weighting" not in json.dumps(public(twice))


class TestNewResponses:
    def test_of_one_office_do_not_move_raked_figures_of_the_others(self, sqlite_survey: Any):
        store(sqlite_survey, drawn())
        weigh(sqlite_survey, RAKED)
        sqlite_survey.publish(sqlite_survey.run(weights="raked"))
        before = public(sqlite_survey)
        more = drawn(8)
        store(sqlite_survey, replace(more, offices=np.zeros(192, dtype=int)))
        sqlite_survey.publish(sqlite_survey.run(weights="raked"))
        assert public(sqlite_survey) == before

    def test_count_at_once_where_every_response_keeps_the_weight_it_came_with(self, sqlite_survey: Any):
        store(sqlite_survey, drawn())
        sqlite_survey.publish(sqlite_survey.run())
        store(sqlite_survey, replace(drawn(8), offices=np.zeros(192, dtype=int)))
        sqlite_survey.publish(sqlite_survey.run())
        assert public(sqlite_survey)["population"]["responses"] == 384


def by_office() -> Sample:
    """One office of 60 and two hidden ones of 4 and 8, in three strata; everybody answers everything."""
    rng = np.random.default_rng(3)
    offices = np.repeat([0, 1, 2], OFFICE_SIZES)
    codes = np.column_stack([*rng.integers(3, 6, (3, offices.size)), np.ones(offices.size, int)])
    codes = np.column_stack([codes, rng.integers(3, 6, offices.size)]).astype(int)
    units = [f"U{at % 6}" for at in range(offices.size)]
    return Sample(["S"] * offices.size, units, np.ones(offices.size), offices, codes)


class TestEqualWeightsBesideOthers:
    def test_give_away_hidden_offices_that_weigh_differently(self, sqlite_survey: Any):
        document, scores = self.compute(sqlite_survey)
        offices = {one["code"]: one["overall"]["estimate"] for one in document["offices"]}
        seen = offices["thu-nghiem-00"]
        weighted, equal = document["overall"], document["sensitivity"]["unweighted"]["overall"]
        sums = [
            weighted["estimate"] * sum(OFFICE_TOTALS) - seen * OFFICE_TOTALS[0],
            equal["estimate"] * sum(OFFICE_SIZES) - seen * OFFICE_SIZES[0],
        ]
        hidden = np.linalg.solve([OFFICE_TOTALS[1:], OFFICE_SIZES[1:]], sums)
        assert hidden[0] == pytest.approx(100 * scores[60:64].mean(), abs=0.01)

    def test_are_therefore_not_published(self, sqlite_survey: Any):
        document, _scores = self.compute(sqlite_survey)
        equal = suppress(document)["sensitivity"]["unweighted"]
        assert (equal["reweighted"], equal["overall"]["hidden"]) == (None, "under_10")
        assert "within_offices" not in equal

    def test_are_hidden_in_a_run_that_did_not_count_them(self, sqlite_survey: Any):
        store(sqlite_survey, drawn())
        document = json.loads(sqlite_survey.compute().text)
        assert suppress(document)["sensitivity"]["unweighted"]["overall"]["hidden"] is None
        del document["sensitivity"]["unweighted"]["within_offices"]
        assert suppress(document)["sensitivity"]["unweighted"]["overall"]["hidden"] == "under_10"
        assert Counts.of(document).unweighted == (144, 1)

    @staticmethod
    def compute(survey: Any) -> tuple[dict[str, Any], np.ndarray]:
        sample = by_office()
        store(survey, sample)
        population = {f"thu-nghiem-{at:02}": total for at, total in enumerate(OFFICE_TOTALS)}
        weigh(survey, {"steps": [{"base": {"variable": "office", "population": population}}]}, "offices")
        return json.loads(survey.compute(weights="offices").text), sample.scores()


def counts(*sizes: int, weighting: str = "a", unweighted: tuple[int, int] = (0, 0)) -> Counts:
    offices = {code: (size, size) for code, size in zip("abcd", sizes, strict=False)}
    total = sum(sizes)
    return Counts(total, (total, total), offices, {}, {}, (0, total, total), unweighted, weighting)


class TestOtherWeights:
    @pytest.mark.parametrize(
        ("later", "expected"),
        [
            ((30, 40, 50), None),
            ((40, 50, 59), None),
            ((40, 50, 60), frozenset()),
            ((40, 50, 60, 12), frozenset()),
        ],
    )
    def test_need_ten_more_in_every_office(self, later: tuple[int, ...], expected: Any):
        earlier = [Release(counts(30, 40, 50))]
        assert offices_to_keep(counts(*later, weighting="b"), earlier) == expected

    def test_need_ten_more_in_the_hidden_offices_together(self):
        earlier = [Release(counts(30, 40, 6, 6))]
        assert offices_to_keep(counts(40, 50, 8, 9, weighting="b"), earlier) is None

    def test_are_compared_with_every_earlier_publication(self):
        earlier = [Release(counts(30, 40)), Release(counts(40, 50, weighting="b"))]
        assert offices_to_keep(counts(45, 55, weighting="a"), earlier) is None

    def test_survive_being_stored(self):
        release = Release(counts(30, 40, weighting="b", unweighted=(20, 12)))
        assert Release.from_json(json.loads(json.dumps(release.as_json()))) == release

    def test_hide_the_index_with_equal_weights_where_few_came_with_another_weight(self):
        figure = {"estimate": 80.0, "hidden": None}
        document = {
            "population": {"channels": [], "flagged": {"responses": 0, "reasons": []}},
            "sensitivity": {"without_flagged": {}, "unweighted": {"reweighted": 23, "overall": figure}},
        }
        earlier = [Release(counts(60, unweighted=(20, 20)))]
        shown = without_small_changes(document, Release(counts(90, unweighted=(23, 23))), earlier)
        assert shown["sensitivity"]["unweighted"]["overall"] == {"estimate": None, "hidden": "under_10"}
